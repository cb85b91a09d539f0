/* SPDX-License-Identifier: MIT */
/*
 * The configuration read again while the daemon runs: on SIGHUP, or by `readout reload`.
 * All or nothing: a file with an error, or a certificate, key or exporter that cannot be
 * used, changes nothing. No link is dropped that need not be: only those whose terminal
 * is now forbidden, or must prove its name and has not. Loop thread only.
 */
#ifndef READOUT_SERVER_RELOAD_H
#define READOUT_SERVER_RELOAD_H

#include <jansson.h>

#include "config/snapshot.h"
#include "server/chores/housekeeping.h"
#include "server/fleet.h"
#include "server/ways.h"

/* What follows the configuration; filled in by the daemon, which outlives it. */
struct reload {
	const char *file;                /* NULL: there is none to read again */
	struct config_snapshot *current; /* held */
	struct meter_keys *keys;         /* of the fleet's intake; owned */
	struct fleet *fleet;
	struct housekeeping *housekeeping;
	struct ways *ways; /* NULL: stopping */
	uint64_t count;    /* reloads that were applied */
};

/*
 * Reads the file and applies it; everything is logged. The reply for a client is
 * {"changes": [{"path", "change"}], "kept": [text], "errors": [text], "is_applied": bool}
 * (changes that wait for the next start are kept); NULL when out of memory.
 */
json_t *reload_run(struct reload *reload);

/* Gives up the configuration and the keys; once the intake is gone. */
void reload_end(struct reload *reload);

#endif
