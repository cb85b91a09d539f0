/* SPDX-License-Identifier: MIT */
/* A row for each record (RFC 4180), with the telegram it comes from repeated in each. */
#include "protocol/decimal.h"
#include "protocol/hex.h"
#include "server/commands/decode/decode_format.h"

static const char titles[] = "telegram,kind,meter,manufacturer,version,medium,access_"
			     "number,meter_status,number,"
			     "function,storage,tariff,subunit,quantity,modifiers,value,"
			     "unit,remark,dib,vib,data,"
			     "obis\r\n";

void decode_csv_begin(struct decode_output *output)
{
	(void)fputs(titles, output->out);
}

/* Quotes what a reader of CSV would otherwise take apart. */
static void put_text(FILE *out, const char *text, size_t size)
{
	bool is_quoted = false;

	for (size_t i = 0; i < size; i++)
		is_quoted |= text[i] == '\0' || strchr(",\"\r\n", text[i]) != NULL;
	if (is_quoted)
		(void)fputc('"', out);
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '"')
			(void)fputc('"', out);
		(void)fputc(text[i], out);
	}
	if (is_quoted)
		(void)fputc('"', out);
}

static void put_cell(FILE *out, const char *text)
{
	put_text(out, text, strlen(text));
	(void)fputc(',', out);
}

static void put_hex(FILE *out, struct span bytes)
{
	char digits[3];

	for (size_t i = 0; i < bytes.size; i++) {
		hex_encode(span_of(bytes.data + i, 1), digits);
		(void)fputs(digits, out);
	}
	(void)fputc(',', out);
}

static void put_address(FILE *out, const struct mbus_address *address)
{
	char meter[MBUS_ADDRESS_TEXT_SIZE];
	char manufacturer[4];

	mbus_address_text(address, meter);
	mbus_manufacturer_text(address->manufacturer, manufacturer);
	(void)fprintf(out, "%s,%s,%u,", meter, manufacturer, (unsigned)address->version);
	put_cell(out, mbus_medium_text(address->medium));
}

static void put_item(FILE *out, const struct decode_item *item)
{
	bool is_mbus = decode_item_is_mbus(item);

	put_cell(out, item->id[0] != '\0' ? item->id : item->place);
	put_cell(out, decode_item_kind_text(item));
	if (is_mbus && item->telegram.has_address)
		put_address(out, &item->telegram.address);
	else
		(void)fputs(",,,,", out);
	if (is_mbus && item->telegram.has_short_header)
		(void)fprintf(out, "%u,%u,", (unsigned)item->telegram.access_number,
			      (unsigned)item->telegram.meter_status);
	else
		(void)fputs(",,", out);
}

static void put_source(FILE *out, const struct decode_record *record)
{
	char obis[READING_HEADER_MAX + 1];

	if (record->is_mbus) {
		put_hex(out, record->record.dib);
		put_hex(out, record->record.vib);
		put_hex(out, record->data);
	} else {
		(void)fputs(",,", out);
		put_text(out, (const char *)record->data.data, record->data.size);
		(void)fputc(',', out);
	}
	decode_obis(&record->reg, obis);
	put_text(out, obis, strlen(obis));
}

static void put_record(FILE *out, const struct decode_record *record)
{
	const struct reading_register *reg = &record->reg;
	char text[READING_TEXT_MAX];

	(void)fprintf(out, "%u,%s,%llu,%u,%u,", record->number,
		      reading_function_text(reg->function),
		      (unsigned long long)reg->storage, reg->tariff,
		      (unsigned)reg->subunit);
	put_cell(out, reg->quantity);
	put_cell(out, reg->modifiers);
	value_write(&record->value, reg, text);
	put_cell(out, text);
	put_cell(out, reg->unit);
	decode_remark(reg, &record->value, text);
	put_cell(out, text);
	put_source(out, record);
	(void)fputs("\r\n", out);
}

void decode_csv_item(struct decode_output *output, struct decode_item *item)
{
	struct decode_record record;

	while (decode_item_next(item, &record)) {
		put_item(output->out, item);
		put_record(output->out, &record);
	}
}
