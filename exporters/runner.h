/* SPDX-License-Identifier: MIT */
/*
 * The exporters' thread: its own libuv loop, read-only connections to the log, and the
 * exporters with their cursors. One stuck sink touches no other and no terminal.
 *
 * Happy path, per exporter: open its cursor; read the log behind it; when a batch is full
 * or its oldest telegram old enough, announce its range, deliver it, and after the last
 * "delivered" move the cursor; again at once while there is more, else when the log has
 * grown.
 *
 * Failure modes: EXPORTER_RETRY backs off with full jitter (1 s doubling to 5 min, never
 * less than retry_after_ms) and delivers the unanswered part again; EXPORTER_REJECTED
 * writes a dead letter and goes on; EXPORTER_STOP stops the exporter until a restart; a
 * store that does not commit holds the cursor, nothing is lost. Stop: batches in flight
 * have a limited time to be answered, then their cursor stays where it was. A trouble is
 * logged when it begins or changes, not with each attempt.
 */
#ifndef READOUT_EXPORTERS_RUNNER_H
#define READOUT_EXPORTERS_RUNNER_H

#include "exporters/plugin.h"
#include "storage/store.h"

enum { RUNNER_BATCH_MAX = 100000 }; /* telegrams; bounds the memory of a batch */

struct runner;

/* One exporter as configured. Copied. */
struct runner_exporter {
	/* Of the cursor: unique, under 64 bytes, never reused for something else. */
	const char *name;
	const char *plugin; /* module name, e.g. "csv" */
	const struct exporter_setting *settings;
	size_t setting_count;
	uint32_t batch_count;  /* a batch is full with this many: 1..RUNNER_BATCH_MAX */
	uint64_t batch_age_ms; /* or when its oldest telegram has waited so long */
};

enum runner_state {
	RUNNER_WAITING,     /* for telegrams, or for its cursor */
	RUNNER_DELIVERING,  /* a batch is with the plugin or its cursor with the store */
	RUNNER_BACKING_OFF, /* after a trouble that may pass */
	RUNNER_STOPPED,     /* the plugin said so, or the runner was stopped */
};

/* Snapshot of one exporter for readout status. */
struct runner_status {
	char name[64];
	enum runner_state state;
	int64_t position;        /* of the cursor */
	int64_t lag_telegrams;   /* positions behind the end of the log */
	int64_t lag_seconds;     /* age of the oldest undelivered telegram, 0 if none */
	uint64_t delivered;      /* telegrams since the start */
	uint64_t thinned;        /* telegrams not sent on purpose, since the start */
	uint64_t retried;        /* pauses since the start */
	uint64_t dead;           /* telegrams put aside since the start */
	int64_t last_success_ms; /* Unix time, 0 never */
	char error[EXPORTER_ERROR_MAX]; /* the trouble that lasts, "" none */
};

struct runner_options {
	const char *module_directory; /* read by runner_start() only, as are the next */
	const char *database_path;
	const struct runner_exporter *exporters;
	size_t exporter_count;
	/* One line for the daemon's log; on the exporters' thread, or the caller's during
	 * runner_start(). text holds what sinks said: escape it. */
	void (*log)(void *context, const char *severity, const char *exporter,
		    const char *text);
	void *context;
};

/*
 * Loads the plugins, makes the instances and starts the thread. NULL and a message in
 * error when a plugin cannot be loaded or an option is wrong; nothing is left running
 * then.
 */
struct runner *runner_start(struct store *store, const struct runner_options *options,
			    char error[EXPORTER_ERROR_MAX]);

/* The log has grown: wakes the thread. Any thread; cheap. */
void runner_notify(struct runner *runner);

/* Copies at most limit snapshots; returns how many exporters there are. Any thread. */
size_t runner_status(struct runner *runner, struct runner_status *ret_status,
		     size_t limit);

/*
 * Stops: no new batches, grace_ms for those in flight, then the thread is joined. Call
 * before store_close(); free afterwards. NULL is fine.
 */
void runner_stop(struct runner *runner, uint64_t grace_ms);
void runner_free(struct runner *runner); /* after store_close() */

#endif
