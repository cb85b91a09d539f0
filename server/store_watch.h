/* SPDX-License-Identifier: MIT */
/*
 * Takes what the store has to tell (trouble, a disk that fills up, a pinned WAL, a
 * foreign writer), once a second, to the log and to the events. Loop thread.
 */
#ifndef READOUT_SERVER_STORE_WATCH_H
#define READOUT_SERVER_STORE_WATCH_H

#include "server/fleet.h"

struct store_watch {
	uv_timer_t timer;
	struct fleet *fleet;
	const char *database_path;
	uint64_t looks;
};

/* fleet and database_path must outlive it. */
void store_watch_init(struct store_watch *watch, struct fleet *fleet,
		      const char *database_path);
void store_watch_close(struct store_watch *watch);

#endif
