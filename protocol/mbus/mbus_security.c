/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/mbus_security.h"

#include "protocol/mbus/mbus_record.h"
#include "protocol/mbus/mbus_register.h"
#include "protocol/mbus/mbus_value.h"

/* Security modes of OMS and EN 13757-7 under which a payload is really encrypted. */
static const bool is_cipher_mode[32] = {
	[2] = true, [3] = true, [4] = true, [5] = true,  [6] = true,
	[7] = true, [8] = true, [9] = true, [10] = true, [13] = true,
};

/* Zero bytes read as records "no data of energy"; a run of them is padding, not records.
 */
static bool is_zero_record(const struct telegram_record *record)
{
	return record->header.size == 2 && record->header.data[0] == 0 &&
	       record->header.data[1] == 0;
}

/*
 * Encrypted bytes parse as records by chance now and then. Under a true cipher mode each
 * record must therefore also mean something: a known quantity and a value.
 */
static bool is_meaningful(const struct telegram_record *record)
{
	struct reading_register reg;
	struct value value;

	telegram_register(record, &reg);
	mbus_value_read(record, &reg, &value);
	return reg.quantity[0] != '\0' && reg.record_error == 0 &&
	       (value.kind != VALUE_NONE || value.no_value == NO_VALUE_DATE_INVALID);
}

static bool is_record_sane(const struct telegram_record *record, bool is_strict)
{
	bool is_block = (record->header.data[0] & MBUS_DIF_DATA) == MBUS_DIF_SPECIAL;

	if (!is_strict)
		return true;
	/* A block says nothing for or against; as the first record it says nothing at
	 * all. */
	return is_block ? record->number != 0 : is_meaningful(record);
}

bool mbus_payload_is_sane(const struct telegram *telegram, bool is_strict)
{
	struct telegram_record record;
	enum telegram_diagnosis diagnosis;
	enum mbus_record_result result;
	size_t position = 0;
	uint32_t number = 0;
	bool was_zero = false;

	while ((result = mbus_record_next(telegram->records, &position, &record,
					  &diagnosis)) == MBUS_RECORD_FOUND) {
		bool is_zero = is_zero_record(&record);

		record.number = number++;
		record.is_msb_first = telegram->is_msb_first;
		if (!is_record_sane(&record, is_strict) || (is_zero && was_zero))
			return false;
		was_zero = is_zero;
	}
	return result == MBUS_RECORD_END && number != 0;
}

static bool has_check_bytes(struct span records)
{
	return records.size >= 2 && records.data[0] == MBUS_DIF_FILLER &&
	       records.data[1] == MBUS_DIF_FILLER;
}

bool mbus_payload_is_readable(const struct telegram *telegram)
{
	unsigned mode = mbus_security_mode(telegram->signature);

	if (!telegram->has_short_header || mode == 0 || telegram->records.size == 0)
		return true;
	return has_check_bytes(telegram->records) ||
	       mbus_payload_is_sane(telegram, is_cipher_mode[mode]);
}
