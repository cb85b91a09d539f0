/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/mbus_date.h"

enum {
	EVERY_YEAR = 127,
	EVERY_MONTH = 15,
	YEAR_MAX = 99,
	CENTURY_PIVOT = 80, /* without hundred-year bits 00..80 is 2000..2080 */
	INVALID_BIT = 0x80,
	TEXT_SIZE_DATE = 10,
	TEXT_SIZE_TIME = 8,
};

struct date {
	unsigned year; /* as sent: 0..99, or EVERY_YEAR */
	unsigned hundred_years;
	unsigned month;
	unsigned day;
};

struct time_of_day {
	unsigned hour;
	unsigned minute;
	unsigned second;
};

/* number is below 100. */
static void write_two(char *p, unsigned number)
{
	unsigned tens = number / 10;

	p[0] = (char)('0' + tens);
	p[1] = (char)('0' + number - 10 * tens);
}

static void write_date(char *p, unsigned year, const struct date *date)
{
	write_two(p, year / 100);
	write_two(p + 2, year % 100);
	p[4] = '-';
	write_two(p + 5, date->month);
	p[7] = '-';
	write_two(p + 8, date->day);
}

static void write_time(char *p, const struct time_of_day *time)
{
	write_two(p, time->hour);
	p[2] = ':';
	write_two(p + 3, time->minute);
	p[5] = ':';
	write_two(p + 6, time->second);
}

/* Day and month are in the same places of all types; year is in both bytes' high bits. */
static struct date date_of(uint8_t low, uint8_t high)
{
	return (struct date){ .year = (unsigned)(low >> 5 | (high & 0xF0) >> 1),
			      .month = high & 0x0F,
			      .day = low & 0x1F };
}

static unsigned year_of(const struct date *date)
{
	if (date->hundred_years != 0)
		return 1900 + 100 * date->hundred_years + date->year;
	return date->year + (date->year <= CENTURY_PIVOT ? 2000U : 1900U);
}

static unsigned days_in_month(unsigned year, unsigned month)
{
	static const uint8_t days[] = {
		0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month] + (month == 2 && is_leap ? 1U : 0U);
}

static bool is_possible(const struct date *date, unsigned year)
{
	return date->year <= YEAR_MAX && date->month >= 1 && date->month <= 12 &&
	       date->day >= 1 && date->day <= days_in_month(year, date->month);
}

/* "Every" fields with something definite beside them; all ones is no pattern. */
static bool is_pattern(const struct date *date)
{
	bool is_month_definite = date->month >= 1 && date->month <= 12;
	bool is_year_definite = date->year <= YEAR_MAX;

	if (date->year == EVERY_YEAR)
		return is_month_definite ||
		       (date->month == EVERY_MONTH && date->day >= 1 && date->day < 31);
	return date->month == EVERY_MONTH && is_year_definite;
}

static bool is_time_possible(const struct time_of_day *time)
{
	return time->hour < 24 && time->minute < 60 && time->second < 60;
}

static void set_text(struct value *ret_value, size_t size)
{
	ret_value->kind = VALUE_TEXT;
	ret_value->no_value = NO_VALUE_REASON_NONE;
	ret_value->text[size] = '\0';
}

/* Writes the date to the text and says whether there is one. */
static bool read_date(const struct date *date, struct value *ret_value)
{
	unsigned year = year_of(date);

	ret_value->is_periodic = is_pattern(date);
	if (!is_possible(date, year))
		return false;
	ret_value->is_suspect = date->hundred_years > 1;
	write_date(ret_value->text, year, date);
	set_text(ret_value, TEXT_SIZE_DATE);
	return true;
}

static void read_date_time(const struct date *date, const struct time_of_day *time,
			   struct value *ret_value)
{
	if (!is_time_possible(time) || !read_date(date, ret_value))
		return;
	ret_value->text[TEXT_SIZE_DATE] = 'T';
	write_time(ret_value->text + TEXT_SIZE_DATE + 1, time);
	set_text(ret_value, TEXT_SIZE_DATE + 1 + TEXT_SIZE_TIME);
}

static void read_type_g(const uint8_t *bytes, struct value *ret_value)
{
	struct date date = date_of(bytes[0], bytes[1]);

	read_date(&date, ret_value);
}

static void read_type_j(const uint8_t *bytes, struct value *ret_value)
{
	struct time_of_day time = { .second = bytes[0] & 0x3F,
				    .minute = bytes[1] & 0x3F,
				    .hour = bytes[2] & 0x1F };

	if (!is_time_possible(&time))
		return;
	write_time(ret_value->text, &time);
	set_text(ret_value, TEXT_SIZE_TIME);
}

static void read_type_f(const uint8_t *bytes, struct value *ret_value)
{
	struct time_of_day time = { .minute = bytes[0] & 0x3F, .hour = bytes[1] & 0x1F };
	struct date date = date_of(bytes[2], bytes[3]);

	date.hundred_years = bytes[1] >> 5 & 3;
	ret_value->is_summertime = bytes[1] >> 7;
	if (!(bytes[0] & INVALID_BIT))
		read_date_time(&date, &time, ret_value);
}

static void read_type_i(const uint8_t *bytes, struct value *ret_value)
{
	struct time_of_day time = { .second = bytes[0] & 0x3F,
				    .minute = bytes[1] & 0x3F,
				    .hour = bytes[2] & 0x1F };
	struct date date = date_of(bytes[3], bytes[4]);

	ret_value->is_summertime = bytes[0] >> 6 & 1;
	if (!(bytes[1] & INVALID_BIT))
		read_date_time(&date, &time, ret_value);
}

void mbus_date_read(enum reading_type type, const uint8_t *bytes, struct value *ret_value)
{
	ret_value->kind = VALUE_NONE;
	ret_value->no_value = NO_VALUE_DATE_INVALID;
	if (type == READING_TYPE_DATE)
		read_type_g(bytes, ret_value);
	else if (type == READING_TYPE_TIME)
		read_type_j(bytes, ret_value);
	else if (type == READING_TYPE_DATE_TIME)
		read_type_f(bytes, ret_value);
	else
		read_type_i(bytes, ret_value);
}
