/* SPDX-License-Identifier: MIT */
#include "tests/simulator/text.h"

#include <string.h>

enum {
	DIGITS_MAX = 20, /* of a 64-bit number */
};

void text_init(struct text *text, char *bytes, size_t capacity)
{
	*text = (struct text){ .bytes = bytes, .capacity = capacity };
}

void text_put(struct text *text, const char *bytes, size_t size)
{
	if (text->is_full || size > text->capacity - text->size) {
		text->is_full = true;
		return;
	}
	memcpy(text->bytes + text->size, bytes, size);
	text->size += size;
}

void text_put_string(struct text *text, const char *string)
{
	text_put(text, string, strlen(string));
}

void text_put_number(struct text *text, uint64_t number, unsigned width)
{
	char digits[DIGITS_MAX];
	size_t count = 0;

	do {
		digits[DIGITS_MAX - ++count] = (char)('0' + number % 10);
		number /= 10;
	} while ((number != 0 || count < width) && count < DIGITS_MAX);
	text_put(text, digits + DIGITS_MAX - count, count);
}

void text_put_hex(struct text *text, const uint8_t *bytes, size_t size)
{
	static const char DIGITS[] = "0123456789ABCDEF";

	if (text->is_full || 2 * size > text->capacity - text->size) {
		text->is_full = true;
		return;
	}
	for (size_t i = 0; i < size; i++) {
		text->bytes[text->size++] = DIGITS[bytes[i] >> 4];
		text->bytes[text->size++] = DIGITS[bytes[i] & 15];
	}
}

void text_put_decimal(struct text *text, int64_t digits, int exponent)
{
	uint64_t magnitude = digits < 0 ? 0 - (uint64_t)digits : (uint64_t)digits;
	uint64_t unit = 1;

	if (digits < 0)
		text_put(text, "-", 1);
	for (int i = exponent; i < 0; i++)
		unit *= 10;
	text_put_number(text, magnitude / unit, 1);
	for (int i = 0; i < exponent && magnitude != 0; i++)
		text_put(text, "0", 1);
	if (exponent < 0) {
		text_put(text, ".", 1);
		text_put_number(text, magnitude % unit, (unsigned)-exponent);
	}
}
