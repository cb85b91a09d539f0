/* SPDX-License-Identifier: MIT */
/*
 * "Collect now": asks every connected terminal for a round and answers when all of them,
 * and at least as many as were wanted, have been read until nothing is new. A command of
 * the control socket; the client sets the time limit by hanging up. Loop thread only.
 */
#ifndef READOUT_SERVER_COLLECT_H
#define READOUT_SERVER_COLLECT_H

#include "server/control.h"
#include "server/fleet.h"

/* Fewer than the control socket's clients, so that status always finds a place. */
enum { COLLECT_MAX = CONTROL_CLIENTS_MAX - 4 };

struct collect {
	struct fleet *fleet;
	uv_timer_t timer; /* looks while somebody waits */
	struct collect_request {
		struct control_client *client; /* NULL: free */
		uint64_t since_ms;             /* loop time */
		uint32_t wanted;               /* terminals, at least */
		uint64_t new_before;           /* records stored before */
	} requests[COLLECT_MAX];
};

void collect_init(struct collect *collect, struct fleet *fleet);

/* Takes over the duty to reply. request: {"terminals": N}. */
void collect_begin(struct collect *collect, const json_t *request,
		   struct control_client *client);

/* Replies to all who wait that the daemon is stopping, and closes the timer. */
void collect_close(struct collect *collect);

#endif
