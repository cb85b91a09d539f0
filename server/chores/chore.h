/* SPDX-License-Identifier: MIT */
/*
 * A chore is an order of housekeeping: backup, verify, retention, redecode, import. It is
 * plain blocking code that takes a JSON request and gives a JSON reply, {"error": "..."}
 * when it failed. The running daemon runs it on a thread of its own (housekeeping.h); a
 * command without a daemon runs the very same function under the lock of the database
 * (commands/chore_call.h).
 */
#ifndef READOUT_SERVER_CHORE_H
#define READOUT_SERVER_CHORE_H

#include <jansson.h>

#include "config/config.h"
#include "storage/progress.h"
#include "storage/store_caller.h"

/* What a chore works with. One thread at a time. */
struct chore_place {
	const struct config *config;
	struct store *store; /* NULL: only the lock is held, for chores that only read */
	struct store_caller *caller; /* of the store */
	struct meter_keys *keys;     /* NULL: made when first needed */
	struct intake *intake;       /* the same; its layouts are numbered behind those
					of the loop's, see chore_place_intake() */
};

struct chore {
	const char *name;  /* also of its order in the control socket */
	bool needs_writer; /* place->store is not NULL */
	json_t *(*run)(struct chore_place *place, const json_t *request,
		       const struct progress *progress);
};

/* NULL: there is none of this name. */
const struct chore *chore_find(const char *name);

/* The chores that follow work by config; none runs now. */
void chore_place_take_config(struct chore_place *place, const struct config *config);

/* Frees what chores have made for themselves; after the store is closed. */
void chore_place_end(struct chore_place *place);

/* {"error": text} */
json_t *chore_error(const char *text);

/* The chores. What they take and give stands with each of them. */
json_t *chore_backup(struct chore_place *place, const json_t *request,
		     const struct progress *progress);
json_t *chore_verify(struct chore_place *place, const json_t *request,
		     const struct progress *progress);
json_t *chore_retention(struct chore_place *place, const json_t *request,
			const struct progress *progress);
json_t *chore_redecode(struct chore_place *place, const json_t *request,
		       const struct progress *progress);
json_t *chore_import(struct chore_place *place, const json_t *request,
		     const struct progress *progress);
json_t *chore_label(struct chore_place *place, const json_t *request,
		    const struct progress *progress);

#endif
