/* SPDX-License-Identifier: MIT */
/*
 * Dates and times of EN 13757-3: types F, G, I and J. They are local time without a zone
 * and are written as ISO 8601 without one. Pure; any thread.
 */
#ifndef READOUT_PROTOCOL_MBUS_DATE_H
#define READOUT_PROTOCOL_MBUS_DATE_H

#include "protocol/reading.h"

/*
 * Reads the 2, 3, 4 or 6 bytes of a type G, J, F or I, least significant byte first, into
 * *ret_value: text, or no value because of "invalid" bit, zero or impossible fields. A
 * pattern ("every year", "every month") is no value either but is marked periodic. A
 * century that only the hundred-year bits of type F put beyond 2099 is marked suspect.
 */
void mbus_date_read(enum reading_type type, const uint8_t *bytes,
		    struct value *ret_value);

#endif
