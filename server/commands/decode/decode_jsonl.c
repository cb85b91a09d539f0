/* SPDX-License-Identifier: MIT */
/*
 * One object a line, in the spelling of the corpus that decoders are compared by: units
 * as libmbus' normalised values have them, "-" for dates, values as exact numbers.
 */
#include "protocol/decimal.h"
#include "protocol/hex.h"
#include "protocol/mbus/mbus_profile.h"
#include "protocol/mbus/mbus_security.h"
#include "protocol/mbus/mbus_vib.h"
#include "server/commands/decode/decode_format.h"
#include "server/json_text.h"

enum { PART_MAX = 16 * 1024, HEX_BYTES_MAX = 256 };

static const struct {
	const char *unit;
	const char *spelt;
} units[] = {
	{ "m3", "m^3" },     { "m3/h", "m^3/h" },           { "m3/min", "m^3/min" },
	{ "m3/s", "m^3/s" }, { "HCA", "Units for H.C.A." },
};

/* Dates have the unit "-", whatever the coding of the data. */
static bool is_date(const struct reading_register *reg)
{
	static const char *const quantities[] = { "date", "date time", "start of tariff",
						  "date of battery change" };

	if (reg->unit[0] != '\0')
		return false;
	for (size_t i = 0; i < sizeof quantities / sizeof *quantities; i++)
		if (strcmp(reg->quantity, quantities[i]) == 0)
			return true;
	return strstr(reg->modifiers, "date") != NULL;
}

static const char *unit_of(const struct decode_record *record)
{
	const struct reading_register *reg = &record->reg;

	if (is_date(reg) ||
	    (record->is_mbus && mbus_vib_parse(record->record.vib).has_text))
		return "-";
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(reg->unit, units[i].unit) == 0)
			return units[i].spelt;
	return reg->unit;
}

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

static void put_hex(struct json_text *json, const char *key, struct span bytes)
{
	char text[2 * HEX_BYTES_MAX + 1] = "";

	if (bytes.size <= HEX_BYTES_MAX)
		hex_encode(bytes, text);
	put_string(json, key, text);
}

/* The VIB without its plain-text unit. */
static void put_vif_hex(struct json_text *json, const struct telegram_record *record)
{
	struct mbus_vib vib = mbus_vib_parse(record->vib);
	char text[2 * READING_HEADER_MAX + 1];

	if (!vib.has_text) {
		put_hex(json, ",\"vif_hex\":", record->vib);
		return;
	}
	hex_encode(span_of(record->vib.data, 1), text);
	hex_encode(vib.vifes, text + 2);
	put_string(json, ",\"vif_hex\":", text);
}

/* The decoder writes a byte 0 as U+2400; JSON can have it as it is. */
static void put_text(struct json_text *json, const char *text)
{
	static const char null_sign[] = "\xE2\x90\x80";
	char plain[READING_TEXT_MAX];
	size_t size = 0;

	while (*text != '\0') {
		bool is_null = strncmp(text, null_sign, 3) == 0;

		plain[size++] = is_null ? '\0' : *text;
		text += is_null ? 3 : 1;
	}
	json_text_string(json, plain, size);
}

static void put_value(struct json_text *json, const struct decode_record *record)
{
	char text[READING_TEXT_MAX];

	put(json, ",\"value\":");
	value_write(&record->value, &record->reg, text);
	if (record->value.kind == VALUE_NONE)
		put(json, "null");
	else if (decode_is_number(&record->reg, &record->value))
		put(json, text);
	else
		put_text(json, text);
}

static void put_header_bytes(struct json_text *json, const struct decode_record *record)
{
	char obis[READING_HEADER_MAX + 1];

	if (record->is_mbus) {
		put_hex(json, ",\"dif_hex\":", record->record.dib);
		put_vif_hex(json, &record->record);
		put_hex(json, ",\"data_hex\":", record->data);
		return;
	}
	decode_obis(&record->reg, obis);
	put_string(json, ",\"dif_hex\":\"\",\"vif_hex\":\"\",\"obis\":", obis);
}

static const char *const profile_modes[] = {
	[MBUS_PROFILE_ABSOLUTE] = "absolute",
	[MBUS_PROFILE_INCREMENTS] = "increments",
	[MBUS_PROFILE_DECREMENTS] = "decrements",
	[MBUS_PROFILE_DIFFERENCES] = "differences",
};

static const char *const profile_units[] = {
	[MBUS_PROFILE_SECONDS] = "s",
	[MBUS_PROFILE_MINUTES] = "min",
	[MBUS_PROFILE_HOURS] = "h",
	[MBUS_PROFILE_DAYS] = "d",
};

/* A compact profile is many values in one record: "profile" takes them apart. */
static void put_profile(struct json_text *json, const struct decode_record *record)
{
	struct mbus_profile profile;
	struct value value;
	char text[READING_TEXT_MAX];
	const char *comma = "";

	if (!record->is_mbus ||
	    !mbus_profile_open(&record->record, &record->reg, &profile))
		return;
	put_string(json, ",\"profile\":{\"mode\":", profile_modes[profile.mode]);
	put_number(json, ",\"spacing\":", profile.spacing);
	put_string(json, ",\"spacing_unit\":", profile_units[profile.spacing_unit]);
	put(json, ",\"values\":[");
	while (mbus_profile_next(&profile, &value)) {
		value_write(&value, &profile.reg, text);
		put(json, comma);
		put(json, value.kind == VALUE_NONE ? "null" : text);
		comma = ",";
	}
	put(json, "]}");
}

static void put_record(struct json_text *json, const struct decode_record *record)
{
	const struct reading_register *reg = &record->reg;
	char remark[DECODE_REMARK_MAX];

	put_number(json, record->number == 0 ? "{\"n\":" : ",{\"n\":", record->number);
	put_string(json, ",\"function\":", reading_function_text(reg->function));
	put_number(json, ",\"storage\":", (int64_t)reg->storage);
	put_number(json, ",\"tariff\":", reg->tariff);
	put_number(json, ",\"subunit\":", reg->subunit);
	put_header_bytes(json, record);
	put_string(json, ",\"quantity\":", reg->quantity);
	put_string(json, ",\"mods\":", reg->modifiers);
	put_string(json, ",\"unit\":", unit_of(record));
	put_value(json, record);
	decode_remark(reg, &record->value, remark);
	put_string(json, ",\"remark\":", remark);
	put_profile(json, record);
	put(json, "}");
}

static void put_address(struct json_text *json, const struct mbus_address *address)
{
	char manufacturer[4];

	mbus_manufacturer_text(address->manufacturer, manufacturer);
	put_string(json, ",\"id\":", address->id);
	put_string(json, ",\"manufacturer\":", manufacturer);
	put_number(json, ",\"manufacturer_raw\":", address->manufacturer);
	put_number(json, ",\"version\":", address->version);
	put_number(json, ",\"medium\":", address->medium);
}

static void put_telegram(struct json_text *json, const struct telegram *telegram)
{
	size_t begin = json->size;
	unsigned mode = mbus_security_mode(telegram->signature);

	if (telegram->has_address)
		put_address(json, &telegram->address);
	if (telegram->has_short_header) {
		put_number(json, ",\"access\":", telegram->access_number);
		put_number(json, ",\"status\":", telegram->meter_status);
		put_number(json, ",\"signature\":", telegram->signature);
		if (mode != 0)
			put_number(json, ",\"security_mode\":", (int64_t)mode);
	}
	/* The first key came with a comma that nothing stands before. */
	if (json->size > begin)
		json->text[begin] = ' ';
}

static void put_end(struct json_text *json, const struct decode_item *item)
{
	char diagnosis[DECODE_PROBLEM_MAX];

	decode_item_diagnosis(item, diagnosis);
	put_string(json, "],\"status\":", decode_item_status(item));
	if (diagnosis[0] != '\0')
		put_string(json, ",\"diag\":", diagnosis);
	put(json, "}\n");
}

static void flush(FILE *out, struct json_text *json)
{
	(void)fwrite(json->text, 1, json->size, out);
	json->size = 0;
}

void decode_jsonl_item(struct decode_output *output, struct decode_item *item)
{
	char buffer[PART_MAX];
	struct json_text json;
	struct decode_record record;

	json_text_init(&json, buffer, sizeof buffer);
	put_string(&json, "{\"id\":", item->id[0] != '\0' ? item->id : item->place);
	put_string(&json, ",\"kind\":", decode_item_kind_text(item));
	put(&json, ",\"header\":{");
	if (decode_item_is_mbus(item))
		put_telegram(&json, &item->telegram);
	put(&json, "},\"records\":[");
	while (decode_item_next(item, &record)) {
		flush(output->out, &json);
		put_record(&json, &record);
	}
	flush(output->out, &json);
	put_end(&json, item);
	flush(output->out, &json);
}
