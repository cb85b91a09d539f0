/* SPDX-License-Identifier: MIT */
#include "storage/consumption/counter_digits.h"

#include <string.h>

enum { EXPONENT_LIMIT = 400 };

bool counter_digits_scale(int64_t digits, int exponent, int to_exponent,
			  int64_t *ret_digits)
{
	if (exponent < to_exponent)
		return false;
	for (; exponent > to_exponent && digits != 0; exponent--)
		if (__builtin_mul_overflow(digits, INT64_C(10), &digits))
			return false;
	*ret_digits = digits;
	return true;
}

static bool is_digit(uint8_t character)
{
	return character >= '0' && character <= '9';
}

/* The mantissa: digits with a point somewhere. Moves *at behind it. */
static bool read_mantissa(struct span number, size_t *at, int64_t *digits, int *exponent)
{
	bool has_point = false;
	size_t begin = *at;
	for (; *at < number.size; (*at)++) {
		uint8_t character = number.data[*at];
		if (character == '.' && !has_point) {
			has_point = true;
			continue;
		}
		if (!is_digit(character))
			break;
		if (__builtin_mul_overflow(*digits, INT64_C(10), digits) ||
		    __builtin_add_overflow(*digits, character - '0', digits))
			return false;
		*exponent -= has_point;
	}
	return *at > begin;
}

static bool read_exponent(struct span number, size_t *at, int *exponent)
{
	int sign = 1, power = 0;
	if (*at == number.size || (number.data[*at] | 0x20) != 'e')
		return true;
	(*at)++;
	if (*at < number.size && (number.data[*at] == '-' || number.data[*at] == '+'))
		sign = number.data[(*at)++] == '-' ? -1 : 1;
	for (; *at < number.size && is_digit(number.data[*at]); (*at)++)
		if (power < EXPONENT_LIMIT)
			power = power * 10 + number.data[*at] - '0';
	*exponent += sign * power;
	return true;
}

/* Towards zero, down to to_exponent. */
static int64_t cut_off(int64_t digits, int *exponent, int to_exponent)
{
	for (; *exponent < to_exponent && digits != 0; (*exponent)++)
		digits /= 10;
	return digits;
}

bool counter_digits_read(struct span number, int exponent, int to_exponent,
			 int64_t *ret_digits)
{
	bool is_negative = number.size > 0 && number.data[0] == '-';
	size_t at = is_negative;
	int64_t digits = 0;
	if (!read_mantissa(number, &at, &digits, &exponent) ||
	    !read_exponent(number, &at, &exponent) || at != number.size)
		return false;
	digits = cut_off(is_negative ? -digits : digits, &exponent, to_exponent);
	if (digits == 0)
		exponent = to_exponent;
	return counter_digits_scale(digits, exponent, to_exponent, ret_digits);
}

static const struct {
	const char *written, *unit;
	int exponent;
} units[] = {
	{ "kWh", "Wh", 3 },     { "MWh", "Wh", 6 },     { "GWh", "Wh", 9 },
	{ "kJ", "J", 3 },       { "MJ", "J", 6 },       { "GJ", "J", 9 },
	{ "kvarh", "varh", 3 }, { "Mvarh", "varh", 6 }, { "kVAh", "VAh", 3 },
	{ "l", "m3", -3 },      { "L", "m3", -3 },      { "m\xc2\xb3", "m3", 0 },
	{ "t", "kg", 3 },       { "Gcal", "cal", 9 },   { "kcal", "cal", 3 },
};

static bool find_unit(const char *written, const char *unit, int *ret_exponent)
{
	*ret_exponent = 0;
	if (written[0] == '\0' || strcmp(written, unit) == 0)
		return true;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (strcmp(units[i].written, written) == 0 &&
		    strcmp(units[i].unit, unit) == 0) {
			*ret_exponent = units[i].exponent;
			return true;
		}
	}
	return false;
}

bool counter_digits_parse(const char *text, const char *unit, int to_exponent,
			  int64_t *ret_digits)
{
	int exponent;
	size_t size = strcspn(text, " ");
	const char *written = text + size + strspn(text + size, " ");
	return find_unit(written, unit, &exponent) &&
	       counter_digits_read(span_of((const uint8_t *)text, size), exponent,
				   to_exponent, ret_digits);
}
