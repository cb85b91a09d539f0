/* SPDX-License-Identifier: MIT */
#include "exporters/csv/csv_row.h"

#include <string.h>

static const char *const columns[] = {
	"id",          "revision",        "terminal",   "terminal_name",
	"meter",       "meter_name",      "place",      "medium",
	"quantity",    "modifiers",       "function",   "storage",
	"tariff",      "subunit",         "occurrence", "unit",
	"value",       "no_value_reason", "read_at",    "valid_at",
	"received_at", "time_quality",    "obis",
};

static void put_char(struct csv_rows *rows, char byte)
{
	csv_file_put(rows->file, &byte, 1);
}

/* Text as it stands, which holds nothing to be quoted. */
static void put_plain(struct csv_rows *rows, const char *text)
{
	csv_file_put(rows->file, text, strlen(text));
}

static void put_number(struct csv_rows *rows, uint64_t number)
{
	char digits[20];
	char *at = digits + sizeof digits;
	do {
		*--at = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	csv_file_put(rows->file, at, (size_t)(digits + sizeof digits - at));
}

static bool is_formula(const char *text)
{
	return *text == '=' || *text == '+' || *text == '-' || *text == '@' ||
	       *text == '\t' || *text == '\r';
}

static void put_quoted(struct csv_rows *rows, const char *text)
{
	put_char(rows, '"');
	if (is_formula(text))
		put_char(rows, '\'');
	for (const char *quote; (quote = strchr(text, '"')); text = quote + 1) {
		csv_file_put(rows->file, text, (size_t)(quote + 1 - text));
		put_char(rows, '"');
	}
	put_plain(rows, text);
	put_char(rows, '"');
}

static void put_text(struct csv_rows *rows, const char *text)
{
	size_t size = 0;
	bool has_special = false;
	for (; text[size]; size++)
		has_special |= rows->is_special[(unsigned char)text[size]];
	if (has_special) {
		put_quoted(rows, text);
		return;
	}
	if (is_formula(text))
		put_char(rows, '\'');
	csv_file_put(rows->file, text, size);
}

static void put_text_cell(struct csv_rows *rows, const char *text)
{
	put_text(rows, text);
	put_char(rows, rows->delimiter);
}

static void put_number_cell(struct csv_rows *rows, uint64_t number)
{
	put_number(rows, number);
	put_char(rows, rows->delimiter);
}

static void put_plain_cell(struct csv_rows *rows, const char *text)
{
	put_plain(rows, text);
	put_char(rows, rows->delimiter);
}

void csv_rows_init(struct csv_rows *rows, char delimiter)
{
	*rows = (struct csv_rows){ .delimiter = delimiter };
	rows->is_special['"'] = true;
	rows->is_special['\r'] = true;
	rows->is_special['\n'] = true;
	rows->is_special[(unsigned char)delimiter] = true;
}

void csv_rows_header(struct csv_rows *rows)
{
	enum { COLUMNS = sizeof columns / sizeof columns[0] };
	for (size_t i = 0; i < COLUMNS - 1; i++)
		put_plain_cell(rows, columns[i]);
	put_plain(rows, columns[COLUMNS - 1]);
	put_plain(rows, "\r\n");
}

static void put_telegram_cells(struct csv_rows *rows,
			       const struct exporter_telegram *telegram)
{
	put_number_cell(rows, (uint64_t)telegram->id);
	put_number_cell(rows, (uint64_t)telegram->revision);
	put_text_cell(rows, telegram->terminal);
	put_text_cell(rows, telegram->terminal_name);
	put_text_cell(rows, telegram->meter);
	put_text_cell(rows, telegram->meter_name);
	put_text_cell(rows, telegram->place);
	put_text_cell(rows, telegram->medium);
}

static void put_reading_cells(struct csv_rows *rows,
			      const struct exporter_reading *reading)
{
	put_text_cell(rows, reading->quantity);
	put_text_cell(rows, reading->modifiers);
	put_text_cell(rows, reading->function);
	put_number_cell(rows, reading->storage);
	put_number_cell(rows, reading->tariff);
	put_number_cell(rows, reading->subunit);
	put_number_cell(rows, reading->occurrence);
	put_text_cell(rows, reading->unit);
	if (reading->is_number)
		put_plain_cell(rows, reading->value_text);
	else
		put_text_cell(rows, reading->value_text);
	put_text_cell(rows, reading->no_value_reason);
}

void csv_rows_telegram(struct csv_rows *rows, const struct exporter_telegram *telegram)
{
	char read_at[CSV_TIME_MAX];
	char received_at[CSV_TIME_MAX];
	csv_time_seconds(&rows->day, telegram->read_at, read_at);
	csv_time_milliseconds(&rows->day, telegram->received_at_ms, received_at);
	for (uint32_t i = 0; i < telegram->reading_count; i++) {
		const struct exporter_reading *reading = &telegram->readings[i];
		put_telegram_cells(rows, telegram);
		put_reading_cells(rows, reading);
		put_plain_cell(rows, read_at);
		put_text_cell(rows, reading->valid_at);
		put_plain_cell(rows, received_at);
		put_text_cell(rows, telegram->time_quality);
		put_text(rows, reading->obis);
		put_plain(rows, "\r\n");
	}
}
