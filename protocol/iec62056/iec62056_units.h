/* SPDX-License-Identifier: MIT */
/* The units of IEC 62056-21 and the words of OBIS codes, as tables. */
#ifndef READOUT_PROTOCOL_IEC62056_IEC62056_UNITS_H
#define READOUT_PROTOCOL_IEC62056_IEC62056_UNITS_H

#include "protocol/span.h"

struct iec62056_unit {
	const char
		*sent; /* as meters write it; letters behind the first in either case */
	const char *quantity;
	const char *unit; /* base unit */
	int8_t exponent;
	int32_t factor;
};

/* The row of a unit as sent; NULL for one that is not in the table. */
const struct iec62056_unit *iec62056_unit_find(struct span sent);

/* What a code without unit is about; NULL is any. */
struct iec62056_word {
	const char *c, *d, *e; /* value groups of the code as text */
	const char *quantity;
	bool is_name; /* digits are a name: leading zeros count */
};

/* Never NULL; a code that is not in the table has the quantity "". */
const struct iec62056_word *iec62056_word_find(struct span c, struct span d,
					       struct span e);

/* Words for value group C of electricity: "import", "phase L1, import"; "" none. */
const char *iec62056_direction_text(int c);

/* Words for value group D beside the plain ones: "cumulative maximum"; "" none. */
const char *iec62056_process_text(int d);

#endif
