/* SPDX-License-Identifier: MIT */
#include "protocol/iec62056/iec62056_time.h"

enum {
	PAIRS_MAX = 6,
	DIGITS_MAX = 13,
	CENTURY_FROM = 81, /* as with M-Bus: years 81 to 99 are of the last century */
};

/* The digits of a time stamp. */
struct stamp {
	uint8_t digits[DIGITS_MAX];
	size_t count;
	uint8_t season; /* S, W or 0 */
};

static bool stamp_parse(struct span content, struct stamp *ret_stamp)
{
	struct stamp stamp = { .count = 0 };

	for (size_t i = 0; i < content.size; i++) {
		uint8_t character = content.data[i];
		bool is_last = i + 1 == content.size;

		if (character >= '0' && character <= '9') {
			if (stamp.count == DIGITS_MAX)
				return false;
			stamp.digits[stamp.count++] = character;
		} else if (is_last && (character == 'S' || character == 'W')) {
			stamp.season = character;
		} else if (character == '\0' || strchr("-:./, ", character) == NULL) {
			return false;
		}
	}
	*ret_stamp = stamp;
	return true;
}

/* A stamp of an odd number of digits begins with the season: 1 is summer. */
static void take_season_digit(struct stamp *stamp)
{
	if (stamp->count % 2 == 0)
		return;
	stamp->season = stamp->digits[0] == '1' ? 'S' : stamp->season;
	memmove(stamp->digits, stamp->digits + 1, --stamp->count);
}

enum reading_type iec62056_time_type(struct span content, bool *ret_has_season)
{
	struct stamp stamp;

	if (!stamp_parse(content, &stamp))
		return READING_TYPE_NONE;
	*ret_has_season = stamp.season != 0;
	take_season_digit(&stamp);
	if (stamp.count == 10)
		return READING_TYPE_DATE_TIME;
	return stamp.count == 12 ? READING_TYPE_DATE_TIME_SECONDS : READING_TYPE_NONE;
}

static int pair(const struct stamp *stamp, size_t n)
{
	const uint8_t *digits = stamp->digits + 2 * n;

	return n < stamp->count / 2 ? (digits[0] - '0') * 10 + digits[1] - '0' : 0;
}

static bool is_date(int month, int day)
{
	return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static bool is_time(int hour, int minute, int second)
{
	return hour <= 23 && minute <= 59 && second <= 59;
}

/* Writes pairs first to last with mark between; returns the end. */
static char *put_pairs(char *p, const struct stamp *stamp, size_t first, size_t last,
		       char mark)
{
	for (size_t i = first; i <= last; i++) {
		memcpy(p, stamp->digits + 2 * i, 2);
		p += 2;
		if (i < last)
			*p++ = mark;
	}
	return p;
}

static char *put_date(char *p, const struct stamp *stamp)
{
	memcpy(p, pair(stamp, 0) >= CENTURY_FROM ? "19" : "20", 2);
	return put_pairs(p + 2, stamp, 0, 2, '-');
}

void iec62056_time_read(struct span content, struct value *ret_value)
{
	struct stamp stamp;
	char *p = ret_value->text;

	if (!stamp_parse(content, &stamp))
		stamp.count = 0;
	take_season_digit(&stamp);
	if (!is_date(pair(&stamp, 1), pair(&stamp, 2)) ||
	    !is_time(pair(&stamp, 3), pair(&stamp, 4), pair(&stamp, 5))) {
		ret_value->kind = VALUE_NONE;
		ret_value->no_value = NO_VALUE_DATE_INVALID;
		return;
	}
	p = put_date(p, &stamp);
	*p++ = 'T';
	p = put_pairs(p, &stamp, 3, stamp.count / 2 - 1, ':');
	if (stamp.count / 2 < PAIRS_MAX) {
		memcpy(p, ":00", 3);
		p += 3;
	}
	*p = '\0';
	ret_value->kind = VALUE_TEXT;
	ret_value->is_summertime = stamp.season == 'S';
}

bool iec62056_clock_read(enum reading_type type, struct span content,
			 struct value *ret_value)
{
	struct stamp stamp;
	char *p = ret_value->text;

	if (!stamp_parse(content, &stamp) || stamp.count != 6)
		return false;
	if (type == READING_TYPE_DATE && is_date(pair(&stamp, 1), pair(&stamp, 2)))
		p = put_date(p, &stamp);
	else if (type == READING_TYPE_TIME &&
		 is_time(pair(&stamp, 0), pair(&stamp, 1), pair(&stamp, 2)))
		p = put_pairs(p, &stamp, 0, 2, ':');
	else
		return false;
	*p = '\0';
	ret_value->kind = VALUE_TEXT;
	return true;
}
