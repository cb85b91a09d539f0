/* SPDX-License-Identifier: MIT */
#include "server/commands/decode/decode_input.h"

#include <stdlib.h>

#include "protocol/at/at_text.h"

/* A logical line in the making. */
struct logical_line {
	char *text;
	size_t size;
	size_t capacity;
	size_t number; /* of its first line */
};

static bool is_record(struct span text)
{
	return at_text_begins_with(at_text_trim(text), "^SCDATA");
}

static size_t count_quotes(struct span text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.size; i++)
		count += text.data[i] == '"';
	return count;
}

/* A record whose last quote is open goes on with the next line. */
static bool is_open(const struct logical_line *line)
{
	struct span text = span_of(line->text, line->size);

	return line->size != 0 && is_record(text) && count_quotes(text) % 2 != 0;
}

/* What no line of a block looks like: a record, a JSON object, hex. A quote that was
 * never closed must not swallow them. */
static bool is_beginning(struct span text)
{
	struct span trimmed = at_text_trim(text);

	if (trimmed.size == 0)
		return false;
	for (size_t i = 0; i < trimmed.size; i++)
		if (trimmed.data[i] == '\0' ||
		    strchr("0123456789ABCDEFabcdef \t", trimmed.data[i]) == NULL)
			return is_record(trimmed) || trimmed.data[0] == '{';
	return true;
}

static bool append(struct logical_line *line, struct span text)
{
	size_t size = line->size + text.size;
	char *grown;

	if (size > DECODE_INPUT_LINE_MAX)
		size = DECODE_INPUT_LINE_MAX;
	if (size > line->capacity) {
		grown = realloc(line->text, size * 2);
		if (grown == NULL)
			return false;
		line->text = grown;
		line->capacity = size * 2;
	}
	if (size > line->size)
		memcpy(line->text + line->size, text.data, size - line->size);
	line->size = size;
	return true;
}

static void hand_over(struct logical_line *line, decode_input_cb *line_cb, void *owner)
{
	if (line->size != 0)
		line_cb(owner, span_of(line->text, line->size), line->number);
	line->size = 0;
}

bool decode_input_read(FILE *file, decode_input_cb *line_cb, void *owner)
{
	struct logical_line line = { .number = 0 };
	char *text = NULL;
	size_t capacity = 0;
	size_t number = 0;
	ssize_t size;
	bool is_good = true;

	while (is_good && (size = getline(&text, &capacity, file)) > 0) {
		struct span next = span_of(text, (size_t)size);

		number++;
		if (!is_open(&line) || is_beginning(next)) {
			hand_over(&line, line_cb, owner);
			line.number = number;
		}
		is_good = append(&line, next);
	}
	hand_over(&line, line_cb, owner);
	free(line.text);
	free(text);
	return is_good && !ferror(file);
}
