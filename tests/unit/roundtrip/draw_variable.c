/* SPDX-License-Identifier: MIT */
/* Texts, names, and everything of variable length (DIF D and an LVAR byte). */
#include "tests/unit/roundtrip/expectation.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE_MAX = 20, BCD_SIZE_MAX = 9, NAME_SIZE_MAX = 6, WIDE_SIZE_MAX = 64 };

static enum reading_type variable_type(const struct vif_row *row)
{
	return row->kind == VIF_NAME ? READING_TYPE_DIGITS : READING_TYPE_TEXT;
}

void draw_text(struct dice *dice, size_t size, char *ret_latin, char *ret_utf8)
{
	size_t length = 0;

	for (size_t i = 0; i < size; i++) {
		bool is_latin = dice_permille(dice, 100);
		unsigned character = is_latin ? 0xA0 + dice_below(dice, 0x60)
					      : 0x20 + dice_below(dice, 0x5F);

		ret_latin[i] = (char)character;
		if (is_latin) {
			ret_utf8[length++] = character < 0xC0 ? '\xC2' : '\xC3';
			character = 0x80 + (character & 0x3F);
		}
		ret_utf8[length++] = (char)character;
	}
	ret_latin[size] = '\0';
	ret_utf8[length] = '\0';
}

void draw_variable_text(struct dice *dice, const struct vif_row *row, size_t size,
			struct encoder *encoder, struct expectation *expected)
{
	char text[TEXT_SIZE_MAX + 1];

	size = dice_below(dice, TEXT_SIZE_MAX + 1);
	draw_text(dice, size, text, expected->value.text);
	encoder_put_text(encoder, text);
	expected->type = variable_type(row);
	expected->value.kind = VALUE_TEXT;
}

void draw_variable_bcd(struct dice *dice, const struct vif_row *row, size_t size,
		       struct encoder *encoder, struct expectation *expected)
{
	int64_t number = 0;

	size = 1 + dice_below(dice, BCD_SIZE_MAX);
	for (size_t i = 0; i < 2 * size; i++)
		number = number * 10 + (int64_t)dice_below(dice, 10);
	if (dice_permille(dice, 500))
		number = -number;
	encoder_put_variable_bcd(encoder, number, size);
	expected->type = variable_type(row);
	expected->value.kind = VALUE_INTEGER;
	expected->value.digits = number;
}

/* The last size bytes as hex, the last one first. */
static void expect_hex(const struct encoder *encoder, size_t size, struct value *value)
{
	for (size_t i = 0; i < size; i++)
		snprintf(value->text + 2 * i, sizeof value->text - 2 * i, "%02X",
			 encoder->bytes[encoder->size - 1 - i]);
	value->kind = VALUE_TEXT;
}

/* All digits of a name count, and letters among them. */
void draw_name(struct dice *dice, const struct vif_row *row, size_t size,
	       struct encoder *encoder, struct expectation *expected)
{
	encoder_put_integer(encoder, (int64_t)draw_bits(dice, 8 * (unsigned)size), size);
	expected->type = variable_type(row);
	expect_hex(encoder, size, &expected->value);
}

void draw_variable_name(struct dice *dice, const struct vif_row *row, size_t size,
			struct encoder *encoder, struct expectation *expected)
{
	size = 1 + dice_below(dice, NAME_SIZE_MAX);
	encoder_put_integer(encoder, 0xC0 + (int64_t)size, 1);
	draw_name(dice, row, size, encoder, expected);
}

static size_t draw_binary_size(struct dice *dice)
{
	static const uint8_t long_sizes[] = { 16, 20, 24, 28, 32, 48, WIDE_SIZE_MAX };

	if (dice_permille(dice, 800))
		return 1 + dice_below(dice, 15);
	return long_sizes[dice_below(dice, sizeof long_sizes)];
}

/* As many digits as surely fit: three for each ten bits but the sign. */
static void draw_digits(struct dice *dice, size_t size, bool is_signed, char *ret_digits)
{
	uint32_t count = 1 + dice_below(dice, (uint32_t)(8 * size - 1) * 3 / 10);

	if (is_signed && dice_permille(dice, 400))
		*ret_digits++ = '-';
	*ret_digits++ = (char)('1' + dice_below(dice, 9));
	while (--count > 0)
		*ret_digits++ = (char)('0' + dice_below(dice, 10));
	*ret_digits = '\0';
}

/* Beyond 64 bits it is a number where the VIF has a unit, and else a block of bits. */
void draw_variable_integer(struct dice *dice, const struct vif_row *row, size_t size,
			   struct encoder *encoder, struct expectation *expected)
{
	bool is_signed = row->kind != VIF_COUNTER && row->kind != VIF_NAME;
	bool has_unit = row->unit[0] != '\0' || row->kind == VIF_MONTHS;
	struct value *value = &expected->value;
	char digits[2 + 3 * WIDE_SIZE_MAX];

	size = draw_binary_size(dice);
	draw_digits(dice, size, is_signed, digits);
	encoder_put_variable_integer(encoder, digits, size);
	expected->type = variable_type(row);
	if (size <= 8) {
		value->kind = VALUE_INTEGER;
		value->digits = strtoll(digits, NULL, 10);
		value->is_suspect = is_signed && value->digits == -1;
	} else if (has_unit) {
		value->kind = VALUE_TEXT;
		value->is_wide = true;
		memcpy(value->text, digits, strlen(digits) + 1);
	} else {
		expect_hex(encoder, size, value);
	}
}
