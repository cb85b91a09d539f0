/* SPDX-License-Identifier: MIT */
/*
 * Where a meter has been (table meter_place): consumption belongs to the place where the
 * meter was, and the readings an operator took when it came and went are points of its
 * main counter, the first one in its telegram that has their unit. Writer thread.
 */
#ifndef READOUT_STORAGE_METER_STAY_H
#define READOUT_STORAGE_METER_STAY_H

#include "storage/consumption/meter_history.h"

enum { STAYS_MAX = 32, STAY_READING_MAX = 48 };

struct meter_stay {
	int64_t place;
	int64_t from_at;
	int64_t to_at; /* INT64_MAX: still there */
	char start_reading[STAY_READING_MAX], end_reading[STAY_READING_MAX]; /* "" none */
};

struct meter_stays {
	struct meter_stay stays[STAYS_MAX]; /* in order of from_at */
	size_t count;
};

/* An SQLite error code. */
int meter_stays_read(struct store_writer *writer, int64_t meter,
		     struct meter_stays *ret_stays);

/* Adds the readings taken by hand to the history's points. An SQLite error code. */
int meter_stays_add_readings(struct store_writer *writer, const struct meter_stays *stays,
			     struct meter_history *history);

/* The place at a moment, 0 none, and until when at most it stays that. */
int64_t meter_stays_place(const struct meter_stays *stays, int64_t at,
			  int64_t *ret_until);

#endif
