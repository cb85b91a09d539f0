/* SPDX-License-Identifier: MIT */
#include "server/time_zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { QUARTER_DAY_S = 6 * 3600, DAYS_APART_S = 3 * 86400, DATE_SIZE = 11 };

void time_zone_use(const char *name)
{
	if (name[0] != '\0')
		(void)setenv("TZ", name, 1);
	tzset();
}

/* 20260329: dates in the order of time. */
static int32_t date_at(int64_t at)
{
	time_t time = (time_t)at;
	struct tm tm = { 0 };
	(void)localtime_r(&time, &tm);
	return (tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 + tm.tm_mday;
}

/* The first second of the date of high; it begins after low. */
static int64_t find_begin(int64_t low, int64_t high)
{
	int32_t date = date_at(high);
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;
		if (date_at(middle) < date)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* Quarters of a day are short enough to miss no date. */
static int64_t find_end(int64_t at)
{
	int64_t later = at;
	while (date_at(later) == date_at(at))
		later += QUARTER_DAY_S;
	return find_begin(later - QUARTER_DAY_S, later);
}

static void write_date(int32_t date, char ret_date[DATE_SIZE])
{
	snprintf(ret_date, DATE_SIZE, "%04u-%02u-%02u", (unsigned)(date / 10000) % 10000,
		 (unsigned)(date / 100 % 100), (unsigned)(date % 100));
}

size_t time_zone_days(int64_t from_at, int64_t to_at, size_t limit,
		      struct calendar_day *ret_days)
{
	size_t count = 0;
	int64_t at = find_begin(from_at - DAYS_APART_S, from_at);
	for (; at <= to_at && count < limit; count++) {
		struct calendar_day *day = &ret_days[count];
		write_date(date_at(at), day->date);
		day->start_at = at;
		day->end_at = find_end(at);
		at = day->end_at;
	}
	return count;
}
