/* SPDX-License-Identifier: MIT */
#include "protocol/reading.h"

#include <criterion/criterion.h>

Test(reading, reasons_for_no_value_have_distinct_texts)
{
	cr_assert_str_eq(value_no_value_text(NO_VALUE_REASON_NONE), "");
	for (int a = NO_VALUE_NO_DATA; a <= NO_VALUE_TOO_LONG; a++) {
		cr_assert_str_not_empty(value_no_value_text((enum value_no_value)a));
		for (int b = 0; b < a; b++)
			cr_assert_str_neq(value_no_value_text((enum value_no_value)a),
					  value_no_value_text((enum value_no_value)b));
	}
}

Test(reading, functions_and_sources_are_spelt_as_the_schema_says)
{
	cr_assert_str_eq(reading_function_text(READING_INSTANTANEOUS), "instantaneous");
	cr_assert_str_eq(reading_function_text(READING_MAXIMUM), "maximum");
	cr_assert_str_eq(reading_function_text(READING_MINIMUM), "minimum");
	cr_assert_str_eq(reading_function_text(READING_ERROR), "error");
	cr_assert_str_eq(reading_function_text(READING_MANUFACTURER), "manufacturer");
	cr_assert_str_eq(reading_source_text(READING_SOURCE_MBUS), "mbus");
	cr_assert_str_eq(reading_source_text(READING_SOURCE_IEC62056), "iec62056-21");
	cr_assert_str_eq(reading_source_text(READING_SOURCE_INPUT), "input");
}

Test(reading, a_number_that_is_none_of_them_has_an_empty_text)
{
	cr_assert_str_eq(reading_source_text((enum reading_source)0), "");
	cr_assert_str_eq(reading_source_text((enum reading_source)99), "");
	cr_assert_str_eq(reading_function_text((enum reading_function)99), "");
	cr_assert_str_eq(value_no_value_text((enum value_no_value)99), "");
}
