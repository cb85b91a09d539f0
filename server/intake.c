/* SPDX-License-Identifier: MIT */
#include "server/intake.h"

#include <stdlib.h>

#include "protocol/decimal.h"
#include "protocol/hex.h"
#include "protocol/mbus/telegram.h"
#include "server/json_text.h"

enum {
	TELEGRAM_BYTES_MAX = 4096,  /* an M-Bus frame has at most 261 */
	VALS_BYTES_MAX = 64 * 1024, /* a frame full of text records stays far below */
	WIRELESS_ADDRESS_HEX = 16,  /* manufacturer to medium, behind the C field */
};

struct intake {
	struct layout_table *layouts;
	int64_t clock_offset_s;

	/* scratch of the record in hand */
	uint8_t bytes[TELEGRAM_BYTES_MAX];
	uint8_t key[LAYOUT_KEY_MAX];
	size_t key_size;
	struct telegram_record records[LAYOUT_REGISTERS_MAX];
	uint32_t record_count;
	struct reading_register registers[LAYOUT_REGISTERS_MAX];
	struct value value;
	char vals[VALS_BYTES_MAX];
	char remarks[VALS_BYTES_MAX];
};

struct intake *intake_new(uint32_t layout_limit, int64_t clock_offset_ms)
{
	struct intake *intake = calloc(1, sizeof(*intake));
	if (intake == NULL)
		return NULL;
	intake->clock_offset_s = clock_offset_ms / 1000;
	intake->layouts = layout_table_new(layout_limit);
	if (intake->layouts == NULL) {
		free(intake);
		return NULL;
	}
	return intake;
}

void intake_free(struct intake *intake)
{
	if (intake == NULL)
		return;
	layout_table_free(intake->layouts);
	free(intake);
}

/* ---- values ---- */

/* Why there is no value, or what is odd about the one there is; "" nothing. */
static const char *remark_of(const struct value *value,
			     const struct reading_register *reg)
{
	if (value->kind == VALUE_NONE)
		return value_no_value_text(value->no_value);
	if (reg->record_error != 0)
		return "record error";
	if (value->is_suspect)
		return "suspect";
	if (value->is_periodic)
		return "periodic";
	return value->is_summertime ? "summer time" : "";
}

static void put_value(struct json_text *vals, const struct value *value)
{
	char number[DECIMAL_TEXT_MAX];

	if (value->kind == VALUE_INTEGER)
		json_text_raw(vals, number, decimal_write_integer(value->digits, number));
	else if (value->kind == VALUE_REAL)
		json_text_raw(vals, number, decimal_write_real(value->real, number));
	else if (value->kind == VALUE_TEXT)
		json_text_string(vals, value->text, strlen(value->text));
	else
		json_text_raw(vals, "null", 4);
}

static void put_remark(struct json_text *remarks, const char *remark)
{
	if (remark[0] != '\0')
		json_text_string(remarks, remark, strlen(remark));
	else
		json_text_raw(remarks, "null", 4);
}

/* Writes the values of the records in hand; remarks only if there is one. */
static bool write_values(struct intake *intake, const struct layout *layout,
			 struct store_telegram *telegram)
{
	struct json_text vals, remarks;
	bool has_remark = false;

	json_text_init(&vals, intake->vals, sizeof(intake->vals));
	json_text_init(&remarks, intake->remarks, sizeof(intake->remarks));
	for (uint32_t i = 0; i < intake->record_count; i++) {
		const struct reading_register *reg = &layout->registers[i];
		telegram_value(&intake->records[i], reg, &intake->value);
		const char *remark = remark_of(&intake->value, reg);
		has_remark |= remark[0] != '\0';
		json_text_raw(&vals, i == 0 ? "[" : ",", 1);
		json_text_raw(&remarks, i == 0 ? "[" : ",", 1);
		put_value(&vals, &intake->value);
		put_remark(&remarks, remark);
	}
	json_text_raw(&vals, "]", 1);
	json_text_raw(&remarks, "]", 1);
	if (vals.is_full || remarks.is_full)
		return false;
	telegram->vals = span_of(vals.text, vals.size);
	if (has_remark)
		telegram->remarks = span_of(remarks.text, remarks.size);
	return true;
}

/* ---- layout ---- */

static bool key_append(struct intake *intake, struct span header)
{
	if (header.size > READING_HEADER_MAX ||
	    header.size + 1 > sizeof(intake->key) - intake->key_size)
		return false;
	intake->key[intake->key_size++] = (uint8_t)header.size;
	memcpy(intake->key + intake->key_size, header.data, header.size);
	intake->key_size += header.size;
	return true;
}

/* Walks the telegram; its records and the key of their layout are then in hand. */
static bool collect_records(struct intake *intake, struct telegram *telegram)
{
	intake->record_count = 0;
	intake->key[0] = READING_SOURCE_MBUS;
	intake->key_size = 1;
	struct telegram_record *record = intake->records;
	while (telegram_next(telegram, record)) {
		if (!key_append(intake, record->header) ||
		    ++intake->record_count == LAYOUT_REGISTERS_MAX)
			return false;
		record++;
	}
	return true;
}

static const struct layout *find_layout(struct intake *intake)
{
	struct span key = span_of(intake->key, intake->key_size);
	const struct layout *layout = layout_table_find(intake->layouts, key);

	if (layout != NULL)
		return layout;
	for (uint32_t i = 0; i < intake->record_count; i++)
		telegram_register(&intake->records[i], &intake->registers[i]);
	return layout_table_add(intake->layouts, key, intake->registers,
				intake->record_count);
}

/* ---- one record ---- */

static void undecoded(struct store_telegram *telegram, const char *status,
		      const char *diagnosis)
{
	telegram->decode_status = status;
	telegram->decode_diagnosis = diagnosis;
}

static void take_header(const struct telegram *read, struct store_telegram *telegram)
{
	if (read->has_address) {
		telegram->has_meter = true;
		telegram->meter = read->address;
	}
	if (read->has_short_header) {
		telegram->access_number = read->access_number;
		telegram->meter_status = read->meter_status;
	}
}

static const char *diagnosis_of(const struct telegram *read)
{
	if (read->diagnosis == DIAGNOSIS_FRAME)
		return mbus_frame_error_text(read->frame_error);
	return telegram_diagnosis_text(read->diagnosis);
}

static void decode_mbus(struct intake *intake, struct store_telegram *telegram)
{
	struct telegram read;

	intake->record_count = 0;
	bool is_in_limits =
		!telegram_open(telegram->raw, &read) || collect_records(intake, &read);
	take_header(&read, telegram);
	if (!is_in_limits) {
		undecoded(telegram, "too_many_records", "");
		return;
	}
	telegram->decode_status = telegram_status_text(read.status);
	telegram->decode_diagnosis = diagnosis_of(&read);
	if (intake->record_count == 0)
		return;
	telegram->layout = find_layout(intake);
	if (telegram->layout == NULL ||
	    !write_values(intake, telegram->layout, telegram)) {
		telegram->layout = NULL;
		undecoded(telegram, "layout_limit", "limits.layouts reached");
	}
}

/* Bytes of a well-formed telegram are kept as bytes, anything else as the text it came
 * in. */
static bool take_hex(struct intake *intake, const struct scdata_record *record,
		     struct store_telegram *telegram)
{
	if (record->data.size == 0 || record->data.size / 2 > sizeof(intake->bytes) ||
	    !hex_decode(record->data, intake->bytes))
		return false;
	telegram->raw = span_of(intake->bytes, record->data.size / 2);
	telegram->raw_is_text = false;
	return true;
}

static void decode(struct intake *intake, const struct scdata_record *record,
		   struct store_telegram *telegram)
{
	bool is_hex_kind = record->kind == SCDATA_MBUS || record->kind == SCDATA_WMBUS;

	if (record->error_code != 0) {
		telegram->decode_status = "failed_read";
		telegram->decode_diagnosis = scdata_error_text(record->error_code);
	} else if (is_hex_kind && !take_hex(intake, record, telegram)) {
		undecoded(telegram, "malformed", "data is not pairs of hex digits");
	} else if (record->kind == SCDATA_MBUS) {
		decode_mbus(intake, telegram);
	} else {
		telegram->decode_status = "not_decoded";
	}
}

static void take_time(const struct intake *intake, struct store_telegram *telegram)
{
	telegram->read_at = telegram->stamp + intake->clock_offset_s;
	telegram->time_quality = intake->clock_offset_s != 0 ? "corrected" : "terminal";
	if (telegram->stamp < TELEGRAM_STAMP_PLAUSIBLE) {
		telegram->read_at = telegram->received_at_ms / 1000;
		telegram->time_quality = "received";
	}
}

static uint32_t wireless_hash(const struct scdata_record *record)
{
	uint32_t hash = 2166136261u;
	if (record->kind != SCDATA_WMBUS || record->data.size < 2 + WIRELESS_ADDRESS_HEX)
		return 0;
	for (size_t i = 2; i < 2 + WIRELESS_ADDRESS_HEX; i++)
		hash = (hash ^ record->data.data[i]) * 16777619u;
	return hash | 1;
}

bool intake_record(struct intake *intake, struct telegram_batch *batch, struct span line,
		   int64_t received_at_ms, struct intake_note *ret_note)
{
	struct scdata_record record;

	scdata_parse(line, &record);
	struct store_telegram telegram = {
		.stamp = record.stamp,
		.sequence = record.sequence,
		.received_at_ms = received_at_ms,
		.kind = scdata_kind_text(record.kind),
		.device_index = record.index,
		.error_code = record.error_code,
		.has_rssi = record.has_rssi,
		.rssi_dbm = record.rssi_dbm,
		.device = record.device,
		.access_number = -1,
		.meter_status = -1,
		.raw = record.data,
		.raw_is_text = true,
		.decode_diagnosis = "",
	};
	take_time(intake, &telegram);
	decode(intake, &record, &telegram);
	*ret_note = (struct intake_note){
		.kind = record.kind,
		.has_stamp = record.has_stamp,
		.stamp = record.stamp,
		.sequence = record.sequence,
		.index = record.index,
		.error_code = record.error_code,
		.source_hash = wireless_hash(&record),
		.decode_status = telegram.decode_status,
		.diagnosis = telegram.decode_diagnosis,
	};
	return telegram_batch_add(batch, &telegram);
}
