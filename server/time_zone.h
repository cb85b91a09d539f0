/* SPDX-License-Identifier: MIT */
/*
 * The time zone of the configuration and the days in it. The zone is the process's: it is
 * set once, before any thread is started, for the environment may not change under them;
 * from then on days are asked of localtime_r(), which any thread may call.
 */
#ifndef READOUT_SERVER_TIME_ZONE_H
#define READOUT_SERVER_TIME_ZONE_H

#include "storage/consumption/calendar.h"

/* name as in the configuration, known to be one; "" leaves the machine's. Before threads.
 */
void time_zone_use(const char *name);

/*
 * The days from that of from_at to that of to_at, in order, with their true lengths: of
 * 23, 24 or 25 hours, or by halves; a day that the zone left out is left out. Writes at
 * most limit and returns their number.
 */
size_t time_zone_days(int64_t from_at, int64_t to_at, size_t limit,
		      struct calendar_day *ret_days);

#endif
