/* SPDX-License-Identifier: MIT */
/*
 * Numbers are written as the exact decimal text of the value; a JSON library would make
 * doubles of them. A record is put together in a buffer that holds the longest one.
 */
#include "protocol/decimal.h"
#include "protocol/hex.h"
#include "server/commands/decode/decode_format.h"
#include "server/json_text.h"

enum {
	/* Texts grow by escaping to at most six characters a byte. */
	PART_MAX = 16 * 1024,
};

static void put(struct json_text *json, const char *text)
{
	json_text_raw(json, text, strlen(text));
}

static void put_string(struct json_text *json, const char *key, const char *text)
{
	put(json, key);
	json_text_string(json, text, strlen(text));
}

static void put_number(struct json_text *json, const char *key, int64_t number)
{
	char text[20];

	put(json, key);
	json_text_raw(json, text, decimal_write_integer(number, text));
}

static void put_bool(struct json_text *json, const char *key, bool is_set)
{
	put(json, key);
	put(json, is_set ? "true" : "false");
}

static void put_hex(struct json_text *json, const char *key, struct span bytes)
{
	char text[2 * 256 + 1];

	hex_encode(bytes, text);
	put_string(json, key, text);
}

static void flush(FILE *out, struct json_text *json)
{
	(void)fwrite(json->text, 1, json->size, out);
	json->size = 0;
}

static void put_address(struct json_text *json, const struct mbus_address *address)
{
	char manufacturer[4];
	char whole[MBUS_ADDRESS_TEXT_SIZE];

	mbus_manufacturer_text(address->manufacturer, manufacturer);
	mbus_address_text(address, whole);
	put_string(json, ",\"id\":", address->id);
	put_string(json, ",\"manufacturer\":", manufacturer);
	put_string(json, ",\"manufacturer_name\":",
		   mbus_manufacturer_name(address->manufacturer));
	put_number(json, ",\"version\":", address->version);
	put_number(json, ",\"medium\":", address->medium);
	put_string(json, ",\"medium_name\":", mbus_medium_text(address->medium));
	put_string(json, ",\"product\":", mbus_product_text(address));
	put_string(json, ",\"address\":", whole);
}

static void put_telegram(struct json_text *json, const struct telegram *telegram)
{
	if (telegram->has_address)
		put_address(json, &telegram->address);
	if (telegram->has_short_header) {
		put_number(json, ",\"access_number\":", telegram->access_number);
		put_number(json, ",\"meter_status\":", telegram->meter_status);
		put_number(json, ",\"signature\":", telegram->signature);
	}
}

static void put_span(struct json_text *json, const char *key, struct span text)
{
	put(json, key);
	json_text_string(json, (const char *)text.data, text.size);
}

static void put_terminal(struct json_text *json, const struct scdata_record *record)
{
	put_number(json, ",\"stamp\":", record->stamp);
	put_number(json, ",\"sequence\":", record->sequence);
	put_number(json, ",\"device_index\":", record->index);
	put_number(json, ",\"error_code\":", record->error_code);
	if (record->has_rssi)
		put_number(json, ",\"rssi_dbm\":", record->rssi_dbm);
	if (record->device.size != 0)
		put_span(json, ",\"device\":", record->device);
}

static void put_header(struct json_text *json, const struct decode_item *item)
{
	put_string(json, "{\"frame\":", decode_frame_text(item));
	if (item->id[0] != '\0')
		put_string(json, ",\"telegram\":", item->id);
	if (item->has_record)
		put_terminal(json, &item->record);
	if (decode_item_is_mbus(item))
		put_telegram(json, &item->telegram);
	put(json, ",\"records\":[");
}

static void put_value(struct json_text *json, const struct reading_register *reg,
		      const struct value *value)
{
	char text[READING_TEXT_MAX];

	value_write(value, reg, text);
	put(json, ",\"value\":");
	if (value->kind == VALUE_NONE)
		put(json, "null");
	else if (decode_is_number(reg, value))
		put(json, text);
	else
		json_text_string(json, text, strlen(text));
}

static void put_source(struct json_text *json, const struct decode_record *record)
{
	char obis[READING_HEADER_MAX + 1];

	if (record->is_mbus) {
		put_hex(json, ",\"dib\":", record->record.dib);
		put_hex(json, ",\"vib\":", record->record.vib);
		put_hex(json, ",\"data\":", record->data);
		return;
	}
	decode_obis(&record->reg, obis);
	put_string(json, ",\"obis\":", obis);
	put_span(json, ",\"data\":", record->data);
}

static void put_record(struct json_text *json, const struct decode_record *record)
{
	const struct reading_register *reg = &record->reg;
	char remark[DECODE_REMARK_MAX];

	decode_remark(reg, &record->value, remark);
	put_number(json, record->number == 0 ? "{\"number\":" : ",{\"number\":",
		   record->number);
	put_string(json, ",\"function\":", reading_function_text(reg->function));
	put_number(json, ",\"storage\":", (int64_t)reg->storage);
	put_number(json, ",\"tariff\":", reg->tariff);
	put_number(json, ",\"subunit\":", reg->subunit);
	put_string(json, ",\"quantity\":", reg->quantity);
	put_string(json, ",\"modifiers\":", reg->modifiers);
	put_value(json, reg, &record->value);
	put_string(json, ",\"unit\":", reg->unit);
	put_string(json, ",\"remark\":", remark);
	put_source(json, record);
	put(json, "}");
}

static void put_end(struct json_text *json, const struct decode_item *item)
{
	char diagnosis[DECODE_PROBLEM_MAX];

	decode_item_diagnosis(item, diagnosis);
	put_bool(json, "],\"more_follows\":",
		 decode_item_is_mbus(item) && item->telegram.more_follows);
	put_string(json, ",\"status\":", decode_item_status(item));
	put_string(json, ",\"diagnosis\":", diagnosis);
	put(json, "}\n");
}

void decode_json_item(struct decode_output *output, struct decode_item *item)
{
	char buffer[PART_MAX];
	struct json_text json;
	struct decode_record record;

	json_text_init(&json, buffer, sizeof buffer);
	put_header(&json, item);
	while (decode_item_next(item, &record)) {
		flush(output->out, &json);
		put_record(&json, &record);
	}
	flush(output->out, &json);
	put_end(&json, item);
	flush(output->out, &json);
}
