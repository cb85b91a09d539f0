/* SPDX-License-Identifier: MIT */
/*
 * The fixed data structure (CI 73 and 77): a meter of the first days sends two counters
 * of four bytes, a status that says how both are coded, and a byte for the unit of each.
 *
 * Such a counter has no DIB and no VIB, yet registers are known by their header. It gets
 * one that says all there is to say, in bytes that no data record begins with: 3F (a
 * reserved DIF), flags, the unit that applies, the unit as sent. Equal headers are equal
 * registers here as everywhere. These headers are constants, so spans into them live for
 * ever. The DIB of such a record is empty, its VIB is the unit as sent.
 *
 * Source: The M-Bus: A Documentation, 6.4.2 and 8.3. Pure; any thread.
 */
#ifndef READOUT_PROTOCOL_MBUS_FIXED_H
#define READOUT_PROTOCOL_MBUS_FIXED_H

#include "protocol/mbus/telegram.h"

enum {
	MBUS_FIXED_DIF = 0x3F,
	MBUS_FIXED_HEADER_SIZE = 4,
	MBUS_FIXED_SIZE = 16, /* id, access, status, units, two counters */
};

/* Reads id, access number, status and medium behind CI 73 or 77; the counters are then
 * telegram->records. The payload has MBUS_FIXED_SIZE bytes at least. */
void mbus_fixed_open(struct telegram *telegram);

/* The walk over the two counters: what telegram_next() does for this structure. */
bool mbus_fixed_next(struct telegram *telegram, struct telegram_record *ret_record);

/* What the header of a counter means; *ret_reg is as mbus_register_read() begins. */
void mbus_fixed_register(struct span header, struct reading_register *ret_reg);

/* Static text of the medium of a fixed structure, "reserved" for codes without one. */
const char *mbus_fixed_medium_text(uint8_t medium);

#endif
