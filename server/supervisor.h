/* SPDX-License-Identifier: MIT */
/*
 * What the service manager is told (sd_notify(3), Type=notify): ready once the listeners
 * listen, reloading, stopping, and a heartbeat for its watchdog. The heartbeat comes from
 * the loop, so a stuck loop ends it; and only while the writer gets on, so a writer that
 * hangs in the disk ends it, too. A store in trouble that says so (disk full, say) is no
 * reason for a restart: it recovers by itself. Without a service manager nothing is sent.
 * Loop thread only.
 */
#ifndef READOUT_SERVER_SUPERVISOR_H
#define READOUT_SERVER_SUPERVISOR_H

#include <uv.h>

#include "storage/store.h"

struct supervisor {
	uv_timer_t timer;
	struct store *store;
	uint64_t transactions; /* of the store, at the last look */
};

/* Says "ready" and begins the heartbeat if one is asked for (WATCHDOG_USEC). */
void supervisor_begin(struct supervisor *supervisor, uv_loop_t *loop,
		      struct store *store);
void supervisor_close(struct supervisor *supervisor);

/* A reload begins; supervisor_say_ready() ends it. */
void supervisor_say_reloading(void);
void supervisor_say_ready(void);
void supervisor_say_stopping(void);

/*
 * True when the writer gets on: it has nothing to do, or has committed since the last
 * look, or is in trouble it knows of. For the heartbeat, and for tests.
 */
bool supervisor_is_writer_alive(const struct store_status *status, uint64_t transactions);

#endif
