/* SPDX-License-Identifier: MIT */
/* Data of every coding to exact values. */
#include "protocol/mbus/mbus_value.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/unit/protocol/mbus_bench.h"

static void expect(const char *record, const char *wanted)
{
	static struct bench bench;

	cr_assert_str_eq(bench_value(&bench, record), wanted, "%s gives %s", record,
			 bench_value(&bench, record));
	cr_assert_neq(bench.values[0].kind, VALUE_NONE, "%s", record);
}

static void expect_none(const char *record, enum value_no_value reason)
{
	static struct bench bench;

	cr_assert_str_eq(bench_value(&bench, record), "");
	cr_assert_eq(bench.values[0].kind, VALUE_NONE, "%s", record);
	cr_assert_eq(bench.values[0].no_value, reason, "%s", record);
}

static bool is_suspect(const char *record)
{
	static struct bench bench;

	bench_value(&bench, record);
	return bench.values[0].is_suspect;
}

Test(mbus_value, integers_of_every_length_have_their_sign)
{
	expect("01 13 81", "-0.127");
	expect("02 65 18FC", "-10.00");
	expect("03 13 FEFFFF", "-0.002");
	expect("04 13 01000080", "-2147483.647");
	expect("06 13 0000000000C0", "-70368744177.664");
	expect("07 03 FFFFFFFFFFFFFF7F", "9223372036854775807");
	expect("07 03 0000000000000080", "-9223372036854775808");
	expect("04 78 6BF99F00", "10484075");
}

Test(mbus_value, all_ones_and_the_smallest_integer_are_kept_yet_suspect)
{
	expect("02 65 0080", "-327.68");
	cr_assert(is_suspect("02 65 0080"));
	cr_assert(is_suspect("06 13 FFFFFFFFFFFF"));
	cr_assert(is_suspect("07 13 FFFFFFFFFFFFFFFF"));
	cr_assert_not(is_suspect("02 65 0180"));
	cr_assert_not(is_suspect("02 65 FF7F"));
	cr_assert_not(is_suspect("01 FD17 FF"));
}

Test(mbus_value, flags_and_counters_are_unsigned)
{
	expect("01 FD17 FF", "255");
	expect("02 FD1B FFFF", "65535");
	expect("01 FD08 FE", "254");
	expect("04 78 FFFFFFFF", "4294967295");
	expect("07 FD17 FFFFFFFFFFFFFF7F", "9223372036854775807");
	expect("07 FD17 FFFFFFFFFFFFFFFF", "18446744073709551615");
	expect("07 FD17 0000000000000080", "9223372036854775808");
}

Test(mbus_value, bcd_has_a_sign_in_its_highest_nibble_only)
{
	expect("0C 13 27048502", "2850.427");
	expect("0B 61 1800F0", "-0.18");
	expect("09 13 F0", "0.000");
	expect("0E 13 563412907856", "567890123.456");
	expect_none("0A 5A BDEB", NO_VALUE_BCD_ERROR);
	expect_none("0C 13 34F20000", NO_VALUE_BCD_ERROR);
	expect_none("0C 13 000000A1", NO_VALUE_BCD_ERROR);
	expect_none("0C 13 000000FA", NO_VALUE_BCD_ERROR);
	expect_none("0C 13 0A000000", NO_VALUE_BCD_ERROR);
	expect_none("0C 13 A0000000", NO_VALUE_BCD_ERROR);
}

Test(mbus_value, digits_that_name_something_keep_zeros_and_letters)
{
	expect("0C 78 05003009", "09300005");
	expect("0C 78 050030FA", "FA300005");
	expect("09 FD0E 03", "03");
	expect("0A FD16 0000", "0000");
	expect("0B FD3A 563412", "123456");
	expect("07 79 0403020124400104", "01020304PAD0104");
	expect("0D 78 C4 05003009", "09300005");
	expect("0D 78 03 414243", "CBA");
}

Test(mbus_value, reals_are_scaled_in_decimal)
{
	expect("05 3E 0000C03F", "1.5");
	expect("05 3B 0000C03F", "0.0015");
	expect("05 2E CDCCCC3D", "100");
	expect("05 22 00000040", "7200");
	expect("0D 3E F8 9A9999999999B93F", "0.1");
	expect_none("05 3E 0000C07F", NO_VALUE_NOT_A_NUMBER);
	expect_none("05 3E 0000C0FF", NO_VALUE_NOT_A_NUMBER);
	expect_none("05 3E 0000807F", NO_VALUE_INFINITE);
	expect_none("05 3E 000080FF", NO_VALUE_INFINITE);
}

Test(mbus_value, every_class_of_variable_length_is_read)
{
	expect("0D 13 C2 3412", "1.234");
	expect("0D 13 D2 3412", "-1.234");
	expect("0D 13 E3 010203", "197.121");
	expect("0D 13 E2 FFFF", "-0.001");
	expect("0D FD10 05 6F6C6C6548", "Hello");
	expect("0D FD10 00", "");
	expect("0D 78 F0 000102030405060708090A0B0C0D0E0F",
	       "0F0E0D0C0B0A09080706050403020100");
	expect("0D 13 E9 010203040506070809", "166599134359138271.745");
	expect("0D 7E E9 010203040506070809", "090807060504030201");
	expect_none("0D 13 C2 A412", NO_VALUE_BCD_ERROR);
	expect_none("0D 13 E0", NO_VALUE_NO_DATA);
	expect_none("0D 13 C0", NO_VALUE_NO_DATA);
}

Test(mbus_value, lengths_of_every_variable_class_are_right)
{
	static const struct {
		const char *lvar;
		size_t size;
	} cases[] = { { "BF", 191 }, { "C9", 9 },  { "D9", 9 },  { "EF", 15 },
		      { "F0", 16 },  { "F1", 20 }, { "F4", 32 }, { "F5", 48 },
		      { "F6", 64 },  { "F8", 8 } };
	static struct bench bench;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char hex[600];

		snprintf(hex, sizeof hex, "0D 13 %s", cases[i].lvar);
		for (size_t j = 0; j < cases[i].size; j++)
			memcpy(hex + strlen(hex), "01", 3);
		bench_records(&bench, hex);
		cr_assert_eq(bench.telegram.status, TELEGRAM_OK, "%s", cases[i].lvar);
		cr_assert_eq(bench.records[0].data.size, cases[i].size, "%s",
			     cases[i].lvar);
	}
}

Test(mbus_value, text_becomes_utf_8_and_a_nul_is_visible)
{
	expect("0D FD10 03 F6 43 B0", "°Cö");
	expect("0D FD10 03 41 00 42", "B\xE2\x90\x80"
				      "A");
}

Test(mbus_value, text_too_long_for_its_field_is_no_value)
{
	uint8_t bytes[200];
	char text[READING_TEXT_MAX];

	memset(bytes, 0, sizeof bytes);
	cr_assert_eq(mbus_text_write(span_of(bytes, 170), true, text, sizeof text), 510);
	cr_assert_eq(mbus_text_write(span_of(bytes, 171), true, text, sizeof text), 0);
	cr_assert_str_eq(text, "");
}

Test(mbus_value, containers_and_profiles_keep_the_order_of_their_bytes)
{
	expect("0D FD3B 03 010203", "010203");
	expect("0D 9313 03 34FE05", "34FE05");
	expect("8D04 931F E3 34FE05", "34FE05");
	expect("09 9313 16", "0.016");
}

Test(mbus_value, a_record_without_data_says_so)
{
	expect_none("00 13", NO_VALUE_NO_DATA);
	expect_none("08 13", NO_VALUE_NO_DATA);
}

Test(mbus_value, dates_are_read_by_their_length)
{
	expect("02 6C DF1C", "2014-12-31");
	expect("04 6D 0F0C7F2C", "2019-12-31T12:15:00");
	expect("06 6D 1E0F0C7F2C00", "2019-12-31T12:15:30");
	expect("03 6D 1E0F0C", "12:15:30");
	expect("02 6D DF1C", "2014-12-31");
	expect("04 FD70 0F0C7F2C", "2019-12-31T12:15:00");
	expect("02 FD30 7F2C", "2019-12-31");
	expect("01 6C 05", "5");
	expect("0A 6C 1234", "3412");
	expect_none("02 6C FFFF", NO_VALUE_DATE_INVALID);
}

Test(mbus_value, a_bad_record_keeps_its_number_and_is_marked)
{
	static struct bench bench;

	cr_assert_str_eq(bench_value(&bench, "0A A618 9999"), "35996400");
	cr_assert_eq(bench.registers[0].record_error, 0x18);
	cr_assert_str_eq(bench.registers[0].modifiers, "");
}

Test(mbus_value, an_additive_correction_is_exact_in_both_directions)
{
	expect("02 E57B 6400", "2.00");
	expect("02 9678 0500", "5.001");
	expect("02 9378 0500", "0.006");
	expect("05 9678 0000C03F", "1.501");
	expect("07 9678 FFFFFFFFFFFF0000", "281474976710655.001");
	expect_none("07 9678 FFFFFFFFFFFFFF7F", NO_VALUE_TOO_LONG);
}
