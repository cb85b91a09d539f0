/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/mbus_date.h"

#include <criterion/criterion.h>

#include "tests/unit/protocol/mbus_bench.h"

static struct value read(enum reading_type type, const char *hex)
{
	uint8_t bytes[6];
	struct value value = { 0 };

	bench_hex(hex, bytes);
	mbus_date_read(type, bytes, &value);
	return value;
}

static void expect(enum reading_type type, const char *hex, const char *wanted)
{
	struct value value = read(type, hex);

	cr_assert_eq(value.kind, VALUE_TEXT, "%s", hex);
	cr_assert_eq(value.no_value, NO_VALUE_REASON_NONE);
	cr_assert_str_eq(value.text, wanted);
}

static void expect_none(enum reading_type type, const char *hex, bool is_periodic)
{
	struct value value = read(type, hex);

	cr_assert_eq(value.kind, VALUE_NONE, "%s", hex);
	cr_assert_eq(value.no_value, NO_VALUE_DATE_INVALID);
	cr_assert_eq(value.is_periodic, is_periodic, "%s", hex);
}

Test(mbus_date, type_g_is_a_date_with_a_pivot_at_80)
{
	expect(READING_TYPE_DATE, "DF1C", "2014-12-31");
	expect(READING_TYPE_DATE, "7FCC", "1999-12-31");
	expect(READING_TYPE_DATE, "1FAC", "2080-12-31");
	expect(READING_TYPE_DATE, "3FAC", "1981-12-31");
	expect(READING_TYPE_DATE, "1D02", "2000-02-29");
}

Test(mbus_date, impossible_dates_are_no_value)
{
	expect(READING_TYPE_DATE, "3E04", "2001-04-30");
	expect_none(READING_TYPE_DATE, "0000", false);
	expect_none(READING_TYPE_DATE, "FFFF", false);
	expect_none(READING_TYPE_DATE, "2001", false); /* day 0 */
	expect_none(READING_TYPE_DATE, "2F00", false); /* month 0 */
	expect_none(READING_TYPE_DATE, "2F0D", false); /* month 13 */
	expect_none(READING_TYPE_DATE, "3F06", false); /* 31 June */
	expect_none(READING_TYPE_DATE, "3D02", false); /* 29 February 2001 */
	expect_none(READING_TYPE_DATE, "81C1", false); /* year 100 */
}

Test(mbus_date, every_year_and_every_month_are_patterns)
{
	expect_none(READING_TYPE_DATE, "E1F1", true);
	expect_none(READING_TYPE_DATE, "010F", true);
	expect_none(READING_TYPE_DATE, "E1FF", true);
}

Test(mbus_date, type_f_is_date_and_time_with_its_flags)
{
	expect(READING_TYPE_DATE_TIME, "3510E214", "2015-04-02T16:53:00");
	expect(READING_TYPE_DATE_TIME, "172ECC13", "2014-03-12T14:23:00");
	cr_assert(read(READING_TYPE_DATE_TIME, "0F8F7F2C").is_summertime);
	cr_assert_not(read(READING_TYPE_DATE_TIME, "0F0F7F2C").is_summertime);
	expect_none(READING_TYPE_DATE_TIME, "8F2F7F2C", false); /* invalid bit */
	expect_none(READING_TYPE_DATE_TIME, "3C0F7F2C", false); /* minute 60 */
	expect_none(READING_TYPE_DATE_TIME, "0F187F2C", false); /* hour 24 */
}

Test(mbus_date, hundred_year_bits_count_from_1900_and_a_far_century_is_suspect)
{
	struct value value = read(READING_TYPE_DATE_TIME, "0F4F7F2C");

	cr_assert_str_eq(value.text, "2119-12-31T15:15:00");
	cr_assert(value.is_suspect);
	expect(READING_TYPE_DATE_TIME, "0F2F7F2C", "2019-12-31T15:15:00");
	cr_assert_not(read(READING_TYPE_DATE_TIME, "0F2F7F2C").is_suspect);
}

Test(mbus_date, type_i_has_seconds)
{
	expect(READING_TYPE_DATE_TIME_SECONDS, "1E0F0C7F2C00", "2019-12-31T12:15:30");
	cr_assert_not(read(READING_TYPE_DATE_TIME_SECONDS, "1E0F0C7F2C00").is_summertime);
	cr_assert(read(READING_TYPE_DATE_TIME_SECONDS, "5E0F0C7F2C00").is_summertime);
	expect_none(READING_TYPE_DATE_TIME_SECONDS, "1E8F0C7F2C00", false);
	expect_none(READING_TYPE_DATE_TIME_SECONDS, "3C0F0C7F2C00", false);
}

Test(mbus_date, type_j_is_a_time_of_day)
{
	expect(READING_TYPE_TIME, "1E0F0C", "12:15:30");
	expect(READING_TYPE_TIME, "000000", "00:00:00");
	expect_none(READING_TYPE_TIME, "3F3F1F", false);
}
