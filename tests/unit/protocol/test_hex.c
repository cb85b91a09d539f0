/* SPDX-License-Identifier: MIT */
#include "protocol/hex.h"

#include <criterion/criterion.h>

Test(hex, digits_of_both_cases_are_decoded)
{
	uint8_t bytes[5];

	cr_assert(hex_decode(span_text("0168fFABcd"), bytes));
	cr_assert_arr_eq(bytes, "\x01\x68\xFF\xAB\xCD", 5);
}

Test(hex, nothing_decodes_to_nothing)
{
	cr_assert(hex_decode(span_text(""), NULL));
}

Test(hex, an_odd_number_of_digits_is_refused)
{
	uint8_t bytes[2];

	cr_assert_not(hex_decode(span_text("123"), bytes));
}

Test(hex, every_other_character_is_refused_in_either_place)
{
	for (int c = 0; c < 256; c++) {
		char high[2] = { (char)c, '0' };
		char low[2] = { '0', (char)c };
		bool is_digit = c != 0 && strchr("0123456789abcdefABCDEF", c) != NULL;
		uint8_t byte;

		cr_assert_eq(hex_decode(span_of(high, 2), &byte), is_digit, "%d", c);
		cr_assert_eq(hex_decode(span_of(low, 2), &byte), is_digit, "%d", c);
	}
}

Test(hex, bytes_are_written_in_upper_case_and_come_back)
{
	uint8_t bytes[256];
	uint8_t back[256];
	char text[513];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)i;
	hex_encode(span_of(bytes, sizeof bytes), text);
	cr_assert_eq(strncmp(text + 2 * 0x9E, "9E9FA0", 6), 0);
	cr_assert_eq(strlen(text), 512);
	cr_assert(hex_decode(span_text(text), back));
	cr_assert_arr_eq(bytes, back, sizeof bytes);
}
