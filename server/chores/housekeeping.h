/* SPDX-License-Identifier: MIT */
/*
 * Chores in the running daemon: one at a time, on a thread of its own, so that neither
 * links nor exporters wait for it. The client that ordered it hears how far it has come;
 * when the client hangs up, the chore is stopped. Loop thread, but for the chore itself.
 */
#ifndef READOUT_SERVER_HOUSEKEEPING_H
#define READOUT_SERVER_HOUSEKEEPING_H

#include <pthread.h>
#include <uv.h>

#include "config/snapshot.h"
#include "server/chores/chore.h"
#include "server/control.h"
#include "server/fleet.h"

struct housekeeping {
	struct fleet *fleet;
	struct config_snapshot *latest; /* for the next chore; held */
	struct config_snapshot *in_use; /* of place, which a chore may be reading; held */
	struct chore_place place;
	uv_async_t finished;
	uv_timer_t tell;   /* while a chore runs: progress to the client */
	uv_timer_t hourly; /* retention */

	/* of the chore that runs */
	const struct chore *chore;     /* NULL: none */
	struct control_client *client; /* NULL: nobody waits */
	json_t *request;
	json_t *reply; /* the thread's until it is joined */
	uv_thread_t thread;

	pthread_mutex_t mutex; /* guards what follows */
	struct progress_step step;
	bool is_cancelled;
};

/* false: out of memory. fleet and its store must outlive it. */
bool housekeeping_init(struct housekeeping *housekeeping, struct fleet *fleet,
		       struct config_snapshot *snapshot);

/* Chores that begin from now on work by another configuration. */
void housekeeping_take_config(struct housekeeping *housekeeping,
			      struct config_snapshot *snapshot);

/* Takes over the duty to reply. The request's "command" names the chore. */
void housekeeping_begin(struct housekeeping *housekeeping, const json_t *request,
			struct control_client *client);

/* Tells the chore to stop, replies to who waits, closes the handles. */
void housekeeping_close(struct housekeeping *housekeeping);

/* Waits for the chore's end and frees everything; after store_close(). */
void housekeeping_end(struct housekeeping *housekeeping);

#endif
