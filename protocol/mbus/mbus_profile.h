/* SPDX-License-Identifier: MIT */
/*
 * Compact profiles (EN 13757-3, VIFE 13, 1E, 1F): many values of one quantity in one
 * record of variable length. Two bytes stand first: the spacing control (how a value is
 * coded, the unit of the spacing, and whether values are absolute or differences) and the
 * spacing value. Pure; any thread.
 */
#ifndef READOUT_PROTOCOL_MBUS_PROFILE_H
#define READOUT_PROTOCOL_MBUS_PROFILE_H

#include "protocol/mbus/telegram.h"

/* Bits 7 and 6 of the spacing control. */
enum mbus_profile_mode {
	MBUS_PROFILE_ABSOLUTE,
	MBUS_PROFILE_INCREMENTS,  /* each value is above the one before */
	MBUS_PROFILE_DECREMENTS,  /* each value is below the one before */
	MBUS_PROFILE_DIFFERENCES, /* each value differs by a signed number */
};

/* Bits 5 and 4. */
enum mbus_profile_unit {
	MBUS_PROFILE_SECONDS,
	MBUS_PROFILE_MINUTES,
	MBUS_PROFILE_HOURS,
	/* Days by the spacing up to 250; 253 is half a month, 254 a month. */
	MBUS_PROFILE_DAYS,
};

struct mbus_profile {
	uint8_t code; /* the VIFE: 13 inverse, 1E with register, 1F without */
	enum mbus_profile_mode mode;
	enum mbus_profile_unit spacing_unit;
	uint8_t spacing;
	uint32_t count; /* values in the record */

	/* for mbus_profile_next() only */
	struct telegram_record element;
	struct reading_register reg;
	struct span data;
	uint32_t number;
};

/*
 * Opens the profile of a record. False, with *ret_profile untouched, where the record is
 * none or its control bytes say nothing that the standard defines. reg is the record's
 * register; the values carry its unit, exponent and factor.
 */
bool mbus_profile_open(const struct telegram_record *record,
		       const struct reading_register *reg,
		       struct mbus_profile *ret_profile);

/*
 * The next value as sent, in the order sent; false at the end. Under a mode other than
 * MBUS_PROFILE_ABSOLUTE it is a difference, which becomes a value by the register it
 * refers to (another record of the telegram, or the first value).
 */
bool mbus_profile_next(struct mbus_profile *profile, struct value *ret_value);

#endif
