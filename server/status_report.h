/* SPDX-License-Identifier: MIT */
/*
 * What `readout status` tells: gathered by the daemon as one JSON object, and printed for
 * a person by the command. Loop thread (report), any thread (print).
 */
#ifndef READOUT_SERVER_STATUS_REPORT_H
#define READOUT_SERVER_STATUS_REPORT_H

#include <jansson.h>
#include <stdio.h>

#include "server/fleet.h"
#include "server/loop_delay.h"

struct status_source {
	const struct fleet *fleet;
	const struct loop_delay *loop_delay;
	const char *database_path;
	int64_t started_ms; /* Unix time */
};

/* A new reference; NULL when out of memory. */
json_t *status_report(const struct status_source *source);

#endif
