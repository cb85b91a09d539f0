/* SPDX-License-Identifier: MIT */
/*
 * The table is made in two walks over the telegram: the first measures the columns, the
 * second prints. Widths count characters, not bytes, or "°C" would shift what follows.
 */
#include "protocol/decimal.h"
#include "server/decode_print.h"

enum {
	COLUMN_NUMBER,
	COLUMN_FUNCTION,
	COLUMN_STORAGE,
	COLUMN_TARIFF,
	COLUMN_SUBUNIT,
	COLUMN_QUANTITY,
	COLUMN_VALUE,
	COLUMN_UNIT,
	COLUMN_REMARK,
	COLUMN_COUNT,
	/* One long text must not push all units off the screen. */
	WIDTH_MAX = 40,
	/* A byte of a text becomes at most the four characters \x1B. */
	CELL_MAX = 4 * READING_TEXT_MAX,
};

static const struct {
	const char *title;
	bool is_right;
} columns[COLUMN_COUNT] = {
	{ "#", true },      { "function", false }, { "storage", true },
	{ "tariff", true }, { "subunit", true },   { "quantity", false },
	{ "value", true },  { "unit", false },     { "remark", false },
};

struct row {
	char cells[COLUMN_COUNT][CELL_MAX];
};

static size_t width_of(const char *text)
{
	size_t width = 0;

	for (; *text != '\0'; text++)
		width += ((unsigned char)*text & 0xC0) != 0x80;
	return width;
}

/* Copies text; control characters, which a terminal would obey, are shown as \x1B. */
static void set_cell(char cell[CELL_MAX], const char *text)
{
	size_t used = 0;

	for (; *text != '\0' && used + 5 < CELL_MAX; text++) {
		unsigned char first = (unsigned char)text[0];
		unsigned char second = (unsigned char)text[1];
		bool is_c1 = first == 0xC2 && second >= 0x80 && second < 0xA0;

		if (first >= 0x20 && first != 0x7F && !is_c1) {
			cell[used++] = *text;
			continue;
		}
		text += is_c1;
		(void)snprintf(cell + used, CELL_MAX - used, "\\x%02X",
			       is_c1 ? second : first);
		used += 4;
	}
	cell[used] = '\0';
}

static void set_quantity(char cell[CELL_MAX], const struct reading_register *reg)
{
	char text[256];

	(void)snprintf(text, sizeof text, "%s%s%s",
		       reg->quantity[0] == '\0' ? "unknown" : reg->quantity,
		       reg->modifiers[0] == '\0' ? "" : ", ", reg->modifiers);
	set_cell(cell, text);
}

static void fill_row(const struct telegram_record *record, struct row *row)
{
	struct reading_register reg;
	struct value value;
	char text[READING_TEXT_MAX];

	telegram_register(record, &reg);
	telegram_value(record, &reg, &value);
	(void)snprintf(row->cells[COLUMN_NUMBER], CELL_MAX, "%u", record->number);
	set_cell(row->cells[COLUMN_FUNCTION], reading_function_text(reg.function));
	(void)snprintf(row->cells[COLUMN_STORAGE], CELL_MAX, "%llu",
		       (unsigned long long)reg.storage);
	(void)snprintf(row->cells[COLUMN_TARIFF], CELL_MAX, "%u", reg.tariff);
	(void)snprintf(row->cells[COLUMN_SUBUNIT], CELL_MAX, "%u", (unsigned)reg.subunit);
	set_quantity(row->cells[COLUMN_QUANTITY], &reg);
	value_write(&value, &reg, text);
	set_cell(row->cells[COLUMN_VALUE], text);
	set_cell(row->cells[COLUMN_UNIT], reg.unit);
	decode_remark(&reg, &value, text);
	set_cell(row->cells[COLUMN_REMARK], text);
}

static void fill_titles(struct row *row)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		set_cell(row->cells[i], columns[i].title);
}

static void widen(const struct row *row, size_t widths[COLUMN_COUNT])
{
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		size_t width = width_of(row->cells[i]);

		if (width > widths[i])
			widths[i] = width < WIDTH_MAX ? width : WIDTH_MAX;
	}
}

static void print_row(FILE *out, const struct row *row, const size_t widths[COLUMN_COUNT])
{
	size_t last = COLUMN_COUNT - 1;

	while (last > 0 && row->cells[last][0] == '\0')
		last--;
	for (size_t i = 0; i <= last; i++) {
		size_t width = width_of(row->cells[i]);
		int padding = width < widths[i] ? (int)(widths[i] - width) : 0;

		(void)fprintf(out, "%*s%s", columns[i].is_right ? padding : 0, "",
			      row->cells[i]);
		if (i < last)
			(void)fprintf(out, "%*s", (columns[i].is_right ? 0 : padding) + 2,
				      "");
	}
	(void)fputc('\n', out);
}

static void print_address(FILE *out, const struct mbus_address *address)
{
	char manufacturer[4];
	char whole[MBUS_ADDRESS_TEXT_SIZE];
	const char *product = mbus_product_text(address);

	mbus_manufacturer_text(address->manufacturer, manufacturer);
	mbus_address_text(address, whole);
	(void)fprintf(out, "id             %s\n", address->id);
	(void)fprintf(out, "manufacturer   %s\n", manufacturer);
	(void)fprintf(out, "version        %u (hex %02X)\n", (unsigned)address->version,
		      (unsigned)address->version);
	(void)fprintf(out, "medium         %s (hex %02X)\n",
		      mbus_medium_text(address->medium), (unsigned)address->medium);
	if (product[0] != '\0')
		(void)fprintf(out, "product        %s\n", product);
	(void)fprintf(out, "address        %s\n", whole);
}

static void print_header(FILE *out, const struct telegram *telegram)
{
	(void)fprintf(out, "frame          %s\n",
		      decode_frame_text(telegram->frame.kind));
	if (telegram->has_address)
		print_address(out, &telegram->address);
	if (telegram->has_short_header) {
		(void)fprintf(out, "access number  %u\n",
			      (unsigned)telegram->access_number);
		(void)fprintf(out, "status         %02X\n",
			      (unsigned)telegram->meter_status);
	}
}

static void print_records(FILE *out, struct telegram *telegram)
{
	struct telegram measured = *telegram;
	struct telegram_record record;
	size_t widths[COLUMN_COUNT] = { 0 };
	struct row row;

	fill_titles(&row);
	widen(&row, widths);
	while (telegram_next(&measured, &record)) {
		fill_row(&record, &row);
		widen(&row, widths);
	}
	fill_titles(&row);
	print_row(out, &row, widths);
	while (telegram_next(telegram, &record)) {
		fill_row(&record, &row);
		print_row(out, &row, widths);
	}
}

void decode_print_text(FILE *out, struct telegram *telegram, bool is_open)
{
	print_header(out, telegram);
	if (is_open) {
		(void)fputc('\n', out);
		print_records(out, telegram);
	}
	if (telegram->more_follows)
		(void)fputs("\nfurther telegrams of this readout follow\n", out);
}
