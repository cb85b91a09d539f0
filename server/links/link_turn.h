/* SPDX-License-Identifier: MIT */
/*
 * The time that reading and accepting may take in one turn of the loop. A thousand links
 * can be readable at once, and decoding what they sent takes long: who comes after the
 * time is up is read in a later turn, in the order of the queue, so that timers, answers
 * of the store and the control socket never wait for a crowd. Loop thread only.
 */
#ifndef READOUT_SERVER_LINKS_LINK_TURN_H
#define READOUT_SERVER_LINKS_LINK_TURN_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct link;

struct link_turn {
	uv_prepare_t prepare; /* a turn ends */
	uv_idle_t idle;       /* runs while somebody is put off */
	uint64_t spent_ns;    /* in this turn */
	struct link *first;   /* put off: a queue */
	struct link *last;
};

void link_turn_init(struct link_turn *turn, uv_loop_t *loop);
void link_turn_close(struct link_turn *turn); /* once no link is open */

/* Whether there is time left in this turn. */
bool link_turn_has_time(const struct link_turn *turn);

/* Something that began at begun_ns (uv_hrtime()) is done. */
void link_turn_spend(struct link_turn *turn, uint64_t begun_ns);

/* Does not read link until its turn comes: it may then read once, whatever the time. */
void link_turn_put_off(struct link_turn *turn, struct link *link);

/* link closes: takes it out of the queue. */
void link_turn_forget(struct link_turn *turn, struct link *link);

#endif
