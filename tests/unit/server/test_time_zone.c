/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "config/time_zone.h"
#include "server/time_zone.h"

enum { HOUR = 3600, YEAR_DAYS = 400 };

static struct calendar_day days[YEAR_DAYS];

/* The days of the zone from noon of UTC on. */
static size_t days_of(const char *zone, int64_t from_at, int64_t to_at)
{
	time_zone_use(zone);
	return time_zone_days(from_at, to_at, YEAR_DAYS, days);
}

static const struct calendar_day *find_day(size_t count, const char *date)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(days[i].date, date) == 0)
			return &days[i];
	return NULL;
}

static int64_t length_of(size_t count, const char *date)
{
	const struct calendar_day *day = find_day(count, date);
	cr_assert_not_null(day, "%s", date);
	return day->end_at - day->start_at;
}

/* 2026-01-01T12:00:00Z */
#define NOON_2026 INT64_C(1767268800)

Test(time_zone, has_days_of_23_and_25_hours)
{
	size_t count = days_of("Europe/Berlin", NOON_2026, NOON_2026 + 360 * 86400);
	cr_expect_str_eq(days[0].date, "2026-01-01");
	cr_expect_eq(days[0].start_at, NOON_2026 - 13 * HOUR);
	cr_expect_eq(length_of(count, "2026-03-29"), 23 * HOUR);
	cr_expect_eq(length_of(count, "2026-10-25"), 25 * HOUR);
	for (size_t i = 1; i < count; i++)
		cr_assert_eq(days[i].start_at, days[i - 1].end_at);
}

Test(time_zone, may_shift_by_half_an_hour_or_at_midnight)
{
	size_t count = days_of("Australia/Lord_Howe", NOON_2026, NOON_2026 + 360 * 86400);
	cr_expect_eq(length_of(count, "2026-04-05"), 24 * HOUR + HOUR / 2);
	/* Midnight becomes one o'clock: the day begins at one. */
	count = days_of("Africa/Cairo", NOON_2026, NOON_2026 + 360 * 86400);
	cr_expect_eq(length_of(count, "2026-04-24"), 23 * HOUR);
	cr_expect_eq(length_of(count, "2026-10-29"), 25 * HOUR);
}

Test(time_zone, may_leave_out_a_whole_day)
{
	/* 2011-12-20T12:00:00Z, in which December Samoa had no 30th. */
	int64_t from_at = INT64_C(1324382400);
	size_t count = days_of("Pacific/Apia", from_at, from_at + 20 * 86400);
	cr_expect_null(find_day(count, "2011-12-30"));
	const struct calendar_day *before = find_day(count, "2011-12-29");
	const struct calendar_day *after = find_day(count, "2011-12-31");
	cr_assert(before != NULL && after != NULL);
	cr_expect_eq(before->end_at, after->start_at);
}

Test(time_zone, is_known_by_the_systems_data)
{
	cr_expect(time_zone_is_known("Europe/Berlin"));
	cr_expect(time_zone_is_known("UTC"));
	cr_expect_not(time_zone_is_known("Europe/Berlim"));
	cr_expect_not(time_zone_is_known("Europe"));
	cr_expect_not(time_zone_is_known("../../etc/passwd"));
	cr_expect_not(time_zone_is_known(""));
}
