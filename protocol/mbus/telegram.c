/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/telegram.h"

#include "protocol/mbus/mbus_fixed.h"
#include "protocol/mbus/mbus_header.h"
#include "protocol/mbus/mbus_record.h"
#include "protocol/mbus/mbus_register.h"
#include "protocol/mbus/mbus_security.h"
#include "protocol/mbus/mbus_value.h"
#include "protocol/mbus/mbus_vife.h"

static const char *const status_texts[] = {
	[TELEGRAM_OK] = "ok",
	[TELEGRAM_PARTIAL] = "partial",
	[TELEGRAM_MALFORMED] = "malformed",
	[TELEGRAM_UNSUPPORTED] = "unsupported",
	[TELEGRAM_ENCRYPTED] = "encrypted",
	[TELEGRAM_UNKNOWN_FORMAT] = "unknown_format",
};

static const char *const diagnosis_texts[] = {
	[DIAGNOSIS_NONE] = "",
	[DIAGNOSIS_FRAME] = "link frame broken",
	[DIAGNOSIS_HEADER_SHORT] = "application header cut off",
	[DIAGNOSIS_CI_UNKNOWN] = "CI field not supported",
	[DIAGNOSIS_DIF_RESERVED] = "reserved DIF",
	[DIAGNOSIS_DIFE_TOO_MANY] = "more than 10 DIFE",
	[DIAGNOSIS_VIFE_TOO_MANY] = "more than 10 VIFE",
	[DIAGNOSIS_LVAR_RESERVED] = "reserved variable length",
	[DIAGNOSIS_RECORD_SHORT] = "record cut off",
	[DIAGNOSIS_ENCRYPTED] = "encrypted",
	[DIAGNOSIS_KEY_WRONG] = "encrypted, and the key does not fit",
	[DIAGNOSIS_MAC_WRONG] = "authentication code wrong",
	[DIAGNOSIS_MODE_UNKNOWN] = "security mode not supported",
	[DIAGNOSIS_LENGTH] = "fewer bytes than the L field says",
	[DIAGNOSIS_LINK_CRC] = "CRC of the link layer wrong",
	[DIAGNOSIS_FRAGMENT] = "part of a message in several telegrams",
	[DIAGNOSIS_FORMAT_UNKNOWN] = "format of the compact frame not learned",
	[DIAGNOSIS_FORMAT_MISFIT] = "data does not fit the format of the compact frame",
	[DIAGNOSIS_NO_BUFFER] = "no buffer to decode it in",
};

/* A long frame's header and records; a control frame has nothing behind its CI field. */
static enum telegram_status open_application(struct telegram *telegram)
{
	enum telegram_status status = mbus_header_read(telegram);

	if (status == TELEGRAM_OK && !mbus_payload_is_readable(telegram)) {
		telegram->diagnosis = DIAGNOSIS_ENCRYPTED;
		telegram->diagnosis_offset =
			(size_t)(telegram->records.data - telegram->bytes.data);
		telegram->records.size = 0;
		status = TELEGRAM_ENCRYPTED;
	}
	return status;
}

bool telegram_open(struct span bytes, struct telegram *ret_telegram)
{
	*ret_telegram = (struct telegram){ .bytes = bytes };
	ret_telegram->frame_error = mbus_frame_parse(bytes, &ret_telegram->frame);
	if (ret_telegram->frame_error != MBUS_FRAME_OK) {
		ret_telegram->status = TELEGRAM_MALFORMED;
		ret_telegram->diagnosis = DIAGNOSIS_FRAME;
		return false;
	}
	if (ret_telegram->frame.kind == MBUS_FRAME_LONG)
		ret_telegram->status = open_application(ret_telegram);
	return ret_telegram->records.size != 0;
}

static void close_broken(struct telegram *telegram, enum telegram_diagnosis diagnosis)
{
	size_t offset = (size_t)(telegram->records.data - telegram->bytes.data) +
			telegram->position;

	/* What is wrong with the whole telegram outweighs a record of its clear part. */
	if (telegram->status == TELEGRAM_OK) {
		telegram->diagnosis = diagnosis;
		telegram->diagnosis_offset = offset;
		telegram->status = telegram->record_count != 0 ? TELEGRAM_PARTIAL
							       : TELEGRAM_MALFORMED;
	}
	/* Nothing more is to be had, however often the caller asks. */
	telegram->records.size = 0;
}

bool telegram_next(struct telegram *telegram, struct telegram_record *ret_record)
{
	enum telegram_diagnosis diagnosis = DIAGNOSIS_NONE;
	enum mbus_record_result result;

	if (telegram->is_fixed)
		return mbus_fixed_next(telegram, ret_record);
	result = mbus_record_next(telegram->records, &telegram->position, ret_record,
				  &diagnosis);
	if (result == MBUS_RECORD_BROKEN)
		close_broken(telegram, diagnosis);
	if (result != MBUS_RECORD_FOUND)
		return false;
	ret_record->offset = (size_t)(ret_record->header.data - telegram->bytes.data);
	ret_record->number = telegram->record_count++;
	ret_record->is_msb_first = telegram->is_msb_first;
	telegram->more_follows |=
		ret_record->header.data[0] == MBUS_DIF_MANUFACTURER_MORE;
	return true;
}

void telegram_register(const struct telegram_record *record,
		       struct reading_register *ret_register)
{
	memset(ret_register, 0, sizeof *ret_register);
	mbus_register_read(record, ret_register);
}

void telegram_value(const struct telegram_record *record,
		    const struct reading_register *reg, struct value *ret_value)
{
	mbus_value_read(record, reg, ret_value);
}

const char *telegram_status_text(enum telegram_status status)
{
	size_t count = sizeof status_texts / sizeof *status_texts;

	return (size_t)status < count ? status_texts[status] : "";
}

const char *telegram_diagnosis_text(enum telegram_diagnosis diagnosis)
{
	size_t count = sizeof diagnosis_texts / sizeof *diagnosis_texts;

	return (size_t)diagnosis < count ? diagnosis_texts[diagnosis] : "";
}

const char *telegram_record_error_text(uint8_t record_error)
{
	const struct mbus_vife *vife = &mbus_vife[record_error & 0x7F];

	return vife->action == MBUS_VIFE_ERROR ? vife->text : "";
}
