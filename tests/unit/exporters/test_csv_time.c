/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "exporters/csv/csv_time.h"

static void expect_seconds(int64_t unix_seconds, const char *expected)
{
	struct csv_day day = { .size = 0 };
	char text[CSV_TIME_MAX];
	csv_time_seconds(&day, unix_seconds, text);
	cr_expect_str_eq(text, expected);
}

Test(csv_time, stamps_are_utc_with_z)
{
	expect_seconds(0, "1970-01-01T00:00:00Z");
	expect_seconds(1795368032, "2026-11-22T17:20:32Z");
	expect_seconds(951782400, "2000-02-29T00:00:00Z");
	expect_seconds(-1, "1969-12-31T23:59:59Z");
	expect_seconds(-2203891200, "1900-03-01T00:00:00Z");
}

Test(csv_time, years_beyond_four_digits_have_a_sign)
{
	char text[CSV_TIME_MAX];
	struct csv_day day = { .size = 0 };
	expect_seconds(253402300799, "9999-12-31T23:59:59Z");
	expect_seconds(253402300800, "+010000-01-01T00:00:00Z");
	expect_seconds(-62167219201, "-000001-12-31T23:59:59Z");
	expect_seconds(INT64_MAX, "+292277026596-12-04T15:30:07Z");
	expect_seconds(INT64_MIN, "-292277022657-01-27T08:29:52Z");
	csv_time_milliseconds(&day, INT64_MIN, text);
	cr_expect_str_eq(text, "-292275055-05-16T16:47:04.192Z");
}

Test(csv_time, milliseconds_have_three_digits)
{
	char text[CSV_TIME_MAX];
	struct csv_day day = { .size = 0 };
	csv_time_milliseconds(&day, 1795368032007, text);
	cr_expect_str_eq(text, "2026-11-22T17:20:32.007Z");
	csv_time_milliseconds(&day, -1, text);
	cr_expect_str_eq(text, "1969-12-31T23:59:59.999Z");
}

Test(csv_time, a_kept_day_gives_what_the_c_library_gives)
{
	struct csv_day day = { .size = 0 };
	for (int64_t seconds = -5000000000; seconds < 10000000000; seconds += 7654321) {
		char text[CSV_TIME_MAX];
		char expected[CSV_TIME_MAX];
		time_t moment = (time_t)seconds;
		struct tm parts;
		gmtime_r(&moment, &parts);
		strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%SZ", &parts);
		csv_time_seconds(&day, seconds, text);
		cr_assert_str_eq(text, expected);
		csv_time_seconds(&day, seconds, text);
		cr_assert_str_eq(text, expected);
	}
}
