/* SPDX-License-Identifier: MIT */
/* The tables of the fixed data structure: its units, and a header for each counter. */
#include "protocol/mbus/mbus_fixed_units.h"

#include <stddef.h>

/* Nine codes of one unit, each ten times the one before. */
#define NINE(code, quantity, unit, exponent)                                             \
	[code] = { quantity, unit, exponent },                                           \
	[(code) + 1] = { quantity, unit, (exponent) + 1 },                               \
	[(code) + 2] = { quantity, unit, (exponent) + 2 },                               \
	[(code) + 3] = { quantity, unit, (exponent) + 3 },                               \
	[(code) + 4] = { quantity, unit, (exponent) + 4 },                               \
	[(code) + 5] = { quantity, unit, (exponent) + 5 },                               \
	[(code) + 6] = { quantity, unit, (exponent) + 6 },                               \
	[(code) + 7] = { quantity, unit, (exponent) + 7 },                               \
	[(code) + 8] = { quantity, unit, (exponent) + 8 }

/* 3A to 3D are reserved, 3E stands for the unit of the other counter. */
const struct mbus_fixed_unit mbus_fixed_units[64] = {
	[MBUS_FIXED_UNIT_TIME] = { "time", NULL, 0 },
	[MBUS_FIXED_UNIT_DATE] = { "date", NULL, 0 },
	NINE(0x02, "energy", "Wh", 0),
	NINE(0x0B, "energy", "J", 3),
	NINE(0x14, "power", "W", 0),
	NINE(0x1D, "power", "J/h", 3),
	NINE(0x26, "volume", "m3", -6),
	NINE(0x2F, "volume flow", "m3/h", -6),
	[0x38] = { "temperature", "°C", -3 },
	[0x39] = { "heat cost allocation", "HCA", 0 },
	[0x3F] = { "dimensionless", NULL, 0 },
};

#define HEADER(flags, unit)                                                              \
	{                                                                                \
		MBUS_FIXED_MARK, flags, unit,                                            \
			(flags)&MBUS_FIXED_SAME_UNIT ? MBUS_FIXED_UNIT_SAME : (unit)     \
	}
#define FOUR(flags, unit)                                                                \
	HEADER(flags, unit), HEADER(flags, (unit) + 1), HEADER(flags, (unit) + 2),       \
		HEADER(flags, (unit) + 3)
#define SIXTEEN(flags, unit)                                                             \
	FOUR(flags, unit), FOUR(flags, (unit) + 4), FOUR(flags, (unit) + 8),             \
		FOUR(flags, (unit) + 12)
#define ALL(flags)                                                                       \
	{                                                                                \
		SIXTEEN(flags, 0), SIXTEEN(flags, 16), SIXTEEN(flags, 32),               \
			SIXTEEN(flags, 48)                                               \
	}

const uint8_t mbus_fixed_headers[8][64][4] = { ALL(0), ALL(1), ALL(2), ALL(3),
					       ALL(4), ALL(5), ALL(6), ALL(7) };
