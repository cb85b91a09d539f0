/* SPDX-License-Identifier: MIT */
/*
 * One exporter under way: its plugin's instance, its cursor, the batch in flight, and the
 * state machine that ties them. All lanes live on the exporters' thread and share nothing
 * but its loop and the store's port.
 */
#ifndef READOUT_EXPORTERS_LANE_H
#define READOUT_EXPORTERS_LANE_H

#include <uv.h>

#include "exporters/runner.h"
#include "storage/log_reader.h"

struct lane;

/* What all lanes of a runner share. Outlives them. */
struct lane_env {
	struct store *store;
	struct store_port *port;
	uv_loop_t *loop;
	struct log_reader
		*reader; /* for looks ahead; each lane reads batches by its own */
	const char *module_directory;
	const char *database_path;
	void (*log)(void *context, const char *severity, const char *exporter,
		    const char *text);
	void *log_context;
	/* A lane that was told to stop has nothing in flight any more. */
	void (*on_idle)(void *context);
	void *idle_context;
};

/*
 * Loads the plugin, checks its options and makes the instance. NULL and a message in
 * error when one of them is wrong. Before the loop runs. settings need not outlive the
 * call.
 */
struct lane *lane_new(const struct lane_env *env, const struct runner_exporter *exporter,
		      char error[EXPORTER_ERROR_MAX]);

/* Opens the cursor, then delivers for ever. Loop thread. */
void lane_start(struct lane *lane);

/* The log now ends at log_end. Loop thread; cheap. */
void lane_wake(struct lane *lane, int64_t log_end);

/*
 * No new batch; env->on_idle is called, perhaps at once, when the one in flight is
 * answered and the cursor has moved. Loop thread.
 */
void lane_stop(struct lane *lane);

/*
 * Destroys the instance and closes the lane's handles; a batch not yet answered stays
 * with the cursor. Loop thread, or no loop running.
 */
void lane_close(struct lane *lane);

/* After lane_close(), when the loop has run empty and the port gives nothing back any
 * more. NULL is fine. */
void lane_free(struct lane *lane);

/* Notes an order; lane_hear() takes it up. Any thread. */
void lane_order(struct lane *lane, enum runner_order order, int64_t value);

/* Orders may have been given. Loop thread. */
void lane_hear(struct lane *lane);

/* Told to stop, and nothing is in flight any more. Loop thread. */
bool lane_is_idle(const struct lane *lane);

/* "name" as configured; all of the configuration as one text, for comparison. */
const char *lane_name(const struct lane *lane);
const char *lane_fingerprint(const struct lane *lane);

/* Any thread. */
void lane_status(struct lane *lane, struct runner_status *ret_status);

#endif
