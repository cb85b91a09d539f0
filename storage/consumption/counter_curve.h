/* SPDX-License-Identifier: MIT */
/*
 * The curve of one counter through its readings, and what it says about any moment: the
 * nearest reading within half the meter's rhythm, else the line between the neighbours.
 * Roll-overs are taken out; where the counter fell for another reason the curve is cut,
 * and what lies across the cut has no value. All of it in integers, so that the parts of
 * a stretch always add up to the difference of its ends. Pure: no SQL, no clock.
 */
#ifndef READOUT_STORAGE_COUNTER_CURVE_H
#define READOUT_STORAGE_COUNTER_CURVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No counter counts so far, and so the sums of a month stay below 64 bits. */
#define COUNTER_DIGITS_MAX INT64_C(10000000000000000)

struct counter_point {
	int64_t at;      /* Unix time, seconds */
	int64_t digits;  /* at most COUNTER_DIGITS_MAX, as modulus */
	int64_t modulus; /* the counter goes from modulus - 1 to 0; 0: not known */

	/* set by counter_curve_join() */
	int64_t turned; /* what roll-overs before it add to digits */
	int32_t piece;  /* falls before it */
};

/*
 * How often the meter was read around each of its readings. It depends on so few readings
 * before and after that a boundary has the same value whichever stretch of the log is
 * looked at.
 */
enum { RHYTHM_AROUND = 8 };

struct counter_rhythm {
	const int64_t *times;   /* of readings, in order */
	const int64_t *periods; /* seconds, by the reading; 0: not known */
	size_t count;
};

struct counter_curve {
	struct counter_point *points; /* in order of time; the owner's */
	size_t count;
	struct counter_rhythm rhythm;
};

enum counter_step { COUNTER_GOES_ON, COUNTER_ROLLS_OVER, COUNTER_FALLS };

/* What lies between two readings: from above 90 % to below 10 % of the modulus is a
 * roll-over, any other step down a fall. */
enum counter_step counter_step_between(const struct counter_point *before,
				       const struct counter_point *after);

/* Sorts the points, leaves one of each moment (the later in the array), and sets turned
 * and piece. */
void counter_curve_join(struct counter_curve *curve);

enum counter_place {
	COUNTER_BEFORE, /* of the first reading, and not near it */
	COUNTER_AFTER,  /* of the last one */
	COUNTER_KNOWN,
	COUNTER_CUT, /* between the two readings of a fall, and near neither */
};

struct counter_value {
	enum counter_place place;
	bool is_interpolated;
	int32_t piece;
	int64_t digits; /* without roll-overs: it only grows within a piece */
	int64_t shown;  /* what the meter shows */
};

struct counter_value counter_curve_value(const struct counter_curve *curve, int64_t at);

/* false where there is no value: a fall lies between the two, or more than
 * COUNTER_DIGITS_MAX. */
bool counter_difference(const struct counter_value *from, const struct counter_value *to,
			int64_t *ret_digits);

/*
 * The rhythm at reading n of those at times, in order: the lower median of the steps
 * between RHYTHM_AROUND readings before it and as many after it; steps of less than a
 * minute are one readout. 0 for fewer than three steps.
 */
int64_t rhythm_at(const int64_t *times, size_t count, size_t n);

/* How many readings are missing in a step; 0 up to one and a half periods. */
int64_t rhythm_missing(int64_t step_s, int64_t period_s);

#endif
