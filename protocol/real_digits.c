/* SPDX-License-Identifier: MIT */
#include "protocol/real_digits.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * The largest intermediate is the smallest double's denominator, 2^1075, next to a
 * numerator times 10^324: below 2^1152 with room for a digit.
 */
enum { LIMBS = 37 };

/* Most numbers need two or three limbs: only those in use are looked at. */
struct natural {
	size_t size;           /* limbs in use; the highest of them is not 0 */
	uint32_t limbs[LIMBS]; /* least significant first */
};

/* mantissa * 2^exponent, and whether the gap to the next smaller number is half as wide.
 */
struct binary {
	uint64_t mantissa;
	int exponent;
	bool is_gap_below_narrow;
};

static void natural_multiply(struct natural *natural, uint32_t factor)
{
	uint64_t carry = 0;

	for (size_t i = 0; i < natural->size; i++) {
		carry += (uint64_t)natural->limbs[i] * factor;
		natural->limbs[i] = (uint32_t)carry;
		carry >>= 32;
	}
	if (carry != 0)
		natural->limbs[natural->size++] = (uint32_t)carry;
}

static void natural_multiply_power(struct natural *natural, uint32_t base, int power)
{
	for (; power > 0; power--)
		natural_multiply(natural, base);
}

/* value is not 0. */
static struct natural natural_shifted(uint64_t value, int bits)
{
	struct natural natural;

	natural.limbs[0] = (uint32_t)value;
	natural.limbs[1] = (uint32_t)(value >> 32);
	natural.size = natural.limbs[1] != 0 ? 2 : 1;
	for (; bits >= 16; bits -= 16)
		natural_multiply(&natural, 1U << 16);
	natural_multiply(&natural, 1U << bits);
	return natural;
}

static int natural_compare(const struct natural *a, const struct natural *b)
{
	if (a->size != b->size)
		return a->size < b->size ? -1 : 1;
	for (size_t i = a->size; i-- > 0;)
		if (a->limbs[i] != b->limbs[i])
			return a->limbs[i] < b->limbs[i] ? -1 : 1;
	return 0;
}

static uint32_t natural_limb(const struct natural *natural, size_t i)
{
	return i < natural->size ? natural->limbs[i] : 0;
}

static struct natural natural_sum(const struct natural *a, const struct natural *b)
{
	struct natural sum;
	uint64_t carry = 0;

	sum.size = a->size > b->size ? a->size : b->size;
	for (size_t i = 0; i < sum.size; i++) {
		carry += (uint64_t)natural_limb(a, i) + natural_limb(b, i);
		sum.limbs[i] = (uint32_t)carry;
		carry >>= 32;
	}
	if (carry != 0)
		sum.limbs[sum.size++] = (uint32_t)carry;
	return sum;
}

/* b is not larger than a. */
static void natural_subtract(struct natural *a, const struct natural *b)
{
	uint64_t borrow = 0;

	for (size_t i = 0; i < a->size; i++) {
		uint64_t difference = (uint64_t)a->limbs[i] - natural_limb(b, i) - borrow;

		a->limbs[i] = (uint32_t)difference;
		borrow = difference >> 63;
	}
	while (a->size > 0 && a->limbs[a->size - 1] == 0)
		a->size--;
}

static struct binary binary_of_float(float real)
{
	uint32_t bits;
	uint32_t biased;
	uint32_t fraction;

	memcpy(&bits, &real, sizeof bits);
	biased = bits >> 23 & 0xFF;
	fraction = bits & 0x7FFFFF;
	if (biased == 0)
		return (struct binary){ fraction, -149, false };
	return (struct binary){ fraction | 1U << 23, (int)biased - 150,
				fraction == 0 && biased > 1 };
}

static struct binary binary_of_double(double real)
{
	uint64_t bits;
	uint64_t biased;
	uint64_t fraction;

	memcpy(&bits, &real, sizeof bits);
	biased = bits >> 52 & 0x7FF;
	fraction = bits & 0xFFFFFFFFFFFFF;
	if (biased == 0)
		return (struct binary){ fraction, -1074, false };
	return (struct binary){ fraction | UINT64_C(1) << 52, (int)biased - 1075,
				fraction == 0 && biased > 1 };
}

/*
 * The number is rest / scale; everything nearer than above / scale or below / scale reads
 * back as the same number.
 */
struct shortest {
	struct natural rest;
	struct natural scale;
	struct natural above;
	struct natural below;
	bool is_edge_inside; /* an even mantissa wins the tie at the edge of its gap */
};

static struct shortest shortest_of(const struct binary *binary)
{
	int up = binary->exponent > 0 ? binary->exponent : 0;
	int down = binary->exponent < 0 ? -binary->exponent : 0;
	int extra = binary->is_gap_below_narrow ? 1 : 0;

	return (struct shortest){
		.rest = natural_shifted(binary->mantissa, up + 1 + extra),
		.scale = natural_shifted(1, down + 1 + extra),
		.above = natural_shifted(1, up + extra),
		.below = natural_shifted(1, up),
		.is_edge_inside = binary->mantissa % 2 == 0,
	};
}

static bool is_high_edge_reached(const struct shortest *s)
{
	struct natural high = natural_sum(&s->rest, &s->above);
	int order = natural_compare(&high, &s->scale);

	return order > 0 || (order == 0 && s->is_edge_inside);
}

static void shortest_multiply(struct shortest *s, int power)
{
	natural_multiply_power(&s->rest, 10, power);
	natural_multiply_power(&s->above, 10, power);
	natural_multiply_power(&s->below, 10, power);
}

/* Scales so that the number lies in [0.1, 1) and returns the power of ten taken out. */
static int shortest_normalise(struct shortest *s, const struct binary *binary)
{
	int log2 = binary->exponent - 1;
	int power;

	for (uint64_t rest = binary->mantissa; rest != 0; rest >>= 1)
		log2++;
	/* An estimate of log10 that is never too high; the loop below makes up for it. */
	power = log2 >= 0 ? log2 * 30102 / 100000 : log2 * 30103 / 100000 - 1;

	if (power > 0)
		natural_multiply_power(&s->scale, 10, power);
	else
		shortest_multiply(s, -power);
	while (is_high_edge_reached(s)) {
		natural_multiply(&s->scale, 10);
		power++;
	}
	return power;
}

static unsigned shortest_next_digit(struct shortest *s)
{
	unsigned digit = 0;

	shortest_multiply(s, 1);
	for (; natural_compare(&s->rest, &s->scale) >= 0; digit++)
		natural_subtract(&s->rest, &s->scale);
	return digit;
}

static struct real_digits shortest_digits(struct shortest *s, int exponent)
{
	int64_t digits = 0;

	for (;;) {
		unsigned digit = shortest_next_digit(s);
		int order = natural_compare(&s->rest, &s->below);
		bool low = order < 0 || (order == 0 && s->is_edge_inside);
		bool high = is_high_edge_reached(s);

		digits = digits * 10 + digit;
		exponent--;
		if (!low && !high)
			continue;
		if (low && high) {
			struct natural twice = natural_sum(&s->rest, &s->rest);

			low = natural_compare(&twice, &s->scale) < 0;
		}
		return (struct real_digits){ low ? digits : digits + 1, exponent };
	}
}

struct real_digits real_digits_of(double real)
{
	double magnitude = real < 0 ? -real : real;
	/* Conversion of a double beyond the range of float is undefined. */
	bool is_float = magnitude <= 3.4028234663852886e38 &&
			(double)(float)magnitude == magnitude;
	struct binary binary = is_float ? binary_of_float((float)magnitude)
					: binary_of_double(magnitude);
	struct shortest shortest;
	struct real_digits result;
	int exponent;

	if (binary.mantissa == 0)
		return (struct real_digits){ 0, 0 };
	shortest = shortest_of(&binary);
	exponent = shortest_normalise(&shortest, &binary);
	result = shortest_digits(&shortest, exponent);
	for (; result.digits % 10 == 0; result.exponent++)
		result.digits /= 10;
	return result;
}
