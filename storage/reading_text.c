/* SPDX-License-Identifier: MIT */
#include "storage/reading_text.h"

enum { EXPONENT_MAX = 999 };

/* A number taken apart: digits without sign and point, and their power of ten. */
struct parts {
	bool is_negative;
	bool is_real;
	uint8_t digits[64];
	size_t count;
	int power;
};

static int parse_exponent(struct span text)
{
	bool is_negative = text.size > 0 && text.data[0] == '-';
	size_t i = text.size > 0 && (is_negative || text.data[0] == '+') ? 1 : 0;
	int exponent = 0;
	for (; i < text.size && exponent < EXPONENT_MAX; i++)
		exponent = exponent * 10 + (text.data[i] - '0');
	return is_negative ? -exponent : exponent;
}

static struct parts take_apart(struct span number)
{
	struct parts parts = { .is_negative = number.size > 0 && number.data[0] == '-' };
	bool has_point = false;
	for (size_t i = parts.is_negative; i < number.size; i++) {
		uint8_t character = number.data[i];
		if (character == '.') {
			parts.is_real = has_point = true;
		} else if (character == 'e' || character == 'E') {
			parts.is_real = true;
			parts.power += parse_exponent(
				span_of(number.data + i + 1, number.size - i - 1));
			break;
		} else if (parts.count < sizeof parts.digits) {
			parts.digits[parts.count++] = character;
			parts.power -= has_point;
		}
	}
	return parts;
}

/* A float's trailing zeros say nothing: whoever wrote it may have put them or not. */
static void drop_trailing_zeros(struct parts *parts)
{
	for (; parts->count > 0 && parts->digits[parts->count - 1] == '0'; parts->count--)
		parts->power++;
	if (parts->count == 0)
		parts->power = 0;
}

/* INT64_MIN has no positive twin, so the sign is put on in unsigned arithmetic. */
static int64_t digits_of(const struct parts *parts)
{
	uint64_t bits = 0;
	for (size_t i = 0; i < parts->count; i++)
		bits = bits * 10 + (uint64_t)(parts->digits[i] - '0');
	if (parts->is_negative)
		bits = 0 - bits;
	int64_t digits;
	memcpy(&digits, &bits, sizeof digits);
	return digits;
}

size_t reading_text_write(struct span number, const struct reading_scale *scale,
			  char ret_text[DECIMAL_TEXT_MAX])
{
	struct parts parts = take_apart(number);
	if (parts.is_real || scale->is_real) {
		drop_trailing_zeros(&parts);
		if (parts.count == 0)
			return decimal_write(0, 0, 1, ret_text);
	}
	return decimal_write(digits_of(&parts), scale->exponent + parts.power,
			     scale->factor, ret_text);
}
