/* SPDX-License-Identifier: MIT */
/*
 * How far each exporter has come in the log, durably. A batch is announced before it is
 * delivered (cursor_announce) and left behind after the sink has said yes (cursor_move):
 * after a crash in between exactly the announced range is delivered again.
 */
#ifndef READOUT_STORAGE_CURSOR_H
#define READOUT_STORAGE_CURSOR_H

#include "storage/store.h"

struct cursor_state {
	int64_t position;  /* everything up to here is delivered */
	int64_t announced; /* end of the batch in flight, or position */
	/* Delivered as well, newest first: ahead_from < id <= ahead_to; none when equal.
	 */
	int64_t ahead_from, ahead_to;
	bool is_paused; /* by an operator */
};

/* What the sink calls something that has a name here. */
struct cursor_note {
	const char *key;
	const char *remote; /* "" forgets the key */
};

/* Why the sink will never take a telegram, what was sent, and what it replied; "" none.
 */
struct dead_letter {
	const char *reason, *payload, *reply;
};

enum { DEAD_LETTER_KEPT_MAX = 2048 }; /* bytes of payload and of reply */

typedef void (*cursor_done_cb)(const struct cursor_state *state, enum store_result result,
			       void *context);

/* Finds or makes the cursor of an exporter (a new one stands at 0). false: out of memory.
 */
bool cursor_open(struct store *store, struct store_port *port, const char *exporter,
		 cursor_done_cb done, void *context);
bool cursor_announce(struct store *store, struct store_port *port, const char *exporter,
		     int64_t until, cursor_done_cb done, void *context);

/* The notes (copied) are committed in the same transaction. */
bool cursor_move(struct store *store, struct store_port *port, const char *exporter,
		 int64_t position, const struct cursor_note *notes, size_t note_count,
		 cursor_done_cb done, void *context);

/* Makes the cursor what state says, forward or back; notes as in cursor_move(). */
bool cursor_set(struct store *store, struct store_port *port, const char *exporter,
		const struct cursor_state *state, const struct cursor_note *notes,
		size_t note_count, cursor_done_cb done, void *context);

/* Puts a telegram that the sink will never take aside; then goes on. Copies the letter.
 */
bool dead_letter_add(struct store *store, struct store_port *port, const char *exporter,
		     int64_t telegram, const struct dead_letter *letter, int64_t now_ms);

/* Takes the letter of a telegram away; telegram 0: all letters of the exporter. */
bool dead_letter_remove(struct store *store, struct store_port *port,
			const char *exporter, int64_t telegram);

#endif
