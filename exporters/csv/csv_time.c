/* SPDX-License-Identifier: MIT */
#include "exporters/csv/csv_time.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

enum { DAY_SECONDS = 86400, QUARTER_SECONDS = 900, HOUR_SECONDS = 3600 };

static char *put_digits(char *at, uint64_t number, unsigned width)
{
	char digits[20];
	unsigned size = 0;
	do {
		digits[size++] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0 || size < width);
	while (size > 0)
		*at++ = digits[--size];
	return at;
}

static char *put_year(char *at, int64_t year)
{
	if (year >= 0 && year <= 9999)
		return put_digits(at, (uint64_t)year, 4);
	*at++ = year < 0 ? '-' : '+';
	return put_digits(at, (uint64_t)(year < 0 ? -year : year), 6);
}

/*
 * Days since 1970-01-01 to the proleptic Gregorian calendar: years begin in March, so
 * that the leap day comes last, and 400 years have 146097 days.
 */
static char *put_date(char *at, int64_t day)
{
	int64_t shifted = day + 719468; /* 0000-03-01 is day 0 */
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t of_era = shifted - era * 146097;
	int64_t year_of_era =
		(of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year =
		of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t march_month = (5 * of_year + 2) / 153;
	int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
	at = put_year(at, year_of_era + era * 400 + (month <= 2));
	*at++ = '-';
	at = put_digits(at, (uint64_t)month, 2);
	*at++ = '-';
	return put_digits(at, (uint64_t)(of_year - (153 * march_month + 2) / 5 + 1), 2);
}

static char *put_stamp(struct csv_day *day, int64_t unix_seconds, char *at)
{
	int64_t number = unix_seconds / DAY_SECONDS - (unix_seconds % DAY_SECONDS < 0);
	uint64_t second =
		(uint64_t)((unix_seconds % DAY_SECONDS + DAY_SECONDS) % DAY_SECONDS);
	if (day->size == 0 || day->day != number) {
		day->day = number;
		day->size = (uint32_t)(put_date(day->date, number) - day->date);
	}
	memcpy(at, day->date, day->size);
	at += day->size;
	*at++ = 'T';
	at = put_digits(at, second / 3600, 2);
	*at++ = ':';
	at = put_digits(at, second / 60 % 60, 2);
	*at++ = ':';
	return put_digits(at, second % 60, 2);
}

/* Offsets change at quarters of an hour, so one look serves all stamps of one. */
static int64_t to_local(struct csv_day *day, int64_t unix_seconds)
{
	struct tm tm;
	time_t at = (time_t)unix_seconds;
	int64_t quarter = unix_seconds / QUARTER_SECONDS;
	if (!day->is_local)
		return unix_seconds;
	if (quarter != day->quarter || day->size == 0) {
		day->offset_s = localtime_r(&at, &tm) ? (int32_t)tm.tm_gmtoff : 0;
		day->quarter = quarter;
	}
	return unix_seconds + day->offset_s;
}

static void put_zone(const struct csv_day *day, char *at)
{
	if (!day->is_local) {
		memcpy(at, "Z", 2);
		return;
	}
	uint64_t offset = (uint64_t)(day->offset_s < 0 ? -day->offset_s : day->offset_s);
	*at++ = day->offset_s < 0 ? '-' : '+';
	at = put_digits(at, offset / HOUR_SECONDS, 2);
	*at++ = ':';
	at = put_digits(at, offset % HOUR_SECONDS / 60, 2);
	*at = '\0';
}

void csv_time_seconds(struct csv_day *day, int64_t unix_seconds, char *ret_text)
{
	put_zone(day, put_stamp(day, to_local(day, unix_seconds), ret_text));
}

void csv_time_milliseconds(struct csv_day *day, int64_t unix_ms, char *ret_text)
{
	int64_t seconds = unix_ms / 1000 - (unix_ms % 1000 < 0);
	char *at = put_stamp(day, to_local(day, seconds), ret_text);
	*at++ = '.';
	at = put_digits(at, (uint64_t)((unix_ms % 1000 + 1000) % 1000), 3);
	put_zone(day, at);
}
