/* SPDX-License-Identifier: MIT */
/*
 * What the database remembers of a terminal between its links: who it is, and how far its
 * memory has been deleted. The jobs here are small and are submitted from the loop
 * thread.
 *
 * Deletion: "begun" is committed with the batch before DEL_OLDEST goes out
 * (telegram_batch_begin_deletion) and ended when its OK has come. A terminal found with a
 * begun deletion has an unknown outcome: the command may have been executed, may be on
 * its way still, or may be lost.
 *
 * Epoch: records whose stamp cannot be true are told apart by the terminal's epoch, which
 * is raised when such a record is new and its sequence is at or below that of the last
 * confirmed deletion (the counter has begun again). A record that may still be in the
 * terminal's memory was stored in an epoch from epoch_floor on, so a record sent again is
 * looked for in all of those.
 */
#ifndef READOUT_STORAGE_TERMINAL_RECORD_H
#define READOUT_STORAGE_TERMINAL_RECORD_H

#include "storage/store.h"

enum { TERMINAL_IDENTITY_MAX = 64 }; /* bytes with NUL: serial number, IMEI or address */

/* What its links have learned, for the next ones. */
struct terminal_kept {
	uint32_t batch;     /* records per GET that its link can carry; 0 unknown */
	int64_t space_max;  /* most bytes that were ever free in its memory */
	int64_t error_seen; /* number of the last entry of its error buffer told */
};

struct terminal_state {
	int64_t id;
	bool is_new;                  /* this link is the first ever */
	bool has_records;             /* at least one record was ever committed */
	bool is_deletion_begun;       /* see above: its outcome is unknown */
	int64_t deletion_begun_at_ms; /* Unix time */
	struct terminal_kept kept;
};

/*
 * Finds a terminal by its identity, or makes it, and notes the contact (remote address
 * and firmware, either may be ""; another firmware than before is an event). done() gets
 * the state (valid during the call) when the result is STORE_COMMITTED, else NULL.
 */
bool terminal_record_open(struct store *store, struct store_port *port,
			  const char *identity, const char *remote, const char *firmware,
			  int64_t now_ms,
			  void (*done)(const struct terminal_state *state,
				       enum store_result result, void *context),
			  void *context);

/*
 * Ends the deletion that a batch began: confirmed with the stamp and sequence of the last
 * record deleted, or (confirmed false) known not to have happened. No answer is given.
 */
bool terminal_record_end_deletion(struct store *store, struct store_port *port,
				  int64_t terminal, bool is_confirmed, int64_t stamp,
				  int64_t sequence);

/* Writes what is to be kept. No answer is given. */
bool terminal_record_keep(struct store *store, struct store_port *port, int64_t terminal,
			  const struct terminal_kept *kept);

/* Keeps the device table (a JSON array of objects) with the time it was read. */
bool terminal_record_device_table(struct store *store, struct store_port *port,
				  int64_t terminal, struct span table_json,
				  int64_t now_ms);

#endif
