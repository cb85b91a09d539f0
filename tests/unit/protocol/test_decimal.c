/* SPDX-License-Identifier: MIT */
#include "protocol/decimal.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void expect(int64_t digits, int exponent, int32_t factor, const char *wanted)
{
	char text[DECIMAL_TEXT_MAX];
	size_t size = decimal_write(digits, exponent, factor, text);

	cr_assert_str_eq(text, wanted);
	cr_assert_eq(size, strlen(wanted));
}

static void expect_real(double real, const char *wanted)
{
	char text[DECIMAL_TEXT_MAX];
	size_t size = decimal_write_real(real, text);

	cr_assert_str_eq(text, wanted);
	cr_assert_eq(size, strlen(wanted));
}

Test(decimal, integers_of_any_size_are_written)
{
	char text[21] = { 0 };

	cr_assert_eq(decimal_write_integer(0, text), 1);
	cr_assert_eq(text[0], '0');
	cr_assert_eq(decimal_write_integer(INT64_MIN, text), 20);
	cr_assert_str_eq(text, "-9223372036854775808");
	memset(text, 0, sizeof text);
	cr_assert_eq(decimal_write_integer(INT64_MAX, text), 19);
	cr_assert_str_eq(text, "9223372036854775807");
}

Test(decimal, each_power_of_ten_from_minus_6_to_7_is_exact)
{
	static const char *const wanted[] = {
		"0.001234", "0.01234",   "0.1234",     "1.234",       "12.34",
		"123.4",    "1234",      "12340",      "123400",      "1234000",
		"12340000", "123400000", "1234000000", "12340000000",
	};

	for (int exponent = -6; exponent <= 7; exponent++)
		expect(1234, exponent, 1, wanted[exponent + 6]);
}

Test(decimal, all_digits_sent_are_kept)
{
	expect(1500, -3, 1, "1.500");
	expect(0, -3, 1, "0.000");
	expect(0, 5, 1, "0");
	expect(-5, -2, 1, "-0.05");
	expect(-1, 0, 1, "-1");
}

Test(decimal, a_factor_is_multiplied_exactly)
{
	expect(15, -1, 60, "90.0");
	expect(40473, 0, 3600, "145702800");
	expect(-7, 0, 86400, "-604800");
}

Test(decimal, products_beyond_64_bits_are_exact)
{
	expect(INT64_MAX, 0, 86400, "796899343984252629724800");
	expect(INT64_MIN, 0, INT32_MAX, "-19807040619342712361531211776");
	expect(INT64_MIN, -20, 1, "-0.09223372036854775808");
	expect(INT64_MIN, 7, 1, "-92233720368547758080000000");
}

Test(decimal, exponents_beyond_reason_are_written_with_e_and_stay_in_bounds)
{
	expect(15, 1000, 1, "1.5e1001");
	expect(-1, -1000, 1, "-1e-1000");
	expect(INT64_MIN, 127, INT32_MAX,
	       "-19807040619342712361531211776"
	       "0000000000000000000000000000000000000000000000000000000000000000"
	       "000000000000000000000000000000000000000000000000000000000000000");
}

Test(decimal, a_float_is_written_with_the_fewest_digits_that_give_it_back)
{
	expect_real((double)0.1F, "0.1");
	expect_real(1.5, "1.5");
	expect_real(100, "100");
	expect_real(16777216, "16777216");
	expect_real((double)16777220.0F, "16777220");
	expect_real((double)33554432.0F, "33554432");
	expect_real(-0.5, "-0.5");
	expect_real((double)3.4028235e38F, "3.4028235e38");
	expect_real((double)1.17549435e-38F, "1.1754944e-38");
	expect_real((double)1e-45F, "1e-45");
	expect_real((double)9.5e-7F, "0.00000095");
}

Test(decimal, zero_keeps_its_sign)
{
	expect_real(0.0, "0");
	expect_real(-0.0, "-0");
}

Test(decimal, a_double_that_is_no_float_is_written_with_its_own_digits)
{
	expect_real(0.1, "0.1");
	expect_real(1.0 / 3, "0.3333333333333333");
	expect_real(5e-324, "5e-324");
	expect_real(1.7976931348623157e308, "1.7976931348623157e308");
	expect_real(123456789.123, "123456789.123");
}

Test(decimal, floats_of_every_magnitude_come_back_bit_for_bit)
{
	uint32_t bits = 1;

	for (int i = 0; i < 20000; i++) {
		char text[DECIMAL_TEXT_MAX];
		float real;

		bits = bits * 1664525 + 1013904223;
		memcpy(&real, &bits, sizeof real);
		if (!isfinite(real))
			continue;
		decimal_write_real((double)real, text);
		cr_assert_eq(strtof(text, NULL), real, "%s", text);
	}
}

Test(decimal, powers_of_two_have_a_narrower_gap_below_and_come_back_too)
{
	for (int exponent = -149; exponent <= 127; exponent++) {
		float real = ldexpf(1, exponent);
		char text[DECIMAL_TEXT_MAX];
		char shorter[32];

		decimal_write_real((double)real, text);
		cr_assert_eq(strtof(text, NULL), real, "%s", text);
		snprintf(shorter, sizeof shorter, "%.8e", (double)real);
		cr_assert_leq(strcspn(text, "e"), 24, "%s against %s", text, shorter);
	}
}

static void expect_value(struct value value, int exponent, int32_t factor,
			 const char *wanted)
{
	struct reading_register reg = { .exponent = (int8_t)exponent, .factor = factor };
	char text[READING_TEXT_MAX];

	cr_assert_eq(value_write(&value, &reg, text), strlen(wanted));
	cr_assert_str_eq(text, wanted);
}

Test(decimal, values_are_written_in_the_unit_of_their_register)
{
	expect_value((struct value){ .kind = VALUE_INTEGER, .digits = 1891 }, -3, 1,
		     "1.891");
	expect_value((struct value){ .kind = VALUE_INTEGER, .digits = 2 }, 0, 3600,
		     "7200");
	expect_value((struct value){ .kind = VALUE_REAL, .real = 1.5 }, -3, 1, "0.0015");
	expect_value((struct value){ .kind = VALUE_REAL, .real = 1.5 }, 3, 60, "90000");
	expect_value((struct value){ .kind = VALUE_REAL, .real = -0.25 }, 0, 60,
		     "-15.00");
	expect_value((struct value){ .kind = VALUE_TEXT, .text = "WFH21" }, -3, 1,
		     "WFH21");
	expect_value((struct value){ .kind = VALUE_NONE }, -3, 1, "");
}
