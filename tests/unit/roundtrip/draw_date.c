/* SPDX-License-Identifier: MIT */
/* Dates and times of types F, G, I and J: possible ones, and one fault at a time. */
#include "tests/unit/roundtrip/expectation.h"

#include <stdio.h>

enum { SIZE_G = 2, SIZE_J = 3, SIZE_F = 4, SIZE_I = 6 };

/* Century bits 0 stand for 2000..2080 and 1981..1999, else for 1900 + 100 * bits. */
static unsigned full_year(const struct calendar *calendar, size_t size)
{
	if (size == SIZE_F && calendar->hundred_years != 0)
		return 1900U + 100U * calendar->hundred_years + calendar->year;
	return calendar->year + (calendar->year > 80 ? 1900U : 2000U);
}

static unsigned month_length(unsigned year, unsigned month)
{
	if (month == 2)
		return year % 400 == 0 || (year % 4 == 0 && year % 100 != 0) ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static struct calendar draw_calendar(struct dice *dice, size_t size)
{
	struct calendar calendar = {
		.year = (uint8_t)dice_below(dice, 100),
		.hundred_years = (uint8_t)dice_below(dice, 4),
		.month = (uint8_t)(1 + dice_below(dice, 12)),
		.day_of_week = (uint8_t)dice_below(dice, 8),
		.week = (uint8_t)dice_below(dice, 54),
		.hour = (uint8_t)dice_below(dice, 24),
		.minute = (uint8_t)dice_below(dice, 60),
		.second = (uint8_t)dice_below(dice, 60),
		.is_summertime = dice_permille(dice, 500),
		.is_leap_year = dice_permille(dice, 250),
	};
	unsigned days = month_length(full_year(&calendar, size), calendar.month);

	calendar.day = (uint8_t)(1 + dice_below(dice, days));
	return calendar;
}

/* Makes the date impossible; returns whether it is a pattern such as "every year". */
static bool spoil_date(struct dice *dice, size_t size, struct calendar *calendar)
{
	unsigned fault = dice_below(dice, 7);

	if (fault == 0)
		calendar->day = 0;
	else if (fault == 1)
		calendar->month = 0;
	else if (fault == 2)
		calendar->month = (uint8_t)(13 + dice_below(dice, 2));
	else if (fault == 3)
		calendar->year = (uint8_t)(100 + dice_below(dice, 27));
	else if (fault == 4 &&
		 month_length(full_year(calendar, size), calendar->month) < 31)
		calendar->day = 31;
	else if (fault == 5)
		calendar->year = 127;
	else
		calendar->month = 15;
	return calendar->year == 127 || calendar->month == 15;
}

static void spoil_time(struct dice *dice, size_t size, struct calendar *calendar)
{
	unsigned fault = dice_below(dice, 3);

	if (fault == 0)
		calendar->hour = (uint8_t)(24 + dice_below(dice, 8));
	else if (fault == 1 && size != SIZE_F)
		calendar->second = (uint8_t)(60 + dice_below(dice, 4));
	else
		calendar->minute = (uint8_t)(60 + dice_below(dice, 4));
}

static void expect_text(const struct calendar *calendar, size_t size, struct value *value)
{
	int length = 0;

	if (size != SIZE_J)
		length = snprintf(value->text, sizeof value->text, "%04u-%02u-%02u%s",
				  full_year(calendar, size), calendar->month,
				  calendar->day, size == SIZE_G ? "" : "T");
	if (size != SIZE_G)
		snprintf(value->text + length, sizeof value->text - (size_t)length,
			 "%02u:%02u:%02u", calendar->hour, calendar->minute,
			 size == SIZE_F ? 0U : calendar->second);
	value->kind = VALUE_TEXT;
	/* A meter's clock in the 22nd century is rather wrong. */
	value->is_suspect = size == SIZE_F && calendar->hundred_years > 1;
}

static void put_calendar(struct encoder *encoder, const struct calendar *calendar,
			 size_t size)
{
	if (size == SIZE_G)
		encoder_put_type_g(encoder, calendar);
	else if (size == SIZE_J)
		encoder_put_type_j(encoder, calendar);
	else if (size == SIZE_F)
		encoder_put_type_f(encoder, calendar);
	else
		encoder_put_type_i(encoder, calendar);
}

void draw_date(struct dice *dice, const struct vif_row *row, size_t size,
	       struct encoder *encoder, struct expectation *expected)
{
	static const enum reading_type types[] = {
		[SIZE_G] = READING_TYPE_DATE,
		[SIZE_J] = READING_TYPE_TIME,
		[SIZE_F] = READING_TYPE_DATE_TIME,
		[SIZE_I] = READING_TYPE_DATE_TIME_SECONDS,
	};
	struct calendar calendar = draw_calendar(dice, size);
	struct value *value = &expected->value;
	unsigned fault = dice_below(dice, 8);
	bool has_flags = size == SIZE_F || size == SIZE_I;

	(void)row;
	expected->type = types[size];
	value->is_summertime = has_flags && calendar.is_summertime;
	value->no_value = NO_VALUE_DATE_INVALID;
	if (fault == 0 && size != SIZE_J) {
		value->is_periodic = spoil_date(dice, size, &calendar);
	} else if (fault == 1 && size != SIZE_G) {
		spoil_time(dice, size, &calendar);
	} else if (fault == 2 && has_flags) {
		calendar.is_invalid = true;
	} else {
		value->no_value = NO_VALUE_REASON_NONE;
		expect_text(&calendar, size, value);
	}
	put_calendar(encoder, &calendar, size);
}
