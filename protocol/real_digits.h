/* SPDX-License-Identifier: MIT */
/*
 * The shortest decimal digits of a binary floating-point number: the fewest digits that,
 * read back and rounded to the same width, give the same bits (Steele and White, "How to
 * Print Floating-Point Numbers Accurately", in integers throughout). libc's printf does
 * not offer that and follows the locale. Pure; any thread.
 */
#ifndef READOUT_PROTOCOL_REAL_DIGITS_H
#define READOUT_PROTOCOL_REAL_DIGITS_H

#include <stdint.h>

/* |real| = digits * 10^exponent; digits has no trailing zeros and at most 17 places. */
struct real_digits {
	int64_t digits;
	int exponent;
};

/*
 * real must be finite. One that fits a 32-bit float exactly is taken for a float that
 * came as 32 bits, everything else for a 64-bit one. The sign is left out; 0 gives 0 *
 * 10^0.
 */
struct real_digits real_digits_of(double real);

#endif
