/* SPDX-License-Identifier: MIT */
#include "exporters/smartme/smartme_value.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS_MAX = 15 };

/* wanted = value * factor / divisor * 10^exponent. Factor and divisor keep the product of
 * 15 digits within 64 bits. */
static const struct rule {
	const char *unit, *wanted;
	int64_t factor, divisor;
	int exponent;
} rules[] = {
	{ "Wh", "kWh", 1, 1, -3 },      { "J", "kWh", 1, 36, -5 },
	{ "cal", "kWh", 1163, 1, -9 },  { "W", "kW", 1, 1, -3 },
	{ "J/h", "kW", 1, 36, -5 },     { "m3/min", "m3/h", 60, 1, 0 },
	{ "m3/s", "m3/h", 3600, 1, 0 },
};

/* digits * 10^exponent */
struct decimal {
	bool is_negative;
	uint64_t digits;
	int exponent;
};

static const struct rule *find_rule(const char *unit, const char *wanted)
{
	static const struct rule same = { "", "", 1, 1, 0 };
	if (strcmp(unit, wanted) == 0)
		return &same;
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
		if (strcmp(unit, rules[i].unit) == 0 &&
		    strcmp(wanted, rules[i].wanted) == 0)
			return &rules[i];
	return NULL;
}

/* Takes one more digit; beyond 15 only the first counts, for rounding. */
static void take_digit(struct decimal *decimal, int *count, int digit, bool is_fraction)
{
	if (*count < DIGITS_MAX) {
		decimal->digits = decimal->digits * 10 + (uint64_t)digit;
		decimal->exponent -= is_fraction;
		*count += decimal->digits > 0;
		return;
	}
	if (*count == DIGITS_MAX && digit >= 5)
		decimal->digits++;
	*count = DIGITS_MAX + 1;
	decimal->exponent += !is_fraction;
}

static bool read_decimal(const char *text, struct decimal *ret_decimal)
{
	struct decimal decimal = { .is_negative = *text == '-' };
	bool is_fraction = false;
	bool has_digit = false;
	int count = 0;

	for (text += decimal.is_negative; *text != '\0'; text++) {
		if (*text == '.' && !is_fraction) {
			is_fraction = true;
			continue;
		}
		if (*text < '0' || *text > '9')
			return false;
		take_digit(&decimal, &count, *text - '0', is_fraction);
		has_digit = true;
	}
	*ret_decimal = decimal;
	return has_digit;
}

/* Divides, rounding half up at SMARTME_DECIMALS places, or sooner where 64 bits end. */
static void divide(struct decimal *decimal, uint64_t divisor)
{
	for (;
	     decimal->exponent > -SMARTME_DECIMALS && decimal->digits <= UINT64_MAX / 20;
	     decimal->exponent--)
		decimal->digits *= 10;
	for (; decimal->exponent < -SMARTME_DECIMALS && divisor <= UINT64_MAX / 20;
	     decimal->exponent++)
		divisor *= 10;
	decimal->digits = decimal->digits / divisor +
			  (decimal->digits % divisor >= divisor - divisor / 2);
}

static void write_decimal(struct decimal decimal, char ret_text[SMARTME_VALUE_MAX])
{
	static const char zeros[] = "0000000000000000000000000000000000000000";
	char digits[24];

	for (; decimal.exponent < 0 && decimal.digits % 10 == 0 && decimal.digits > 0;
	     decimal.exponent++)
		decimal.digits /= 10;
	if (decimal.digits == 0)
		decimal = (struct decimal){ .digits = 0 };
	int size = snprintf(digits, sizeof digits, "%" PRIu64, decimal.digits);
	int places = -decimal.exponent;
	const char *sign = decimal.is_negative ? "-" : "";
	if (places <= 0)
		snprintf(ret_text, SMARTME_VALUE_MAX, "%s%s%.*s", sign, digits, -places,
			 zeros);
	else if (size > places)
		snprintf(ret_text, SMARTME_VALUE_MAX, "%s%.*s.%s", sign, size - places,
			 digits, digits + size - places);
	else
		snprintf(ret_text, SMARTME_VALUE_MAX, "%s0.%.*s%s", sign, places - size,
			 zeros, digits);
}

bool smartme_value(const char *value_text, const char *unit, const char *wanted,
		   char ret_text[SMARTME_VALUE_MAX])
{
	const struct rule *rule = find_rule(unit, wanted);
	struct decimal decimal;

	if (!rule || !read_decimal(value_text, &decimal))
		return false;
	decimal.digits *= (uint64_t)rule->factor;
	decimal.exponent += rule->exponent;
	if (decimal.exponent > 20 || decimal.exponent < -20)
		return false;
	if (rule->divisor > 1)
		divide(&decimal, (uint64_t)rule->divisor);
	write_decimal(decimal, ret_text);
	return true;
}
