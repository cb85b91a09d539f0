/* SPDX-License-Identifier: MIT */
/*
 * What is the same from row to row is made once. In the long layout the cells of a
 * telegram are made once and copied into each of its rows: half of the bytes of a file
 * are such cells.
 */
#include "exporters/csv/csv_row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_MAX = 24 };

static void put_char(struct csv_rows *rows, char byte)
{
	csv_file_put(rows->file, &byte, 1);
}

/* Text as it stands, which holds nothing to be quoted. */
static void put_plain(struct csv_rows *rows, const char *text)
{
	csv_file_put(rows->file, text, strlen(text));
}

static const char *write_number(uint64_t number, char digits[NUMBER_MAX])
{
	char *at = digits + NUMBER_MAX - 1;
	*at = '\0';
	do {
		*--at = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	return at;
}

static void put_number(struct csv_rows *rows, uint64_t number)
{
	char digits[NUMBER_MAX];
	if (number < 10)
		put_char(rows, (char)('0' + number));
	else
		put_plain(rows, write_number(number, digits));
}

static bool is_formula(const char *text)
{
	return *text == '=' || *text == '+' || *text == '-' || *text == '@' ||
	       *text == '\t' || *text == '\r';
}

/* Writes a text as a cell; ret_cell has room for 2 * strlen(text) + 3. Its size. */
static size_t write_quoted(const char *text, char *ret_cell)
{
	char *at = ret_cell;
	*at++ = '"';
	if (is_formula(text))
		*at++ = '\'';
	for (; *text; text++) {
		if (*text == '"')
			*at++ = '"';
		*at++ = *text;
	}
	*at++ = '"';
	return (size_t)(at - ret_cell);
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

/* The size of text, and whether it must be quoted. */
static size_t scan(const struct csv_rows *rows, const char *text, bool *ret_is_special)
{
	size_t size = 0;
	bool is_special = false;
	for (; text[size]; size++)
		is_special |= rows->is_special[(unsigned char)text[size]];
	*ret_is_special = is_special;
	return size;
}

static void put_text(struct csv_rows *rows, const char *text)
{
	bool is_special;
	size_t size = scan(rows, text, &is_special);
	if (is_special) {
		put_quoted(rows, text);
		return;
	}
	if (is_formula(text))
		put_char(rows, '\'');
	csv_file_put(rows->file, text, size);
}

/* An exact number in plain digits; only its decimal sign may change. */
static void put_decimal(struct csv_rows *rows, const char *text)
{
	const char *point = rows->has_comma ? strchr(text, '.') : NULL;
	if (!point) {
		put_plain(rows, text);
		return;
	}
	csv_file_put(rows->file, text, (size_t)(point - text));
	put_char(rows, ',');
	put_plain(rows, point + 1);
}

static void put_value(struct csv_rows *rows, const struct exporter_reading *reading)
{
	if (reading->is_number)
		put_decimal(rows, reading->value_text);
	else
		put_text(rows, reading->value_text);
}

/* ---- cells of a telegram ---- */

static const char *telegram_text(struct csv_rows *rows,
				 const struct exporter_telegram *telegram,
				 enum csv_field field, char buffer[CSV_TIME_MAX])
{
	const char *const texts[CSV_OF_TELEGRAM] = {
		[CSV_TERMINAL] = telegram->terminal,
		[CSV_TERMINAL_NAME] = telegram->terminal_name,
		[CSV_METER] = telegram->meter,
		[CSV_METER_NAME] = telegram->meter_name,
		[CSV_PLACE] = telegram->place,
		[CSV_MEDIUM] = telegram->medium,
		[CSV_TIME_QUALITY] = telegram->time_quality,
	};
	if (texts[field])
		return texts[field];
	if (field == CSV_ID || field == CSV_REVISION)
		return write_number(
			(uint64_t)(field == CSV_ID ? telegram->id : telegram->revision),
			buffer);
	if (field == CSV_READ_AT)
		csv_time_seconds(&rows->day, telegram->read_at, buffer);
	else
		csv_time_milliseconds(&rows->day, telegram->received_at_ms, buffer);
	return buffer;
}

static bool reserve(struct csv_rows *rows, size_t size)
{
	size_t wanted = rows->cells_used + size;
	if (wanted <= rows->cells_room)
		return true;
	char *cells = realloc(rows->cells, 2 * wanted);
	if (!cells)
		return false;
	rows->cells = cells;
	rows->cells_room = 2 * wanted;
	return true;
}

/* One cell and what separates it from the one before. */
static bool make_cell(struct csv_rows *rows, size_t column, const char *text)
{
	bool is_special;
	size_t size = scan(rows, text, &is_special);
	if (!reserve(rows, 2 * size + 4))
		return false;
	char *at = rows->cells + rows->cells_used;
	if (column > 0)
		*at++ = rows->delimiter;
	if (is_special) {
		at += write_quoted(text, at);
	} else {
		if (is_formula(text))
			*at++ = '\'';
		memcpy(at, text, size);
		at += size;
	}
	rows->cells_used = (size_t)(at - rows->cells);
	return true;
}

static bool make_cells(struct csv_rows *rows, const struct exporter_telegram *telegram)
{
	char buffer[CSV_TIME_MAX];
	rows->cells_used = 0;
	for (size_t i = 0; i < rows->columns.count; i++) {
		enum csv_field field = rows->columns.columns[i].field;
		if (field < CSV_OF_TELEGRAM &&
		    !make_cell(rows, i, telegram_text(rows, telegram, field, buffer)))
			return false;
		rows->cell_ends[i] = rows->cells_used;
	}
	return true;
}

/* ---- rows ---- */

static void put_field(struct csv_rows *rows, const struct exporter_reading *reading,
		      enum csv_field field)
{
	/* The texts of a reading by column; where there is none, a number or the value.
	 */
	static const size_t texts[CSV_FIELDS] = {
		[CSV_QUANTITY] = offsetof(struct exporter_reading, quantity) + 1,
		[CSV_MODIFIERS] = offsetof(struct exporter_reading, modifiers) + 1,
		[CSV_FUNCTION] = offsetof(struct exporter_reading, function) + 1,
		[CSV_UNIT] = offsetof(struct exporter_reading, unit) + 1,
		[CSV_NO_VALUE_REASON] =
			offsetof(struct exporter_reading, no_value_reason) + 1,
		[CSV_VALID_AT] = offsetof(struct exporter_reading, valid_at) + 1,
		[CSV_OBIS] = offsetof(struct exporter_reading, obis) + 1,
	};
	const char *text;
	if (texts[field] > 0) {
		memcpy(&text, (const char *)reading + texts[field] - 1, sizeof text);
		if (*text)
			put_text(rows, text);
	} else if (field == CSV_VALUE) {
		put_value(rows, reading);
	} else if (field == CSV_STORAGE) {
		put_number(rows, reading->storage);
	} else if (field == CSV_TARIFF) {
		put_number(rows, reading->tariff);
	} else if (field == CSV_SUBUNIT) {
		put_number(rows, reading->subunit);
	} else {
		put_number(rows, reading->occurrence);
	}
}

static bool says_what(enum csv_field field)
{
	return (field >= CSV_QUANTITY && field <= CSV_UNIT) || field == CSV_OBIS;
}

static bool is_made(const struct csv_made *made, const struct exporter_reading *reading)
{
	return made->size > 0 && made->quantity == reading->quantity &&
	       made->unit == reading->unit && made->function == reading->function &&
	       made->modifiers == reading->modifiers && made->obis == reading->obis &&
	       made->storage == reading->storage && made->tariff == reading->tariff &&
	       made->subunit == reading->subunit &&
	       made->occurrence == reading->occurrence;
}

/* Keeps what has just been written, if it all stands in the buffer still. */
static void keep_made(struct csv_rows *rows, struct csv_made *made,
		      const struct exporter_reading *reading, uint64_t begin)
{
	const struct csv_file *file = rows->file;
	uint64_t size = csv_file_size(file) - begin;
	made->size = 0;
	if (begin < file->size || size > CSV_MADE_BYTES)
		return;
	made->quantity = reading->quantity;
	made->unit = reading->unit;
	made->function = reading->function;
	made->modifiers = reading->modifiers;
	made->obis = reading->obis;
	made->storage = reading->storage;
	made->tariff = reading->tariff;
	made->subunit = reading->subunit;
	made->occurrence = reading->occurrence;
	memcpy(made->bytes, file->buffer + (begin - file->size), size);
	made->size = (uint32_t)size;
}

/* The columns that say what is measured. */
static void put_made(struct csv_rows *rows, const struct exporter_reading *reading,
		     struct csv_made *made)
{
	if (is_made(made, reading)) {
		csv_file_put(rows->file, made->bytes, made->size);
		return;
	}
	uint64_t begin = csv_file_size(rows->file);
	for (size_t i = rows->made_from; i < rows->made_until; i++) {
		if (i > 0)
			put_char(rows, rows->delimiter);
		put_field(rows, reading, rows->columns.columns[i].field);
	}
	keep_made(rows, made, reading, begin);
}

static void put_long_row(struct csv_rows *rows, const struct exporter_reading *reading,
			 struct csv_made *made)
{
	const struct csv_columns *columns = &rows->columns;
	size_t done = 0; /* of the cells of the telegram */
	for (size_t i = 0; i < columns->count; i++) {
		if (columns->columns[i].field < CSV_OF_TELEGRAM)
			continue;
		size_t until = rows->cell_ends[i];
		csv_file_put(rows->file, rows->cells + done, until - done);
		done = until;
		if (i == rows->made_from) {
			put_made(rows, reading, made);
			i = rows->made_until - 1;
			continue;
		}
		if (i > 0)
			put_char(rows, rows->delimiter);
		put_field(rows, reading, columns->columns[i].field);
	}
	csv_file_put(rows->file, rows->cells + done, rows->cells_used - done);
	csv_file_put(rows->file, "\r\n", 2);
}

static bool has_series(const struct csv_rows *rows,
		       const struct exporter_telegram *telegram)
{
	for (size_t i = 0; i < rows->columns.count; i++)
		if (rows->columns.columns[i].field == CSV_SERIES &&
		    csv_series_find(&rows->columns.columns[i].series, telegram))
			return true;
	return false;
}

static void put_wide_row(struct csv_rows *rows, const struct exporter_telegram *telegram)
{
	size_t done = 0;
	for (size_t i = 0; i < rows->columns.count; i++) {
		const struct csv_column *column = &rows->columns.columns[i];
		csv_file_put(rows->file, rows->cells + done, rows->cell_ends[i] - done);
		done = rows->cell_ends[i];
		if (column->field != CSV_SERIES)
			continue;
		if (i > 0)
			put_char(rows, rows->delimiter);
		const struct exporter_reading *found =
			csv_series_find(&column->series, telegram);
		if (found)
			put_value(rows, found);
	}
	put_plain(rows, "\r\n");
}

bool csv_rows_telegram(struct csv_rows *rows, const struct exporter_telegram *telegram)
{
	if (telegram->reading_count == 0 ||
	    (rows->columns.is_wide && !has_series(rows, telegram)))
		return true;
	if (!make_cells(rows, telegram))
		return false;
	if (rows->columns.is_wide)
		put_wide_row(rows, telegram);
	for (uint32_t i = 0; !rows->columns.is_wide && i < telegram->reading_count; i++)
		put_long_row(rows, &telegram->readings[i], &rows->made[i % CSV_MADE]);
	return true;
}

void csv_rows_init(struct csv_rows *rows, char delimiter, struct csv_columns columns)
{
	*rows = (struct csv_rows){ .delimiter = delimiter, .columns = columns };
	rows->is_special['"'] = true;
	rows->is_special['\r'] = true;
	rows->is_special['\n'] = true;
	rows->is_special[(unsigned char)delimiter] = true;
	size_t at = 0;
	while (at < columns.count && !says_what(columns.columns[at].field))
		at++;
	rows->made_from = at;
	while (at < columns.count && says_what(columns.columns[at].field))
		at++;
	rows->made_until = at;
}

void csv_rows_batch(struct csv_rows *rows)
{
	for (size_t i = 0; i < CSV_MADE; i++)
		rows->made[i].size = 0;
}

void csv_rows_close(struct csv_rows *rows)
{
	csv_columns_free(&rows->columns);
	free(rows->cells);
}

void csv_rows_header(struct csv_rows *rows)
{
	if (rows->has_bom)
		put_plain(rows, "\xef\xbb\xbf");
	for (size_t i = 0; i < rows->columns.count; i++) {
		if (i > 0)
			put_char(rows, rows->delimiter);
		put_text(rows, rows->columns.columns[i].heading);
	}
	put_plain(rows, "\r\n");
}
