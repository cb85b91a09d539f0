/* SPDX-License-Identifier: MIT */
/*
 * Text appended into a buffer of fixed size that the caller owns. What does not fit is
 * left out and is_full stands from then on; callers size their buffers so that this is a
 * defect, and check once at the end. Never NUL-terminated.
 */
#ifndef READOUT_SIMULATOR_TEXT_H
#define READOUT_SIMULATOR_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *bytes;
	size_t size;
	size_t capacity;
	bool is_full; /* something did not fit */
};

void text_init(struct text *text, char *bytes, size_t capacity);
void text_put(struct text *text, const char *bytes, size_t size);
void text_put_string(struct text *text, const char *string);

/* Decimal, without leading zeros but those that width asks for. */
void text_put_number(struct text *text, uint64_t number, unsigned width);

/* Upper-case hex, two digits a byte. */
void text_put_hex(struct text *text, const uint8_t *bytes, size_t size);

/* digits x 10^exponent, exactly: (1891, -3) gives 1.891 and (5, 3) gives 5000. */
void text_put_decimal(struct text *text, int64_t digits, int exponent);

#endif
