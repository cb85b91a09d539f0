/* SPDX-License-Identifier: MIT */
/*
 * A block of data lines of IEC 62056-21 (formerly IEC 1107), mode A to D readout, taken
 * apart into readings:
 *
 *     F.F(000000)                       status without unit
 *     1.8.1(0000002.7#kWh)              value and unit, parted by * or #
 *     1.6.1(0.042*kW)(1404011215)       maximum and its time
 *     1.6.1*03(0.040*kW)(1403150830)    previous value 3 (also written &03)
 *     9.4(098.5*C&096.1*C)              several values of one code
 *     6.8(0017.2*MWh)6.26(18.1*m3)      several data sets on a line
 *
 * Walked like a telegram: iec62056_next() finds a reading, iec62056_register() says what
 * it is, iec62056_value() what it is worth. The identification line (/...), the end (!),
 * the control characters around a block and empty lines are passed over; a line that is
 * none of these leaves is_broken set, and the lines behind it are read all the same.
 *
 * Nothing is copied: spans point into the block and live as long as it does. No
 * allocation, no state outside the arguments; any thread.
 */
#ifndef READOUT_PROTOCOL_IEC62056_IEC62056_H
#define READOUT_PROTOCOL_IEC62056_IEC62056_H

#include "protocol/reading.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
	IEC62056_CODE_MAX = 24,   /* characters of an OBIS code, "1-0:1.8.1" */
	IEC62056_SUFFIX_MAX = 8,  /* characters of its previous-value part, "*255" */
	IEC62056_UNIT_MAX = 32,   /* characters of a unit as sent */
	IEC62056_STORAGE_00 = 100 /* storage number of the previous value *00 */
};

/* The walk over a block. */
struct iec62056_block {
	struct span text;
	size_t position;
	struct span code; /* of the data set in hand; see iec62056_reading */
	struct span suffix;
	struct span rest; /* values of the data set in hand that are still to come */
	bool has_rest;
	uint32_t part;  /* number of the next value of this code */
	uint32_t count; /* readings found so far */

	bool is_broken;       /* something in the block was no data line: */
	size_t broken_offset; /* the first such thing begins here */
};

/* One value of one data set. */
struct iec62056_reading {
	struct span code;    /* OBIS code as sent, without its suffix: "1.8.1" */
	struct span suffix;  /* "*03" or "&03" of a previous value, else empty */
	struct span content; /* "0000002.7#kWh": between the brackets, or between & */
	uint32_t part;       /* 0 for the first value of its code */
	uint32_t number;     /* 0 for the first reading of the block */
	size_t offset;       /* of content, in the block */
};

/* Begins the walk over text, which must outlive *ret_block. */
void iec62056_open(struct span text, struct iec62056_block *ret_block);

/* Moves to the next reading; false at the end, *ret_reading is then untouched. */
bool iec62056_next(struct iec62056_block *block, struct iec62056_reading *ret_reading);

/*
 * Works out what a reading is. Its header is the code as sent and, in brackets, the form
 * of the content with the digits left out, as that decides the scale: "1.8.1*03(1*kWh)"
 * has one decimal place. Up to the bracket it is the OBIS code. Equal headers have equal
 * registers. occurrence is set to 0.
 *
 * Units become base units as with M-Bus (kWh to Wh with an exponent); an unknown unit
 * stays as sent. Storage is the number of the previous value, where 0 is the present one
 * and *00 counts as IEC62056_STORAGE_00; tariff and function come from the code.
 */
void iec62056_register(const struct iec62056_reading *reading,
		       struct reading_register *ret_register);

/* Reads the value of a reading under its register. */
void iec62056_value(const struct iec62056_reading *reading,
		    const struct reading_register *reg, struct value *ret_value);

#ifdef __cplusplus
}
#endif

#endif
