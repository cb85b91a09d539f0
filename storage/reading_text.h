/* SPDX-License-Identifier: MIT */
/* The exact text of a stored number: the same, digit for digit, as readings.value_text.
 */
#ifndef READOUT_STORAGE_READING_TEXT_H
#define READOUT_STORAGE_READING_TEXT_H

#include "protocol/decimal.h"

/* How a register scales; is_real: the meter sends floats. */
struct reading_scale {
	bool is_real;
	int exponent;
	int32_t factor;
};

/* number: as it stands in vals. Writes with NUL, returns the length. */
size_t reading_text_write(struct span number, const struct reading_scale *scale,
			  char ret_text[DECIMAL_TEXT_MAX]);

#endif
