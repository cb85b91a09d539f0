/* SPDX-License-Identifier: MIT */
/*
 * Exact numbers to text: digits * 10^exponent * factor, written plainly ("1.891",
 * "-0.05", "15000"), never through a float, never in the process's locale. Pure; any
 * thread.
 */
#ifndef READOUT_PROTOCOL_DECIMAL_H
#define READOUT_PROTOCOL_DECIMAL_H

#include "protocol/reading.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { DECIMAL_TEXT_MAX = 320 }; /* with NUL; also holds any real written plainly */

/* Writes digits in base 10, without NUL; returns the number of characters (at most 20).
 */
size_t decimal_write_integer(int64_t digits, char *ret_text);

/*
 * Writes digits * 10^exponent * factor with NUL and returns the length. All digits sent
 * are kept: 1500 * 10^-3 is "1.500". The product with factor may exceed 64 bits.
 */
size_t decimal_write(int64_t digits, int exponent, int32_t factor,
		     char ret_text[DECIMAL_TEXT_MAX]);

/* The same for an integer of any size up to 512 bits, given by its digits ("-123"). */
size_t decimal_write_digits(const char *digits, int exponent, int32_t factor,
			    char ret_text[DECIMAL_TEXT_MAX]);

/*
 * Writes a float that came as 32 bits with the fewest digits that give the same 32 bits
 * back, in plain or e-notation valid in JSON; NUL; returns the length.
 */
size_t decimal_write_real(double real, char ret_text[DECIMAL_TEXT_MAX]);

/*
 * Writes a value in the unit of its register: numbers scaled and exact, text as it is,
 * nothing for no value. ret_text holds READING_TEXT_MAX bytes. Returns the length.
 */
size_t value_write(const struct value *value, const struct reading_register *reg,
		   char ret_text[READING_TEXT_MAX]);

#ifdef __cplusplus
}
#endif

#endif
