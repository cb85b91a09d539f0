/* SPDX-License-Identifier: MIT */
/*
 * The parts of `readout exporter` that only look: into the configuration, the plugins and
 * the database, beside a running daemon or without one. Each prints on standard output
 * and returns the exit code, after a message on standard error when it is not 0.
 */
#ifndef READOUT_SERVER_EXPORTER_LOOK_H
#define READOUT_SERVER_EXPORTER_LOOK_H

#include "config/config.h"

struct exporter_call {
	const struct config *config;
	const char *name; /* of the exporter or plugin; NULL none */
	const char *what, *from;
	bool is_json;
};

int exporter_look_list(const struct exporter_call *call);
int exporter_look_help(const struct exporter_call *call);
int exporter_look_dead(const struct exporter_call *call);

/* What the plugin would send for the latest telegram of each meter; sends nothing. */
int exporter_look_test(const struct exporter_call *call);

/* The position behind which all stands that was received since; false after a message. */
bool exporter_look_position(const struct exporter_call *call, int64_t since_ms,
			    int64_t *ret_position);

/* The exporter of that name, or NULL after a message. */
const struct config_exporter *exporter_look_find(const struct exporter_call *call);

#endif
