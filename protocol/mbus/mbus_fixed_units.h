/* SPDX-License-Identifier: MIT */
/* Tables of the fixed data structure (The M-Bus: A Documentation, 8.3). */
#ifndef READOUT_PROTOCOL_MBUS_FIXED_UNITS_H
#define READOUT_PROTOCOL_MBUS_FIXED_UNITS_H

#include <stdint.h>

/* Codes of the unit field that are no plain unit. */
enum {
	MBUS_FIXED_UNIT_TIME = 0x00,
	MBUS_FIXED_UNIT_DATE = 0x01,
	MBUS_FIXED_UNIT_SAME = 0x3E, /* that of the other counter, and a stored value */
};

/* Bits of the second byte of a counter's header; the first two as in the status. */
enum {
	MBUS_FIXED_MARK = 0x3F,   /* the first byte */
	MBUS_FIXED_BINARY = 1,    /* else BCD */
	MBUS_FIXED_STORED = 2,    /* stored at a fixed date */
	MBUS_FIXED_SAME_UNIT = 4, /* the unit was sent as MBUS_FIXED_UNIT_SAME */
};

struct mbus_fixed_unit {
	const char *quantity; /* NULL: reserved */
	const char *unit;     /* NULL: dimensionless */
	int8_t exponent;
};

extern const struct mbus_fixed_unit mbus_fixed_units[64];

/* Headers by flags and the unit that applies. */
extern const uint8_t mbus_fixed_headers[8][64][4];

#endif
