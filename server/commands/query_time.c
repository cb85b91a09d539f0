/* SPDX-License-Identifier: MIT */
#include "server/commands/query_time.h"

#include <string.h>
#include <time.h>

#include "config/units.h"

/* The forms of a date and time, the longest first. */
static const char *const forms[] = {
	"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M",
	"%Y-%m-%d %H:%M",    "%Y-%m-%d",
};

static bool two_digits(const char *text, int max, int *ret_number)
{
	if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
		return false;
	*ret_number = (text[0] - '0') * 10 + text[1] - '0';
	return *ret_number <= max;
}

/* "+01:00" or "Z", and nothing behind. */
static bool parse_zone(const char *text, int64_t *ret_offset_s)
{
	int hours, minutes;

	if (strcmp(text, "Z") == 0) {
		*ret_offset_s = 0;
		return true;
	}
	if ((text[0] != '+' && text[0] != '-') || !two_digits(text + 1, 14, &hours) ||
	    text[3] != ':' || !two_digits(text + 4, 59, &minutes) || text[6] != '\0')
		return false;
	*ret_offset_s = (text[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
	return true;
}

/* A fraction of a second says nothing to a minute's reading: it is read over. */
static const char *skip_fraction(const char *text)
{
	return text[0] == '.' ? text + 1 + strspn(text + 1, "0123456789") : text;
}

static bool parse_date(const char *text, int64_t *ret_ms)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct tm date = { .tm_isdst = -1 };
		struct tm check;
		int64_t offset_s = 0;
		const char *rest = strptime(text, forms[i], &date);
		if (rest == NULL)
			continue;
		rest = skip_fraction(rest);
		bool has_zone = parse_zone(rest, &offset_s);
		if (!has_zone && *rest != '\0')
			continue;
		check = date;
		time_t seconds = has_zone ? timegm(&check) : mktime(&check);
		/* The 31st of April is the 1st of May to libc, not to us. */
		if (check.tm_mday != date.tm_mday)
			return false;
		*ret_ms = ((int64_t)seconds - offset_s) * 1000;
		return true;
	}
	return false;
}

bool query_time_parse(const char *text, int64_t now_ms, int64_t *ret_ms)
{
	uint64_t ago_ms;

	if (duration_parse(text, &ago_ms) == UNITS_OK && (int64_t)ago_ms >= 0) {
		*ret_ms = now_ms - (int64_t)ago_ms;
		return true;
	}
	return parse_date(text, ret_ms);
}
