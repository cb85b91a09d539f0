/* SPDX-License-Identifier: MIT */
/*
 * A stretch of days of one meter, worked out and written: consumption per day and hour,
 * falls of counters, gaps. Writer thread.
 */
#ifndef READOUT_STORAGE_CONSUMPTION_DAYS_H
#define READOUT_STORAGE_CONSUMPTION_DAYS_H

#include "storage/consumption/calendar.h"
#include "storage/consumption/meter_stay.h"

/* Longest day there is in hours, and more than any stretch has in days. */
enum { DAY_HOURS_MAX = 48, STRETCH_DAYS_MAX = 31 };

struct day_list {
	struct calendar_day days[STRETCH_DAYS_MAX];
	size_t count;
};

/* The days from the one at from_at to the one at to_at, at most limit. */
int day_list_read(struct store_writer *writer, int64_t from_at, int64_t to_at, int limit,
		  struct day_list *ret_days);

/* Replaces what there is of these days; joins the curves. An SQLite error code. */
int consumption_days_write(struct store_writer *writer, struct meter_history *history,
			   const struct meter_stays *stays, const struct day_list *days);

/* Replaces the gaps of the history's stretch. An SQLite error code. */
int gaps_write(struct store_writer *writer, const struct meter_history *history);

#endif
