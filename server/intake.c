/* SPDX-License-Identifier: MIT */
#include "server/intake.h"

#include <stdlib.h>

#include "protocol/hex.h"
#include "protocol/openssl/openssl_crypto.h"
#include "protocol/scdata/scdata_input.h"
#include "server/intake_parts.h"
#include "server/meter_keys.h"

struct intake *intake_new(uint32_t layout_limit, int64_t clock_offset_ms,
			  struct meter_keys *keys)
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
	intake->formats = (struct wmbus_formats){ .formats = intake->formats_memory,
						  .capacity = FORMATS_MAX };
	intake->context = (struct telegram_context){
		.find_key_cb = keys != NULL ? meter_keys_find : NULL,
		.owner = keys,
		.crypto = &openssl_crypto,
		.buffer = intake->wireless,
		.formats = &intake->formats,
	};
	return intake;
}

void intake_take_settings(struct intake *intake, int64_t clock_offset_ms,
			  struct meter_keys *keys)
{
	intake->clock_offset_s = clock_offset_ms / 1000;
	intake->context.find_key_cb = keys != NULL ? meter_keys_find : NULL;
	intake->context.owner = keys;
}

void intake_free(struct intake *intake)
{
	if (intake == NULL)
		return;
	layout_table_free(intake->layouts);
	free(intake);
}

void intake_number_layouts(struct intake *intake, uint32_t first)
{
	layout_table_number_from(intake->layouts, first);
}

void intake_limit_line(struct intake *intake, size_t line_bytes)
{
	intake->line_limit = line_bytes;
}

/* ---- one record ---- */

static void read_mbus_value(struct intake *intake, uint32_t n,
			    const struct reading_register *reg)
{
	telegram_value(&intake->records[n], reg, &intake->value);
}

static void read_block_value(struct intake *intake, uint32_t n,
			     const struct reading_register *reg)
{
	iec62056_value(&intake->readings[n], reg, &intake->value);
}

static void read_input_value(struct intake *intake, uint32_t n,
			     const struct reading_register *reg)
{
	(void)intake;
	(void)n;
	(void)reg;
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

static void decode_telegram(struct intake *intake, struct store_telegram *telegram,
			    struct telegram *read, bool has_records)
{
	intake->record_count = 0;
	bool is_in_limits = !has_records || intake_collect_records(intake, read);
	take_header(read, telegram);
	if (!is_in_limits) {
		intake_undecoded(telegram, "too_many_records", "");
		return;
	}
	telegram->decode_status = telegram_status_text(read->status);
	telegram->decode_diagnosis = diagnosis_of(read);
	if (intake->record_count != 0)
		intake_take_values(intake, intake_find_mbus_layout(intake),
				   read_mbus_value, telegram);
}

static void decode_mbus(struct intake *intake, const struct scdata_record *record,
			struct store_telegram *telegram)
{
	struct telegram read;
	(void)record;
	bool has_records = telegram_open(telegram->raw, &read);
	decode_telegram(intake, telegram, &read, has_records);
}

/* Terminals keep what they receive from the C field on, decrypted if they have the key.
 */
static void decode_wireless(struct intake *intake, const struct scdata_record *record,
			    struct store_telegram *telegram)
{
	struct telegram read;
	(void)record;
	bool has_records =
		telegram_open_wireless_record(telegram->raw, &intake->context, &read);
	decode_telegram(intake, telegram, &read, has_records);
}

static void decode_block(struct intake *intake, const struct scdata_record *record,
			 struct store_telegram *telegram)
{
	struct iec62056_block block;
	struct iec62056_reading *reading = intake->readings;

	intake->record_count = 0;
	iec62056_open(record->data, &block);
	while (iec62056_next(&block, reading)) {
		if (intake->record_count == LAYOUT_REGISTERS_MAX - 1) {
			intake_undecoded(telegram, "too_many_records", "");
			return;
		}
		iec62056_register(reading++, &intake->registers[intake->record_count++]);
	}
	if (intake->record_count == 0) {
		intake_undecoded(telegram, telegram_status_text(TELEGRAM_MALFORMED),
				 "no data line in the block");
		return;
	}
	telegram->decode_status =
		telegram_status_text(block.is_broken ? TELEGRAM_PARTIAL : TELEGRAM_OK);
	if (block.is_broken)
		telegram->decode_diagnosis = "line is no data line";
	intake_take_values(intake, intake_find_layout(intake), read_block_value,
			   telegram);
}

static void decode_input(struct intake *intake, const struct scdata_record *record,
			 struct store_telegram *telegram)
{
	if (!scdata_input_read(record->data, record->index, &intake->registers[0],
			       &intake->value)) {
		intake_undecoded(telegram, telegram_status_text(TELEGRAM_MALFORMED),
				 "data is no decimal number");
		return;
	}
	intake->record_count = 1;
	telegram->decode_status = telegram_status_text(TELEGRAM_OK);
	intake_take_values(intake, intake_find_layout(intake), read_input_value,
			   telegram);
}

static void decode_unknown(struct intake *intake, const struct scdata_record *record,
			   struct store_telegram *telegram)
{
	(void)intake;
	(void)record;
	telegram->decode_status = "not_decoded";
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

static const struct {
	bool is_hex; /* the data is bytes in hex */
	void (*decode)(struct intake *intake, const struct scdata_record *record,
		       struct store_telegram *telegram);
} kinds[] = {
	[SCDATA_MBUS] = { true, decode_mbus },
	[SCDATA_WMBUS] = { true, decode_wireless },
	[SCDATA_IEC62056] = { false, decode_block },
	[SCDATA_INPUT] = { false, decode_input },
	[SCDATA_UNKNOWN] = { false, decode_unknown },
};

static void decode(struct intake *intake, const struct scdata_record *record,
		   struct store_telegram *telegram)
{
	if (record->error_code != 0) {
		telegram->decode_status = "failed_read";
		telegram->decode_diagnosis = scdata_error_text(record->error_code);
	} else if (kinds[record->kind].is_hex && !take_hex(intake, record, telegram)) {
		intake_undecoded(telegram, "malformed",
				 "data is not pairs of hex digits");
	} else {
		kinds[record->kind].decode(intake, record, telegram);
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

void intake_decode(struct intake *intake, enum scdata_kind kind,
		   struct store_telegram *telegram)
{
	const struct scdata_record record = {
		.kind = kind,
		.index = telegram->device_index,
		.error_code = telegram->error_code,
		.data = telegram->raw,
	};

	telegram->kind = scdata_kind_text(kind);
	telegram->has_meter = false;
	telegram->access_number = -1;
	telegram->meter_status = -1;
	telegram->has_error_flags = false;
	telegram->error_flags = 0;
	telegram->layout = NULL;
	telegram->vals = span_of(NULL, 0);
	telegram->remarks = span_of(NULL, 0);
	telegram->decode_diagnosis = "";
	if (telegram->raw_is_text || record.error_code != 0)
		decode(intake, &record, telegram);
	else
		kinds[kind].decode(intake, &record, telegram);
}

void intake_read(struct intake *intake, struct span line, int64_t received_at_ms,
		 struct store_telegram *ret_telegram, struct intake_note *ret_note)
{
	struct scdata_record record;

	scdata_parse(line, &record);
	*ret_telegram = (struct store_telegram){
		.stamp = record.stamp,
		.sequence = record.sequence,
		.received_at_ms = received_at_ms,
		.kind = scdata_kind_text(record.kind),
		.access_number = -1,
		.meter_status = -1,
		.device_index = record.index,
		.error_code = record.error_code,
		.has_rssi = record.has_rssi,
		.rssi_dbm = record.rssi_dbm,
		.device = record.device,
		.raw = record.data,
		.raw_is_text = true,
	};
	take_time(intake, ret_telegram);
	if (intake->line_limit > 0 && line.size > intake->line_limit)
		intake_undecoded(ret_telegram, "too_large",
				 "longer than terminals.line_limit");
	else
		intake_decode(intake, record.kind, ret_telegram);
	*ret_note = (struct intake_note){
		.kind = record.kind,
		.has_stamp = record.has_stamp,
		.stamp = record.stamp,
		.sequence = record.sequence,
		.index = record.index,
		.error_code = record.error_code,
		.source_hash = wireless_hash(&record),
		.decode_status = ret_telegram->decode_status,
		.diagnosis = ret_telegram->decode_diagnosis,
	};
}

bool intake_record(struct intake *intake, struct telegram_batch *batch, struct span line,
		   int64_t received_at_ms, struct intake_note *ret_note)
{
	struct store_telegram telegram;

	intake_read(intake, line, received_at_ms, &telegram, ret_note);
	return telegram_batch_add(batch, &telegram);
}
