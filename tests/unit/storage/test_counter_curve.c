/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "storage/consumption/counter_curve.h"
#include "storage/consumption/counter_digits.h"

enum { HOUR = 3600 };

static struct counter_curve curve_of(struct counter_point *points, size_t count,
				     int64_t period_s)
{
	static int64_t time, period;
	period = period_s;
	struct counter_curve curve = { points, count, { &time, &period, 1 } };
	counter_curve_join(&curve);
	return curve;
}

Test(counter_curve, takes_the_nearest_reading_within_half_the_rhythm)
{
	struct counter_point points[] = { { .at = 1000, .digits = 10 },
					  { .at = 4600, .digits = 20 } };
	struct counter_curve curve = curve_of(points, 2, HOUR);
	struct counter_value value = counter_curve_value(&curve, 2700);
	cr_expect_eq(value.digits, 10);
	cr_expect_not(value.is_interpolated);
	cr_expect_eq(counter_curve_value(&curve, 2900).digits, 20);
	cr_expect_eq(counter_curve_value(&curve, 0).digits, 10);
	cr_expect_eq(counter_curve_value(&curve, -1000).place, COUNTER_BEFORE);
	cr_expect_eq(counter_curve_value(&curve, 6401).place, COUNTER_AFTER);
}

Test(counter_curve, draws_a_line_where_no_reading_is_near)
{
	struct counter_point points[] = { { .at = 0, .digits = 0 },
					  { .at = 10 * HOUR, .digits = 1000 } };
	struct counter_curve curve = curve_of(points, 2, HOUR);
	struct counter_value value = counter_curve_value(&curve, 5 * HOUR);
	cr_expect_eq(value.digits, 500);
	cr_expect(value.is_interpolated);
}

Test(counter_curve, rolls_over_only_from_above_nine_tenths_to_below_one_tenth)
{
	static const struct {
		int64_t before, after, modulus;
		enum counter_step step;
	} cases[] = {
		{ 9001, 999, 10000, COUNTER_ROLLS_OVER },
		{ 9999, 0, 10000, COUNTER_ROLLS_OVER },
		{ 9000, 999, 10000, COUNTER_FALLS },
		{ 9001, 1000, 10000, COUNTER_FALLS },
		{ 9999, 0, 0, COUNTER_FALLS },
		{ 9999, 9999, 10000, COUNTER_GOES_ON },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct counter_point before = { .digits = cases[i].before,
						.modulus = cases[i].modulus };
		struct counter_point after = { .digits = cases[i].after,
					       .modulus = cases[i].modulus };
		cr_expect_eq(counter_step_between(&before, &after), cases[i].step,
			     "case %zu", i);
	}
}

Test(counter_curve, goes_on_after_a_roll_over_and_shows_what_the_meter_shows)
{
	struct counter_point points[] = {
		{ .at = 0, .digits = 9900, .modulus = 10000 },
		{ .at = 10 * HOUR, .digits = 100, .modulus = 10000 }
	};
	struct counter_curve curve = curve_of(points, 2, HOUR);
	struct counter_value from = counter_curve_value(&curve, 0);
	struct counter_value to = counter_curve_value(&curve, 10 * HOUR);
	struct counter_value middle = counter_curve_value(&curve, 7 * HOUR);
	int64_t digits = 0;
	cr_assert(counter_difference(&from, &to, &digits));
	cr_expect_eq(digits, 200);
	cr_expect_eq(to.shown, 100);
	cr_expect_eq(middle.shown, 40);
}

Test(counter_curve, has_no_value_across_a_fall)
{
	struct counter_point points[] = { { .at = 0, .digits = 500 },
					  { .at = 10 * HOUR, .digits = 3 },
					  { .at = 11 * HOUR, .digits = 4 } };
	struct counter_curve curve = curve_of(points, 3, HOUR);
	struct counter_value from = counter_curve_value(&curve, 0);
	struct counter_value cut = counter_curve_value(&curve, 5 * HOUR);
	struct counter_value after = counter_curve_value(&curve, 10 * HOUR);
	struct counter_value to = counter_curve_value(&curve, 11 * HOUR);
	int64_t digits = 0;
	cr_expect_eq(cut.place, COUNTER_CUT);
	cr_expect_not(counter_difference(&from, &to, &digits));
	cr_expect_not(counter_difference(&from, &cut, &digits));
	cr_expect(counter_difference(&after, &to, &digits));
	cr_expect_eq(digits, 1);
}

static size_t random_points(struct counter_point *points, size_t most)
{
	size_t count = 2 + (size_t)rand() % (most - 2);
	int64_t at = 0, digits = rand() % 1000;
	for (size_t i = 0; i < count; i++) {
		points[i] = (struct counter_point){ .at = at,
						    .digits = digits % 100000,
						    .modulus = 100000 };
		at += rand() % 10 == 0 ? rand() % 500000 : 1 + rand() % 7200;
		digits += rand() % 3000;
	}
	return count;
}

Test(counter_curve, never_falls_and_its_parts_add_up_to_the_whole)
{
	struct counter_point points[60];
	srand(1);
	for (int round = 0; round < 2000; round++) {
		size_t count = random_points(points, 60);
		struct counter_curve curve = curve_of(points, count, 1 + rand() % 9000);
		struct counter_value from = counter_curve_value(&curve, points[0].at);
		struct counter_value before = from;
		int64_t sum = 0, whole = 0, digits = 0;
		int64_t end = curve.points[curve.count - 1].at;
		for (int64_t at = points[0].at; at < end;) {
			at += 1 + rand() % 20000;
			at = at > end ? end : at;
			struct counter_value value = counter_curve_value(&curve, at);
			cr_assert(counter_difference(&before, &value, &digits));
			cr_assert_geq(digits, 0);
			sum += digits;
			before = value;
		}
		cr_assert(counter_difference(&from, &before, &whole));
		cr_assert_eq(sum, whole);
		cr_assert_eq(before.shown, curve.points[curve.count - 1].digits);
	}
}

Test(counter_curve, knows_the_rhythm_by_the_middle_step)
{
	int64_t hourly[] = { 0, HOUR, HOUR + 2, 2 * HOUR, 9 * HOUR, 10 * HOUR };
	cr_expect_eq(rhythm_at(hourly, 6, 3), HOUR);
	cr_expect_eq(rhythm_at(hourly, 3, 0), 0);
	cr_expect_eq(rhythm_missing(HOUR + HOUR / 2, HOUR), 0);
	cr_expect_eq(rhythm_missing(2 * HOUR, HOUR), 1);
	cr_expect_eq(rhythm_missing(7 * HOUR + 100, HOUR), 6);
}

Test(counter_digits, are_read_exactly)
{
	static const struct {
		const char *text;
		int exponent, to_exponent;
		bool is_number;
		int64_t digits;
	} cases[] = {
		{ "1891", -3, -3, true, 1891 },
		{ "1891", 3, -3, true, 1891000000 },
		{ "-5", 0, -2, true, -500 },
		{ "1.25e-7", 0, -6, true, 0 },
		{ "1.25e2", 0, -3, true, 125000 },
		{ "12.3456", 0, -3, true, 12345 },
		{ "0", 18, -18, true, 0 },
		{ "9223372036854775807", 0, -1, false, 0 },
		{ "99999999999999999999", 0, 0, false, 0 },
		{ "", 0, 0, false, 0 },
		{ "12x", 0, 0, false, 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int64_t digits = 0;
		bool is_number =
			counter_digits_read(span_text(cases[i].text), cases[i].exponent,
					    cases[i].to_exponent, &digits);
		cr_expect_eq(is_number, cases[i].is_number, "%s", cases[i].text);
		cr_expect_eq(digits, cases[i].digits, "%s", cases[i].text);
	}
}

Test(counter_digits, are_read_as_people_write_them)
{
	int64_t digits = 0;
	cr_assert(counter_digits_parse("1234.5 kWh", "Wh", 0, &digits));
	cr_expect_eq(digits, 1234500);
	cr_assert(counter_digits_parse("17", "m3", -3, &digits));
	cr_expect_eq(digits, 17000);
	cr_assert(counter_digits_parse("17 l", "m3", -3, &digits));
	cr_expect_eq(digits, 17);
	cr_expect_not(counter_digits_parse("17 m3", "Wh", 0, &digits));
	cr_expect_not(counter_digits_parse("seventeen", "m3", -3, &digits));
}
