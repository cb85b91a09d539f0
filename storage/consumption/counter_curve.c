/* SPDX-License-Identifier: MIT */
#include "storage/consumption/counter_curve.h"

#include <stdlib.h>
#include <string.h>

enum { ONE_READOUT_S = 60, STEPS_MIN = 3 };

enum counter_step counter_step_between(const struct counter_point *before,
				       const struct counter_point *after)
{
	int64_t modulus = after->modulus;
	if (after->digits >= before->digits)
		return COUNTER_GOES_ON;
	/* A tenth of a power of ten is exact; below ten there is nothing to tell. */
	if (modulus >= 10 && modulus == before->modulus &&
	    before->digits > modulus - modulus / 10 && before->digits < modulus &&
	    after->digits >= 0 && after->digits < modulus / 10)
		return COUNTER_ROLLS_OVER;
	return COUNTER_FALLS;
}

/* turned holds the place in the array meanwhile. */
static int compare_points(const void *left, const void *right)
{
	const struct counter_point *a = left, *b = right;
	if (a->at != b->at)
		return (a->at > b->at) - (a->at < b->at);
	return (a->turned > b->turned) - (a->turned < b->turned);
}

/* Equal ones keep their order. */
static void sort_points(struct counter_point *points, size_t count)
{
	for (size_t i = 0; i < count; i++)
		points[i].turned = (int64_t)i;
	if (count > 1)
		qsort(points, count, sizeof *points, compare_points);
}

static size_t drop_repeated(struct counter_point *points, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (i + 1 == count || points[i + 1].at != points[i].at)
			points[kept++] = points[i];
	return kept;
}

void counter_curve_join(struct counter_curve *curve)
{
	struct counter_point *points = curve->points;
	sort_points(points, curve->count);
	curve->count = drop_repeated(points, curve->count);
	for (size_t i = 0; i < curve->count; i++) {
		points[i].turned = i == 0 ? 0 : points[i - 1].turned;
		points[i].piece = i == 0 ? 0 : points[i - 1].piece;
		if (i == 0)
			continue;
		enum counter_step step = counter_step_between(&points[i - 1], &points[i]);
		bool is_full = points[i].turned > INT64_MAX / 2;
		if (step == COUNTER_ROLLS_OVER && !is_full)
			points[i].turned += points[i].modulus;
		else if (step != COUNTER_GOES_ON)
			points[i].piece++;
	}
}

/* The first point that is not before at; count if there is none. */
static size_t find_point(const struct counter_curve *curve, int64_t at)
{
	size_t low = 0, high = curve->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (curve->points[middle].at < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct counter_value value_of(const struct counter_point *point)
{
	return (struct counter_value){
		.place = COUNTER_KNOWN,
		.piece = point->piece,
		.digits = point->digits + point->turned,
		.shown = point->digits,
	};
}

/* Rounded down, so that it never falls; without a product beyond 64 bits. */
static int64_t share(int64_t digits, int64_t part_s, int64_t whole_s)
{
	return digits / whole_s * part_s + digits % whole_s * part_s / whole_s;
}

static struct counter_value value_between(const struct counter_point *before,
					  const struct counter_point *after, int64_t at)
{
	struct counter_value value = value_of(before);
	if (before->piece != after->piece) {
		value.place = COUNTER_CUT;
		return value;
	}
	int64_t grown = after->digits + after->turned - value.digits;
	grown = share(grown, at - before->at, after->at - before->at);
	value.digits += grown;
	value.shown += grown;
	if (after->turned != before->turned && value.shown >= after->modulus)
		value.shown -= after->modulus;
	value.is_interpolated = true;
	return value;
}

/* Of the first reading that is not before at. */
static int64_t period_at(const struct counter_rhythm *rhythm, int64_t at)
{
	size_t low = 0, high = rhythm->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (rhythm->times[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	if (rhythm->count == 0)
		return 0;
	return rhythm->periods[low < rhythm->count ? low : rhythm->count - 1];
}

/* Of two neighbours the nearer one, if it is near; NULL: neither. */
static const struct counter_point *find_near(const struct counter_point *before,
					     const struct counter_point *after,
					     int64_t at, int64_t near_s)
{
	int64_t since_s = before != NULL ? at - before->at : INT64_MAX;
	int64_t until_s = after != NULL ? after->at - at : INT64_MAX;
	if (since_s <= until_s)
		return since_s <= near_s ? before : NULL;
	return until_s <= near_s ? after : NULL;
}

struct counter_value counter_curve_value(const struct counter_curve *curve, int64_t at)
{
	const struct counter_point *points = curve->points;
	size_t next = find_point(curve, at);
	const struct counter_point *before = next > 0 ? &points[next - 1] : NULL;
	const struct counter_point *after = next < curve->count ? &points[next] : NULL;
	const struct counter_point *near =
		find_near(before, after, at, period_at(&curve->rhythm, at) / 2);
	if (near != NULL)
		return value_of(near);
	if (before == NULL)
		return (struct counter_value){ .place = COUNTER_BEFORE };
	if (after == NULL)
		return (struct counter_value){ .place = COUNTER_AFTER };
	return value_between(before, after, at);
}

bool counter_difference(const struct counter_value *from, const struct counter_value *to,
			int64_t *ret_digits)
{
	if (from->place != COUNTER_KNOWN || to->place != COUNTER_KNOWN ||
	    from->piece != to->piece)
		return false;
	int64_t difference = to->digits - from->digits;
	if (difference > COUNTER_DIGITS_MAX)
		return false;
	*ret_digits = difference;
	return true;
}

static int compare_steps(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left;
	int64_t b = *(const int64_t *)right;
	return (a > b) - (a < b);
}

int64_t rhythm_at(const int64_t *times, size_t count, size_t n)
{
	int64_t steps[2 * RHYTHM_AROUND];
	size_t step_count = 0;
	size_t last = n > RHYTHM_AROUND ? n - RHYTHM_AROUND : 0;
	size_t end = count - n > RHYTHM_AROUND ? n + RHYTHM_AROUND + 1 : count;
	for (size_t i = last + 1; i < end; i++) {
		if (times[i] - times[last] < ONE_READOUT_S)
			continue;
		steps[step_count++] = times[i] - times[last];
		last = i;
	}
	if (step_count < STEPS_MIN)
		return 0;
	qsort(steps, step_count, sizeof *steps, compare_steps);
	return steps[(step_count - 1) / 2];
}

int64_t rhythm_missing(int64_t step_s, int64_t period_s)
{
	if (period_s == 0 || step_s <= period_s + period_s / 2)
		return 0;
	return (step_s + period_s / 2) / period_s - 1;
}
