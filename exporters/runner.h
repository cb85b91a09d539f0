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
 * writes a dead letter and goes on; EXPORTER_STOP is a pause of five minutes, then one
 * attempt, until an operator has acted; after RUNNER_BREAKER failures in a row only one
 * telegram is tried at a time until one goes through; a store that does not commit holds
 * the cursor, nothing is lost. Stop: batches in flight have a limited time to be
 * answered, then their cursor stays where it was. A trouble is logged when it begins or
 * changes, not with each attempt.
 */
#ifndef READOUT_EXPORTERS_RUNNER_H
#define READOUT_EXPORTERS_RUNNER_H

#include "exporters/plugin.h"
#include "storage/log_filter.h"
#include "storage/store.h"

enum {
	RUNNER_BATCH_MAX = 100000, /* telegrams; bounds the memory of a batch */
	RUNNER_BREAKER = 5,        /* failures in a row that open the circuit */
	RUNNER_AGE_MS = 60000,     /* of a batch, where neither says another */
};

/* batch_age_ms: what the plugin's age_option says, or RUNNER_AGE_MS. */
#define RUNNER_AGE_DEFAULT UINT64_MAX

struct runner;

/* One exporter as configured. Copied. */
struct runner_exporter {
	/* Of the cursor: unique, under 64 bytes, never reused for something else. */
	const char *name;
	const char *plugin; /* module name, e.g. "csv" */
	const struct exporter_setting *settings;
	size_t setting_count;
	uint32_t batch_count;  /* a batch is full with this many: 1..RUNNER_BATCH_MAX */
	uint64_t batch_bytes;  /* or holds so many bytes of data; 0: no limit */
	uint64_t batch_age_ms; /* or when its oldest telegram has waited so long */
	/* After an outage: what is new first, then what was missed. */
	bool is_newest_first;
	struct log_filter filter;
};

/* All of it as one text, the same for the same configuration; free() it. NULL: out of
 * memory. */
char *runner_exporter_text(const struct runner_exporter *exporter);

enum runner_state {
	RUNNER_WAITING,     /* for telegrams, or for its cursor */
	RUNNER_DELIVERING,  /* a batch is with the plugin or its cursor with the store */
	RUNNER_BACKING_OFF, /* after a trouble that may pass */
	RUNNER_BROKEN,      /* after several in a row: tries one telegram now and then */
	RUNNER_REFUSED,     /* the plugin said STOP: looks every five minutes */
	RUNNER_PAUSED,      /* by an operator */
	RUNNER_STOPPED,     /* the runner was stopped */
};

/* What an operator can ask of an exporter while it runs. */
enum runner_order {
	RUNNER_PAUSE,
	RUNNER_RESUME,
	RUNNER_RESET,      /* value: the cursor's new position */
	RUNNER_DEAD_RETRY, /* deliver the dead letters again */
	RUNNER_DEAD_PURGE, /* forget the dead letters */
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
	bool is_obeying;         /* an order is still to be carried out */
	char error[EXPORTER_ERROR_MAX]; /* the trouble that lasts, "" none */
};

struct runner_options {
	const char *module_directory; /* copied, as are the next */
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
 * Gives an order to the exporter of this name; carried out when its batch in flight is
 * answered, status.is_obeying until then. false: there is no such exporter. Any thread.
 */
bool runner_order(struct runner *runner, const char *name, enum runner_order order,
		  int64_t value);

/*
 * Makes the exporters those of the list while the thread runs: one that is configured as
 * before is not touched; one that has changed finishes its batch and is made anew; one
 * that is not in the list ends. false and a message when one of them cannot be made: all
 * stays as it was. Not on the exporters' thread, one call at a time; waits until the
 * plugins are loaded.
 */
bool runner_reload(struct runner *runner, const struct runner_exporter *exporters,
		   size_t count, char error[EXPORTER_ERROR_MAX]);

/*
 * Stops: no new batches, grace_ms for those in flight, then the thread is joined. Call
 * before store_close(); free afterwards. NULL is fine.
 */
void runner_stop(struct runner *runner, uint64_t grace_ms);
void runner_free(struct runner *runner); /* after store_close() */

#endif
