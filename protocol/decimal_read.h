/* SPDX-License-Identifier: MIT */
/* Decimal text to an exact number, never through a float. Pure; any thread. */
#ifndef READOUT_PROTOCOL_DECIMAL_READ_H
#define READOUT_PROTOCOL_DECIMAL_READ_H

#include "protocol/span.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The most digits, leading zeros apart, that fit 64 bits whatever they are. */
enum { DECIMAL_READ_DIGITS_MAX = 18 };

/*
 * Reads "000.123", "-4", "+7.50" and nothing else as digits * 10^-places; places counts
 * all that were sent. Returns false, with both results untouched, for any other text and
 * for more than DECIMAL_READ_DIGITS_MAX digits.
 */
bool decimal_read(struct span text, int64_t *ret_digits, uint8_t *ret_places);

#ifdef __cplusplus
}
#endif

#endif
