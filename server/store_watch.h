/* SPDX-License-Identifier: MIT */
/*
 * Looks once a second whether the store has come into trouble or out of it, and logs each
 * change once: what happened, that terminals keep their data, and what to do. Loop
 * thread.
 */
#ifndef READOUT_SERVER_STORE_WATCH_H
#define READOUT_SERVER_STORE_WATCH_H

#include "server/fleet.h"

struct store_watch {
	uv_timer_t timer;
	struct fleet *fleet;
	const char *database_path;
	enum store_state state; /* last seen */
};

/* fleet and database_path must outlive it. */
void store_watch_init(struct store_watch *watch, struct fleet *fleet,
		      const char *database_path);
void store_watch_close(struct store_watch *watch);

#endif
