/* SPDX-License-Identifier: MIT */
/* Numbers of fixed length: integers, BCD and real32, with what they must be read as. */
#include "tests/unit/roundtrip/expectation.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

uint64_t draw_bits(struct dice *dice, unsigned bits)
{
	uint64_t drawn = (uint64_t)dice_below(dice, UINT32_MAX) << 32;

	drawn ^= (uint64_t)dice_below(dice, UINT32_MAX) << 16;
	drawn ^= dice_below(dice, UINT32_MAX);
	return bits == 0 ? 0 : drawn >> (64 - bits);
}

uint64_t draw_up_to_bits(struct dice *dice, unsigned bits)
{
	return draw_bits(dice, dice_below(dice, bits + 1));
}

void draw_nothing(struct dice *dice, const struct vif_row *row, size_t size,
		  struct encoder *encoder, struct expectation *expected)
{
	(void)dice;
	(void)row;
	(void)size;
	(void)encoder;
	expected->type = READING_TYPE_NONE;
	expected->value.no_value = NO_VALUE_NO_DATA;
}

void draw_integer(struct dice *dice, const struct vif_row *row, size_t size,
		  struct encoder *encoder, struct expectation *expected)
{
	int64_t highest = (int64_t)(UINT64_MAX >> (65 - 8 * size));
	int64_t number = (int64_t)draw_up_to_bits(dice, 8 * (unsigned)size - 1);

	(void)row;
	if (dice_permille(dice, 50))
		number = highest;
	if (dice_permille(dice, 400))
		number = -number - 1;
	encoder_put_integer(encoder, number, size);
	expected->type = READING_TYPE_INTEGER;
	expected->value.kind = VALUE_INTEGER;
	expected->value.digits = number;
	expected->value.is_suspect = number == -1 || number == -highest - 1;
}

void draw_unsigned(struct dice *dice, const struct vif_row *row, size_t size,
		   struct encoder *encoder, struct expectation *expected)
{
	uint64_t number = draw_bits(dice, 8 * (unsigned)size);
	struct value *value = &expected->value;

	(void)row;
	encoder_put_integer(encoder, (int64_t)number, size);
	expected->type = READING_TYPE_UNSIGNED;
	value->kind = VALUE_INTEGER;
	if (number <= INT64_MAX) {
		value->digits = (int64_t)number;
		return;
	}
	value->kind = VALUE_TEXT;
	value->is_wide = true;
	snprintf(value->text, sizeof value->text, "%" PRIu64, number);
}

/* A letter in one nibble, no F in the highest: the meter's display of an error. */
static void spoil_bcd(struct dice *dice, uint8_t *bytes, size_t size)
{
	size_t nibble = dice_below(dice, 2 * (uint32_t)size);
	bool is_highest = nibble == 2 * size - 1;
	unsigned letter = 10 + dice_below(dice, is_highest ? 5 : 6);
	unsigned shift = 4 * (nibble & 1);

	bytes[nibble / 2] =
		(uint8_t)((bytes[nibble / 2] & ~(15U << shift)) | letter << shift);
}

void draw_bcd(struct dice *dice, const struct vif_row *row, size_t size,
	      struct encoder *encoder, struct expectation *expected)
{
	static const int64_t powers[] = { 1,
					  100,
					  10000,
					  1000000,
					  100000000,
					  INT64_C(10000000000),
					  INT64_C(1000000000000) };
	int64_t number = (int64_t)(draw_up_to_bits(dice, 40) % (uint64_t)powers[size]);

	(void)row;
	if (dice_permille(dice, 300))
		number = -(number % (powers[size] / 10));
	encoder_put_bcd(encoder, number, size);
	expected->type = READING_TYPE_BCD;
	if (dice_permille(dice, 100)) {
		spoil_bcd(dice, encoder->bytes + encoder->size - size, size);
		expected->value.no_value = NO_VALUE_BCD_ERROR;
		return;
	}
	expected->value.kind = VALUE_INTEGER;
	expected->value.digits = number;
}

void draw_real(struct dice *dice, const struct vif_row *row, size_t size,
	       struct encoder *encoder, struct expectation *expected)
{
	uint32_t bits = (uint32_t)draw_bits(dice, 32);
	float real;

	(void)row;
	(void)size;
	if (dice_permille(dice, 200))
		bits |= UINT32_C(0x7F800000);
	if (dice_permille(dice, 100))
		bits &= UINT32_C(0xFF800000);
	memcpy(&real, &bits, sizeof real);
	encoder_put_float(encoder, real);
	expected->type = READING_TYPE_REAL;
	if (isnan(real)) {
		expected->value.no_value = NO_VALUE_NOT_A_NUMBER;
	} else if (isinf(real)) {
		expected->value.no_value = NO_VALUE_INFINITE;
	} else {
		expected->value.kind = VALUE_REAL;
		expected->value.real = (double)real;
	}
}
