/* SPDX-License-Identifier: MIT */
/* Counters as sent or as written down by a person, to digits at a power of ten. Pure. */
#ifndef READOUT_STORAGE_COUNTER_DIGITS_H
#define READOUT_STORAGE_COUNTER_DIGITS_H

#include "protocol/span.h"

/* What 10^exponent becomes at another exponent: false beyond 64 bits or, for a higher
 * exponent, always. */
bool counter_digits_scale(int64_t digits, int exponent, int to_exponent,
			  int64_t *ret_digits);

/*
 * A number of vals, "1891" or "1.25e-7", times 10^exponent as digits at to_exponent;
 * digits below that are cut off (only floats have any). false: no number, or too large.
 */
bool counter_digits_read(struct span number, int exponent, int to_exponent,
			 int64_t *ret_digits);

/*
 * What an operator writes, "1234.5", "1234.5 kWh" or "17 m3", for a counter in unit.
 * false: no such number, or another unit. Without a unit it is in that of the counter.
 */
bool counter_digits_parse(const char *text, const char *unit, int to_exponent,
			  int64_t *ret_digits);

#endif
