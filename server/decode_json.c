/* SPDX-License-Identifier: MIT */
/*
 * Numbers are written as the exact decimal text of the value; a JSON library would make
 * doubles of them. A record is put together in a buffer that holds the longest one.
 */
#include "protocol/decimal.h"
#include "protocol/hex.h"
#include "server/decode_print.h"
#include "server/json_text.h"

enum {
	/* Texts grow by escaping to at most six characters a byte. */
	PART_MAX = 8 * 1024,
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
	put_number(json, ",\"version\":", address->version);
	put_number(json, ",\"medium\":", address->medium);
	put_string(json, ",\"medium_name\":", mbus_medium_text(address->medium));
	put_string(json, ",\"product\":", mbus_product_text(address));
	put_string(json, ",\"address\":", whole);
}

static void put_header(struct json_text *json, const struct telegram *telegram)
{
	put_string(json, "{\"frame\":", decode_frame_text(telegram->frame.kind));
	if (telegram->has_address)
		put_address(json, &telegram->address);
	if (telegram->has_short_header) {
		put_number(json, ",\"access_number\":", telegram->access_number);
		put_number(json, ",\"meter_status\":", telegram->meter_status);
		put_number(json, ",\"signature\":", telegram->signature);
	}
	put(json, ",\"records\":[");
}

static void put_value(struct json_text *json, const struct reading_register *reg,
		      const struct value *value)
{
	char text[READING_TEXT_MAX];
	/* Unsigned values beyond 63 bits are text, yet numbers. */
	bool is_number = value->kind != VALUE_TEXT || reg->type == READING_TYPE_UNSIGNED;

	value_write(value, reg, text);
	put(json, ",\"value\":");
	if (value->kind == VALUE_NONE)
		put(json, "null");
	else if (is_number)
		put(json, text);
	else
		json_text_string(json, text, strlen(text));
}

static void put_record(struct json_text *json, const struct telegram_record *record)
{
	struct reading_register reg;
	struct value value;
	char remark[DECODE_REMARK_MAX];

	telegram_register(record, &reg);
	telegram_value(record, &reg, &value);
	decode_remark(&reg, &value, remark);
	put_number(json, record->number == 0 ? "{\"number\":" : ",{\"number\":",
		   record->number);
	put_string(json, ",\"function\":", reading_function_text(reg.function));
	put_number(json, ",\"storage\":", (int64_t)reg.storage);
	put_number(json, ",\"tariff\":", reg.tariff);
	put_number(json, ",\"subunit\":", reg.subunit);
	put_string(json, ",\"quantity\":", reg.quantity);
	put_string(json, ",\"modifiers\":", reg.modifiers);
	put_value(json, &reg, &value);
	put_string(json, ",\"unit\":", reg.unit);
	put_string(json, ",\"remark\":", remark);
	put_hex(json, ",\"dib\":", record->dib);
	put_hex(json, ",\"vib\":", record->vib);
	put_hex(json, ",\"data\":", record->data);
	put(json, "}");
}

static void put_end(struct json_text *json, const struct telegram *telegram)
{
	put_bool(json, "],\"more_follows\":", telegram->more_follows);
	put_string(json, ",\"status\":", telegram_status_text(telegram->status));
	put_string(json, ",\"diagnosis\":", telegram_diagnosis_text(telegram->diagnosis));
	put_number(json, ",\"diagnosis_offset\":", (int64_t)telegram->diagnosis_offset);
	put(json, "}\n");
}

void decode_print_json(FILE *out, struct telegram *telegram, bool is_open)
{
	char buffer[PART_MAX];
	struct json_text json;
	struct telegram_record record;

	json_text_init(&json, buffer, sizeof buffer);
	put_header(&json, telegram);
	while (is_open && telegram_next(telegram, &record)) {
		put_record(&json, &record);
		flush(out, &json);
	}
	put_end(&json, telegram);
	flush(out, &json);
}
