/* SPDX-License-Identifier: MIT */
/*
 * What a meter has sent in a stretch of time and around it, read from the log: the times
 * of its readings, and the points of each of its counters. Writer thread.
 */
#ifndef READOUT_STORAGE_METER_HISTORY_H
#define READOUT_STORAGE_METER_HISTORY_H

#include "storage/consumption/counter_curve.h"
#include "storage/writer.h"

/* What is left out beyond these: counters of a meter, its layouts, readings of a stretch.
 */
enum { HISTORY_COUNTERS_MAX = 64, HISTORY_LAYOUTS_MAX = 64, HISTORY_POINTS_MAX = 100000 };

struct history_counter {
	int64_t id; /* row of counter */
	int64_t series;
	int exponent; /* of all digits */
	size_t capacity;
	struct counter_curve curve;
};

/* The stretch, and what the log knows of the meter (table rhythm). */
struct history_range {
	int64_t meter;
	int64_t from_at, to_at; /* Unix time; to_at is the first second after it */
	int64_t first_at, last_at;
	int64_t clock_slack_s;
};

struct meter_history {
	struct history_range range;
	/* of readings: some before, all within, some after; in order */
	int64_t *times;
	int64_t *periods; /* the rhythm at each; 0 not known */
	size_t time_count, time_capacity;
	size_t times_before; /* how many of them lie before from_at */
	bool is_cut;         /* retention has been here: older telegrams may be missing */
	struct history_counter counters[HISTORY_COUNTERS_MAX];
	size_t counter_count;

	/* where the counters are in each layout that was met */
	struct history_layout {
		int64_t layout;
		size_t begin, end; /* of sources */
	} layouts[HISTORY_LAYOUTS_MAX];
	size_t layout_count;
	struct history_source *sources;
	size_t source_count, source_capacity;
};

/*
 * Reads it; the points of the curves are not joined yet. SQLITE_OK, SQLITE_NOMEM or
 * another error code; free it in any case.
 */
int meter_history_read(struct store_writer *writer, const struct history_range *range,
		       struct meter_history *ret_history);
void meter_history_free(struct meter_history *history);

/* Adds a point of other origin; beyond COUNTER_DIGITS_MAX it is left out. An SQLite error
 * code. */
int history_counter_add(struct history_counter *counter,
			const struct counter_point *point);

/*
 * Widens the range, to_at included, over all boundaries whose value depends on readings
 * in it. An SQLite error code.
 */
int meter_history_widen(struct store_writer *writer, struct history_range *range);

#endif
