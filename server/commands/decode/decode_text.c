/* SPDX-License-Identifier: MIT */
/*
 * The table is made in two walks over the telegram: the first measures the columns, the
 * second prints. Widths count characters, not bytes, or "°C" would shift what follows.
 */
#include "protocol/decimal.h"
#include "server/clock.h"
#include "server/commands/decode/decode_format.h"

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
	char text[256 + READING_HEADER_MAX];
	char obis[READING_HEADER_MAX + 1];

	decode_obis(reg, obis);
	(void)snprintf(text, sizeof text, "%s%s%s%s%s", obis, obis[0] == '\0' ? "" : " ",
		       reg->quantity[0] == '\0' ? "unknown" : reg->quantity,
		       reg->modifiers[0] == '\0' ? "" : ", ", reg->modifiers);
	set_cell(cell, text);
}

static void fill_row(const struct decode_record *record, struct row *row)
{
	const struct reading_register *reg = &record->reg;
	char text[READING_TEXT_MAX];

	(void)snprintf(row->cells[COLUMN_NUMBER], CELL_MAX, "%u", record->number);
	set_cell(row->cells[COLUMN_FUNCTION], reading_function_text(reg->function));
	(void)snprintf(row->cells[COLUMN_STORAGE], CELL_MAX, "%llu",
		       (unsigned long long)reg->storage);
	(void)snprintf(row->cells[COLUMN_TARIFF], CELL_MAX, "%u", reg->tariff);
	(void)snprintf(row->cells[COLUMN_SUBUNIT], CELL_MAX, "%u",
		       (unsigned)reg->subunit);
	set_quantity(row->cells[COLUMN_QUANTITY], reg);
	value_write(&record->value, reg, text);
	set_cell(row->cells[COLUMN_VALUE], text);
	set_cell(row->cells[COLUMN_UNIT], reg->unit);
	decode_remark(reg, &record->value, text);
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
	const char *name = mbus_manufacturer_name(address->manufacturer);

	mbus_manufacturer_text(address->manufacturer, manufacturer);
	mbus_address_text(address, whole);
	(void)fprintf(out, "id             %s\n", address->id);
	(void)fprintf(out, "manufacturer   %s%s%s%s\n", manufacturer,
		      name[0] == '\0' ? "" : " (", name, name[0] == '\0' ? "" : ")");
	(void)fprintf(out, "version        %u (hex %02X)\n", (unsigned)address->version,
		      (unsigned)address->version);
	(void)fprintf(out, "medium         %s (hex %02X)\n",
		      mbus_medium_text(address->medium), (unsigned)address->medium);
	if (product[0] != '\0')
		(void)fprintf(out, "product        %s\n", product);
	(void)fprintf(out, "address        %s\n", whole);
}

static void print_telegram(FILE *out, const struct telegram *telegram)
{
	if (telegram->has_address)
		print_address(out, &telegram->address);
	if (telegram->has_short_header) {
		(void)fprintf(out, "access number  %u\n",
			      (unsigned)telegram->access_number);
		(void)fprintf(out, "status         %02X\n",
			      (unsigned)telegram->meter_status);
	}
}

/* What the terminal wrote beside the telegram. */
static void print_record_line(FILE *out, const struct scdata_record *record)
{
	char time[CLOCK_TEXT_SIZE];
	char device[CELL_MAX];
	char text[READING_TEXT_MAX];

	clock_text(record->stamp * 1000, time);
	(void)fprintf(out, "read at        %s\n", time);
	(void)fprintf(out, "sequence       %lld\n", (long long)record->sequence);
	if (record->index != 0)
		(void)fprintf(out, "device index   %lld\n", (long long)record->index);
	if (record->has_rssi)
		(void)fprintf(out, "rssi           %lld dBm\n",
			      (long long)record->rssi_dbm);
	if (record->device.size == 0)
		return;
	(void)snprintf(text, sizeof text, "%.*s", (int)record->device.size,
		       (const char *)record->device.data);
	set_cell(device, text);
	(void)fprintf(out, "device         %s\n", device);
}

static void print_header(FILE *out, const struct decode_item *item)
{
	char id[CELL_MAX];

	if (!item->is_argument)
		(void)fprintf(out, "source         %s\n", item->place);
	if (item->id[0] != '\0') {
		set_cell(id, item->id);
		(void)fprintf(out, "telegram       %s\n", id);
	}
	(void)fprintf(out, "frame          %s\n", decode_frame_text(item));
	if (item->has_record)
		print_record_line(out, &item->record);
	if (decode_item_is_mbus(item))
		print_telegram(out, &item->telegram);
}

static void print_records(FILE *out, struct decode_item *item)
{
	struct decode_item measured = *item;
	struct decode_record record;
	size_t widths[COLUMN_COUNT] = { 0 };
	struct row row;

	fill_titles(&row);
	widen(&row, widths);
	while (decode_item_next(&measured, &record)) {
		fill_row(&record, &row);
		widen(&row, widths);
	}
	fill_titles(&row);
	print_row(out, &row, widths);
	while (decode_item_next(item, &record)) {
		fill_row(&record, &row);
		print_row(out, &row, widths);
	}
}

void decode_text_item(struct decode_output *output, struct decode_item *item)
{
	FILE *out = output->out;

	if (output->items != 0)
		(void)fputc('\n', out);
	print_header(out, item);
	if (item->is_open) {
		(void)fputc('\n', out);
		print_records(out, item);
	}
	if (item->telegram.more_follows)
		(void)fputs("\nfurther telegrams of this readout follow\n", out);
}
