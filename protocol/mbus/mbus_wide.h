/* SPDX-License-Identifier: MIT */
/* Integers beyond 64 bits, as variable length (LVAR E9 to F6) brings them. Pure; any
 * thread. */
#ifndef READOUT_PROTOCOL_MBUS_WIDE_H
#define READOUT_PROTOCOL_MBUS_WIDE_H

#include "protocol/span.h"

enum {
	MBUS_WIDE_MAX = 64,       /* bytes of the longest integer, LVAR F6 */
	MBUS_WIDE_TEXT_MAX = 157, /* its digits, a sign and NUL */
};

/*
 * Writes the digits of an integer of at most MBUS_WIDE_MAX bytes in base 10, with a minus
 * sign where is_signed and its highest bit is set, and NUL. Returns the length.
 */
size_t mbus_wide_write(struct span bytes, bool is_msb_first, bool is_signed,
		       char ret_text[MBUS_WIDE_TEXT_MAX]);

#endif
