/* SPDX-License-Identifier: MIT */
/*
 * Keeps what is worked out behind the log up to date: the calendar of the time zone, and
 * slices of consumption while there is something new. Slices give way to telegrams: while
 * much is queued for the disk they come once a second. Loop thread.
 */
#ifndef READOUT_SERVER_FOLLOWER_H
#define READOUT_SERVER_FOLLOWER_H

#include "server/fleet.h"

struct follower {
	uv_timer_t timer;
	struct fleet *fleet;
	int64_t calendar_ms;     /* when the days were set; 0 never */
	uint64_t jobs_committed; /* when all was worked out; UINT64_MAX: it is not */
	bool is_under_way;
	bool is_closed;
};

/* fleet must outlive it. */
void follower_init(struct follower *follower, struct fleet *fleet);
void follower_close(struct follower *follower);

#endif
