/* SPDX-License-Identifier: MIT */
/*
 * A terminal in the field: the terminal itself, its links (a second one only when a fault
 * opens it) and what happens by the clock: new readings, a new connect with backoff and
 * jitter, a deletion that comes late.
 */
#ifndef READOUT_SIMULATOR_OUTSTATION_H
#define READOUT_SIMULATOR_OUTSTATION_H

#include "tests/simulator/ledger.h"
#include "tests/simulator/link.h"

enum {
	OUTSTATION_LINKS = 2,
};

struct outstation {
	struct terminal terminal;
	struct link links[OUTSTATION_LINKS];
	const struct sockaddr *address; /* of the reader */
	struct ledger *ledger;          /* may be NULL */
	uv_timer_t round_timer;
	uv_timer_t late_timer; /* a deletion is on its way while this runs */
	uint32_t late_count;
	uint32_t failures;  /* connects in a row on which no command came */
	uint64_t get_at_ms; /* loop time of the last GET_OLDEST; 0 none */
	uint64_t connects;
	bool is_stopping;
};

void outstation_init(struct outstation *outstation, const struct options *options,
		     uint32_t number, const struct sockaddr *address,
		     struct ledger *ledger, uv_loop_t *loop);

/* First connect, and from now on readings. */
void outstation_start(struct outstation *outstation);

/* Closes every handle; a late deletion is forgotten. */
void outstation_stop(struct outstation *outstation);

/* After the loop has ended: writes what is left into the ledger, frees the memory. */
void outstation_free(struct outstation *outstation);

/* Called by the links. */
void outstation_link_closed(struct outstation *outstation, struct link *link);
void outstation_note_get(struct outstation *outstation);
void outstation_make_round(struct outstation *outstation, bool is_table_only);
bool outstation_can_delete_later(const struct outstation *outstation);
void outstation_delete_later(struct outstation *outstation, uint32_t count);
bool outstation_can_duplicate(const struct outstation *outstation);
void outstation_duplicate(struct outstation *outstation);

#endif
