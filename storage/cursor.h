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
};

typedef void (*cursor_done_cb)(const struct cursor_state *state, enum store_result result,
			       void *context);

/* Finds or makes the cursor of an exporter (a new one stands at 0). false: out of memory.
 */
bool cursor_open(struct store *store, struct store_port *port, const char *exporter,
		 cursor_done_cb done, void *context);
bool cursor_announce(struct store *store, struct store_port *port, const char *exporter,
		     int64_t until, cursor_done_cb done, void *context);
bool cursor_move(struct store *store, struct store_port *port, const char *exporter,
		 int64_t position, cursor_done_cb done, void *context);

/* Puts a telegram that the sink will never take aside, with the reason; then goes on. */
bool dead_letter_add(struct store *store, struct store_port *port, const char *exporter,
		     int64_t telegram, const char *reason, int64_t now_ms);

#endif
