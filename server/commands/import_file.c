/* SPDX-License-Identifier: MIT */
#include "server/commands/import_file.h"

#include <stdlib.h>
#include <strings.h>

#include "protocol/at/at_text.h"
#include "server/commands/decode/decode_input.h"
#include "server/commands/import_csv.h"
#include "storage/terminal_record.h"

enum { LOOK_BYTES = 64 * 1024 };

static const char record_start[] = "^SCDATA:";

struct reader {
	const struct import_options *options;
	const struct import_callbacks *callbacks;
	struct import_csv csv;
	bool has_header;
	bool expects_serial; /* ATI4 was echoed */
	char terminal[TERMINAL_IDENTITY_MAX];
};

static bool is_hex_or_blank(uint8_t character)
{
	return character != 0 &&
	       strchr("0123456789ABCDEFabcdef \t\r\n", character) != NULL;
}

/* Where text stands in span; NULL nowhere. */
static const uint8_t *find(struct span span, const char *text)
{
	size_t size = strlen(text);
	for (size_t i = 0; i + size <= span.size; i++)
		if (strncasecmp((const char *)span.data + i, text, size) == 0)
			return span.data + i;
	return NULL;
}

static bool is_comment(struct span line)
{
	return line.size == 0 || line.data[0] == '#';
}

/* ---- what kind of file ---- */

static enum import_form guess(struct span text)
{
	while (text.size > 0) {
		const uint8_t *end = memchr(text.data, '\n', text.size);
		size_t size = end != NULL ? (size_t)(end - text.data) + 1 : text.size;
		struct span line = at_text_trim(span_of(text.data, size));
		text = at_text_skip(text, size);
		if (is_comment(line))
			continue;
		for (size_t i = 0; i < line.size; i++)
			if (!is_hex_or_blank(line.data[i]))
				return IMPORT_CSV;
		return IMPORT_HEX;
	}
	return IMPORT_HEX;
}

enum import_form import_file_guess(FILE *file)
{
	uint8_t *bytes = malloc(LOOK_BYTES);
	if (bytes == NULL)
		return IMPORT_DUMP;
	struct span text = span_of(bytes, fread(bytes, 1, LOOK_BYTES, file));
	enum import_form form = find(text, "^SCDATA") != NULL ? IMPORT_DUMP : guess(text);
	free(bytes);
	rewind(file);
	return form;
}

/* ---- lines ---- */

static void give(struct reader *reader, size_t line, struct span text)
{
	const struct import_item item = {
		.line = line,
		.terminal = reader->terminal,
		.has_time = reader->options->has_time,
		.time_s = reader->options->time_s,
		.text = text,
	};
	reader->callbacks->on_item(reader->callbacks->context, &item);
}

static bool is_result(struct span line)
{
	return at_text_equal(line, "OK") || at_text_begins_with(line, "ERROR") ||
	       at_text_begins_with(line, "AT");
}

/* The line behind an echoed ATI4 is the terminal's serial number. */
static void take_dialogue(struct reader *reader, struct span line)
{
	if (at_text_equal(line, "ATI4")) {
		reader->expects_serial = true;
	} else if (reader->expects_serial && line.size > 0) {
		reader->expects_serial = false;
		if (!is_result(line) && line.size < sizeof reader->terminal)
			(void)snprintf(reader->terminal, sizeof reader->terminal, "%.*s",
				       (int)line.size, (const char *)line.data);
	}
}

static void on_dump_line(void *context, struct span line, size_t number)
{
	struct reader *reader = context;
	struct span trimmed = at_text_trim(line);
	const uint8_t *start = find(trimmed, record_start);

	if (start == NULL)
		take_dialogue(reader, trimmed);
	else
		give(reader, number,
		     at_text_skip(trimmed, (size_t)(start - trimmed.data)));
}

static void on_hex_line(void *context, struct span line, size_t number)
{
	struct span trimmed = at_text_trim(line);
	if (!is_comment(trimmed))
		give(context, number, trimmed);
}

static void on_csv_line(void *context, struct span line, size_t number)
{
	struct reader *reader = context;
	const struct import_options *options = reader->options;
	const struct import_callbacks *callbacks = reader->callbacks;
	char error[IMPORT_CSV_ERROR_MAX];
	struct span trimmed = at_text_trim(line);
	struct import_item item = { .line = number,
				    .terminal = reader->terminal,
				    .has_time = options->has_time,
				    .time_s = options->time_s };

	if (is_comment(trimmed))
		return;
	if (!reader->has_header) {
		reader->has_header = true;
		if (!import_csv_header(&reader->csv, trimmed, options, error))
			callbacks->on_bad(callbacks->context, number, error);
	} else if (reader->csv.has_hex) {
		if (import_csv_row(&reader->csv, trimmed, options->now_ms, &item, error))
			callbacks->on_item(callbacks->context, &item);
		else
			callbacks->on_bad(callbacks->context, number, error);
	}
}

bool import_file_read(FILE *file, const struct import_options *options,
		      const struct import_callbacks *callbacks)
{
	static decode_input_cb *const readers[] = {
		[IMPORT_GUESS] = on_dump_line,
		[IMPORT_DUMP] = on_dump_line,
		[IMPORT_HEX] = on_hex_line,
		[IMPORT_CSV] = on_csv_line,
	};
	struct reader *reader = calloc(1, sizeof *reader);
	if (reader == NULL)
		return false;
	reader->options = options;
	reader->callbacks = callbacks;
	(void)snprintf(reader->terminal, sizeof reader->terminal, "%s",
		       options->terminal);
	bool is_read = decode_input_read(file, readers[options->form], reader);
	free(reader);
	return is_read;
}
