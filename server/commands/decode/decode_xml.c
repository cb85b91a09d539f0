/* SPDX-License-Identifier: MIT */
/*
 * libmbus' MBusData document, so that scripts built on it keep working. Its element
 * names and unit texts, our values: where libmbus decodes a value wrongly, the right one
 * stands here. One item is one document. Of several items each is an MBusData element in
 * one MBusDataList; whether there are several is known only when the second comes, so the
 * first is held back until then.
 */
#include <stdlib.h>

#include "protocol/decimal.h"
#include "protocol/hex.h"
#include "protocol/mbus/mbus_record.h"
#include "server/clock.h"
#include "server/commands/decode/decode_format.h"
#include "server/commands/decode/decode_xml_unit.h"

static const char declaration[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/* Control characters cannot stand in XML at all, not even escaped. */
static void put_text(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char character = (unsigned char)*text;

		if (character == '&')
			(void)fputs("&amp;", out);
		else if (character == '<')
			(void)fputs("&lt;", out);
		else if (character == '>')
			(void)fputs("&gt;", out);
		else if (character == '"')
			(void)fputs("&quot;", out);
		else if (character < ' ' && strchr("\t\n\r", character) == NULL)
			(void)fputs("\xEF\xBF\xBD", out);
		else
			(void)fputc(character, out);
	}
}

static void put_element(FILE *out, const char *name, const char *text)
{
	(void)fprintf(out, "        <%s>", name);
	put_text(out, text);
	(void)fprintf(out, "</%s>\n", name);
}

static void put_number(FILE *out, const char *name, uint64_t number)
{
	(void)fprintf(out, "        <%s>%llu</%s>\n", name, (unsigned long long)number,
		      name);
}

static void put_address(FILE *out, const struct mbus_address *address)
{
	char manufacturer[4];

	mbus_manufacturer_text(address->manufacturer, manufacturer);
	put_element(out, "Id", address->id);
	put_element(out, "Manufacturer", manufacturer);
	put_number(out, "Version", address->version);
	put_element(out, "ProductName", mbus_product_text(address));
	put_element(out, "Medium", mbus_medium_text(address->medium));
}

static void put_slave(FILE *out, const struct telegram *telegram)
{
	(void)fputs("    <SlaveInformation>\n", out);
	if (telegram->has_address)
		put_address(out, &telegram->address);
	if (telegram->has_short_header) {
		put_number(out, "AccessNumber", telegram->access_number);
		(void)fprintf(out, "        <Status>%02X</Status>\n",
			      (unsigned)telegram->meter_status);
		(void)fprintf(out, "        <Signature>%04X</Signature>\n",
			      (unsigned)telegram->signature);
	}
	(void)fputs("    </SlaveInformation>\n\n", out);
}

static const char *function_text(const struct decode_record *record)
{
	static const char *const texts[] = {
		[READING_INSTANTANEOUS] = "Instantaneous value",
		[READING_MAXIMUM] = "Maximum value",
		[READING_MINIMUM] = "Minimum value",
		[READING_ERROR] = "Value during error state",
		[READING_MANUFACTURER] = "Manufacturer specific",
	};
	bool more_follows = record->is_mbus && record->record.dib.size != 0 &&
			    record->record.dib.data[0] == MBUS_DIF_MANUFACTURER_MORE;

	return more_follows ? "More records follow" : texts[record->reg.function];
}

/* Blocks of bytes as libmbus writes them, with blanks between. */
static void put_bytes(FILE *out, struct span bytes)
{
	char digits[3];

	(void)fputs("        <Value>", out);
	for (size_t i = 0; i < bytes.size; i++) {
		hex_encode(span_of(bytes.data + i, 1), digits);
		(void)fprintf(out, "%s%s", i == 0 ? "" : " ", digits);
	}
	(void)fputs("</Value>\n", out);
}

/* What the meter sent is digits; the unit text then has the power of ten. */
static void put_value(FILE *out, const struct decode_record *record, bool is_normalized)
{
	struct reading_register reg = record->reg;
	char text[READING_TEXT_MAX];

	if (reg.function == READING_MANUFACTURER) {
		put_bytes(out, record->data);
		return;
	}
	if (!is_normalized) {
		reg.exponent = 0;
		reg.factor = 1;
	}
	value_write(&record->value, &reg, text);
	put_element(out, "Value", text);
}

static void put_place(FILE *out, const struct decode_record *record)
{
	const struct reading_register *reg = &record->reg;

	put_number(out, "StorageNumber", reg->storage);
	/* libmbus has them only where a DIFE could say something. */
	if (!record->is_mbus || record->record.dib.size > 1) {
		put_number(out, "Tariff", reg->tariff);
		put_number(out, "Device", reg->subunit);
	}
}

static void put_unit(FILE *out, const struct reading_register *reg, bool is_normalized)
{
	char unit[DECODE_XML_UNIT_MAX];

	if (is_normalized) {
		put_element(out, "Unit", decode_xml_normalized_unit(reg));
		put_element(out, "Quantity", decode_xml_quantity(reg));
		return;
	}
	decode_xml_unit(reg, unit);
	put_element(out, "Unit", unit);
}

static void put_record(FILE *out, const struct decode_record *record, bool is_normalized,
		       const char *time)
{
	(void)fprintf(out, "    <DataRecord id=\"%u\">\n", record->number);
	put_element(out, "Function", function_text(record));
	if (record->reg.function != READING_MANUFACTURER) {
		put_place(out, record);
		put_unit(out, &record->reg, is_normalized);
	}
	put_value(out, record, is_normalized);
	put_element(out, "Timestamp", time);
	(void)fputs("    </DataRecord>\n\n", out);
}

static void put_item(FILE *out, const struct decode_output *output,
		     struct decode_item *item)
{
	struct decode_record record;
	char time[CLOCK_TEXT_SIZE];
	int64_t at_s = item->has_record ? item->record.stamp : output->now_s;

	clock_text(at_s * 1000, time);
	(void)fputs("<MBusData>\n\n", out);
	if (decode_item_is_mbus(item))
		put_slave(out, &item->telegram);
	while (decode_item_next(item, &record))
		put_record(out, &record, output->is_normalized, time);
	(void)fputs("</MBusData>\n", out);
}

static void hold(struct decode_output *output, struct decode_item *item)
{
	FILE *memory = open_memstream(&output->held, &output->held_size);

	if (memory == NULL) {
		/* Out of memory: then the list begins at once. */
		(void)fprintf(output->out, "%s<MBusDataList>\n\n", declaration);
		put_item(output->out, output, item);
		return;
	}
	put_item(memory, output, item);
	(void)fclose(memory);
}

static void release(struct decode_output *output)
{
	if (output->held == NULL)
		return;
	(void)fwrite(output->held, 1, output->held_size, output->out);
	free(output->held);
	output->held = NULL;
}

void decode_xml_item(struct decode_output *output, struct decode_item *item)
{
	if (output->items == 0) {
		hold(output, item);
		return;
	}
	if (output->held != NULL)
		(void)fprintf(output->out, "%s<MBusDataList>\n\n", declaration);
	release(output);
	put_item(output->out, output, item);
}

void decode_xml_end(struct decode_output *output)
{
	bool is_list = output->items != 0 && output->held == NULL;

	if (output->held != NULL)
		(void)fputs(declaration, output->out);
	release(output);
	if (is_list)
		(void)fputs("\n</MBusDataList>\n", output->out);
}
