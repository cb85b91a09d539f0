/* SPDX-License-Identifier: MIT */
#include "tests/simulator/ledger.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LINE_MAX_SIZE = 4096, /* every payload byte escaped, and the other fields */
};

struct ledger {
	FILE *file;
	const char *path;
};

struct ledger *ledger_open(const char *path)
{
	struct ledger *ledger = malloc(sizeof *ledger);

	if (ledger == NULL)
		return NULL;
	ledger->path = path;
	ledger->file = fopen(path, "w");
	if (ledger->file == NULL) {
		fprintf(stderr, "readout-simulator: %s: %s\n", path, strerror(errno));
		free(ledger);
		return NULL;
	}
	return ledger;
}

/* JSON: quotes, backslashes and control characters are escaped. */
static void put_escaped(struct text *text, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] == '"' || bytes[i] == '\\')
			text_put(text, "\\", 1);
		if (bytes[i] < ' ') {
			text_put_string(text, "\\u00");
			text_put_hex(text, &bytes[i], 1);
		} else {
			text_put(text, (const char *)&bytes[i], 1);
		}
	}
}

static void put_payload(struct text *text, const struct payload *payload)
{
	text_put_string(text, ",\"payload\":\"");
	if (payload->is_text)
		put_escaped(text, payload->bytes, payload->size);
	else
		text_put_hex(text, payload->bytes, payload->size);
	text_put_string(text, "\"");
}

static void put_value(struct text *text, const struct meter *meter,
		      const struct record *record)
{
	struct meter_value value = meter_value(meter, record->reading);

	if (record->error != 0 || meter->kind == METER_UNKNOWN)
		return;
	text_put_string(text, ",\"value\":\"");
	text_put_decimal(text, value.digits, value.exponent);
	text_put_string(text, "\",\"unit\":\"");
	text_put_string(text, value.unit);
	text_put_string(text, "\"");
}

static void put_key(struct text *text, const struct terminal *terminal,
		    const struct record *record, const struct meter *meter)
{
	char serial[SERIAL_SIZE];

	terminal_serial(terminal, serial);
	text_put_string(text, "{\"terminal\":\"");
	text_put_string(text, serial);
	text_put_string(text, "\",\"stamp\":");
	text_put_number(text, record->stamp, 1);
	text_put_string(text, ",\"sequence\":");
	text_put_number(text, record->sequence, 1);
	text_put_string(text, ",\"kind\":\"");
	text_put_string(text, meter_traits(meter->kind)->protocol);
	text_put_string(text, "\",\"error_code\":");
	text_put_number(text, terminal_error_code(record), 1);
}

static void put_fate(struct text *text, const struct record *record,
		     enum record_fate fate)
{
	static const char *const FATES[] = {
		[RECORD_KEPT] = "kept",
		[RECORD_DELETED] = "deleted",
		[RECORD_OVERWRITTEN] = "overwritten",
	};
	bool is_deleted_unsent = fate == RECORD_DELETED && !record->is_sent;

	text_put_string(text, ",\"fate\":\"");
	text_put_string(text, FATES[fate]);
	text_put_string(text, record->is_sent ? "\",\"sent\":true" : "\",\"sent\":false");
	text_put_string(text, is_deleted_unsent ? ",\"deleted_unsent\":true"
						: ",\"deleted_unsent\":false");
}

void ledger_write(struct ledger *ledger, const struct terminal *terminal,
		  const struct record *record, enum record_fate fate)
{
	struct meter meter = terminal_meter(terminal, record->meter);
	char line[LINE_MAX_SIZE];
	struct payload payload;
	struct text text;

	terminal_payload(terminal, record, &payload);
	text_init(&text, line, sizeof line);
	put_key(&text, terminal, record, &meter);
	put_fate(&text, record, fate);
	text_put_string(&text, ",\"meter_id\":\"");
	text_put_number(&text, meter.id, 8);
	text_put_string(&text, "\"");
	put_payload(&text, &payload);
	put_value(&text, &meter, record);
	text_put_string(&text, "}\n");
	fwrite(line, 1, text.size, ledger->file);
}

bool ledger_close(struct ledger *ledger)
{
	bool is_written;

	if (ledger == NULL)
		return true;
	is_written = ferror(ledger->file) == 0;
	is_written = fclose(ledger->file) == 0 && is_written;
	if (!is_written)
		fprintf(stderr, "readout-simulator: %s: could not be written\n",
			ledger->path);
	free(ledger);
	return is_written;
}
