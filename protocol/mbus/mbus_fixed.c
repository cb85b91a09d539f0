/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/mbus_fixed.h"

#include "protocol/hex.h"
#include "protocol/mbus/mbus_address.h"
#include "protocol/mbus/mbus_fixed_units.h"
#include "protocol/mbus/mbus_value.h"

enum {
	/* Places in the payload. */
	ACCESS = 4,
	STATUS = 5,
	UNITS = 6, /* one byte a counter; always the first counter's first */
	COUNTERS = 8,
	COUNTER_SIZE = 4,
	UNIT_BITS = 0x3F,
	CODING_BITS = MBUS_FIXED_BINARY | MBUS_FIXED_STORED,
	/* Media from here up are those of the first eight sent highest byte first. */
	MEDIUM_MODE_2 = 0x0A,
	MEDIUM_MODE_2_LAST = 0x0E,
	MEDIUM_LAST = 0x08,
};

/* Media 0A to 0E in the codes of the variable structure. */
static const uint8_t mode_2_media[] = { 0x03, 0x04, 0x06, 0x07, 0x08 };

void mbus_fixed_open(struct telegram *telegram)
{
	const uint8_t *p = telegram->frame.payload.data;
	bool is_msb_first = telegram->is_msb_first;
	uint8_t id[4];

	for (size_t i = 0; i < sizeof id; i++)
		id[i] = p[is_msb_first ? i : 3 - i];
	hex_encode(span_of(id, sizeof id), telegram->address.id);
	/* The medium is in the two highest bits of both units. */
	telegram->address.medium = (uint8_t)(p[UNITS] >> 6 | p[UNITS + 1] >> 6 << 2);
	telegram->has_address = true;
	telegram->access_number = p[ACCESS];
	telegram->meter_status = p[STATUS];
	telegram->has_short_header = true;
	telegram->is_fixed = true;
	telegram->is_msb_first =
		is_msb_first || (telegram->address.medium >= MEDIUM_MODE_2 &&
				 telegram->address.medium <= MEDIUM_MODE_2_LAST);
	telegram->records = span_of(p + COUNTERS, 2 * COUNTER_SIZE);
}

/* The constant header of a counter. */
static const uint8_t *header_of(const struct telegram *telegram, size_t counter)
{
	const uint8_t *units = telegram->frame.payload.data + UNITS;
	unsigned flags = telegram->meter_status & CODING_BITS;
	unsigned unit = units[counter] & UNIT_BITS;

	if (unit == MBUS_FIXED_UNIT_SAME) {
		flags |= MBUS_FIXED_SAME_UNIT | MBUS_FIXED_STORED;
		unit = units[1 - counter] & UNIT_BITS;
	}
	return mbus_fixed_headers[flags][unit];
}

bool mbus_fixed_next(struct telegram *telegram, struct telegram_record *ret_record)
{
	size_t counter = telegram->record_count;
	const uint8_t *data = telegram->records.data + COUNTER_SIZE * counter;
	const uint8_t *header;

	if (counter == 2)
		return false;
	header = header_of(telegram, counter);
	*ret_record = (struct telegram_record){
		.header = span_of(header, MBUS_FIXED_HEADER_SIZE),
		.dib = span_of(header, 0),
		.vib = span_of(header + 3, 1),
		.data = span_of(data, COUNTER_SIZE),
		.offset = (size_t)(data - telegram->bytes.data),
		.number = (uint32_t)counter,
		.is_msb_first = telegram->is_msb_first,
	};
	telegram->record_count++;
	telegram->position += COUNTER_SIZE;
	return true;
}

void mbus_fixed_register(struct span header, struct reading_register *ret_reg)
{
	unsigned flags = header.data[1];
	unsigned code = header.data[2] & UNIT_BITS;
	const struct mbus_fixed_unit *unit = &mbus_fixed_units[code];
	bool is_clock = code == MBUS_FIXED_UNIT_TIME || code == MBUS_FIXED_UNIT_DATE;

	ret_reg->storage = (flags & MBUS_FIXED_STORED) != 0;
	ret_reg->quantity = unit->quantity != NULL ? unit->quantity : "";
	if (unit->unit != NULL)
		memcpy(ret_reg->unit, unit->unit, strlen(unit->unit) + 1);
	ret_reg->exponent = unit->exponent;
	ret_reg->factor = 1;
	ret_reg->addend_scale = 1;
	ret_reg->type = READING_TYPE_BCD;
	/* Nobody has written down how clock and calendar are laid out: all digits. */
	if (is_clock)
		ret_reg->type = READING_TYPE_DIGITS;
	else if (flags & MBUS_FIXED_BINARY)
		ret_reg->type = READING_TYPE_INTEGER;
	mbus_reader_choose(ret_reg, COUNTER_SIZE, MBUS_LONG_SIGNED);
}

const char *mbus_fixed_medium_text(uint8_t medium)
{
	if (medium >= MEDIUM_MODE_2 && medium <= MEDIUM_MODE_2_LAST)
		medium = mode_2_media[medium - MEDIUM_MODE_2];
	return medium <= MEDIUM_LAST ? mbus_medium_text(medium) : "reserved";
}
