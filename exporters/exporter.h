/* SPDX-License-Identifier: MIT */
/*
 * The exporter contract: all that a plugin and Readout know of each other. A plugin is a
 * shared module that exports one function, readout_exporter(), which returns a struct of
 * functions with a version and a size, and a table of options.
 *
 * The core owns the cursor, batching, retries, backoff, dead letters and counters. The
 * plugin gets a batch of telegrams and says, sooner or later, for each: delivered, try
 * again, unacceptable, or stop. create() is called before the exporters' thread starts,
 * all else runs on that thread; a plugin must not block it for long (libuv's pool,
 * uv_queue_work, is there for that), and loses only its own progress when it misbehaves.
 *
 * After a crash the same range of the log is delivered again, in one batch with the same
 * first and last position: a sink that names what it writes by them writes nothing twice.
 */
#ifndef READOUT_EXPORTERS_EXPORTER_H
#define READOUT_EXPORTERS_EXPORTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPORTER_ABI    2u
#define EXPORTER_SYMBOL "readout_exporter"

/* ---- options: the core parses, checks and documents them ---- */

enum exporter_option_type {
	EXPORTER_TEXT,
	EXPORTER_INTEGER,  /* decimal digits, perhaps with a minus; fits int64_t */
	EXPORTER_BOOLEAN,  /* "true" or "false" */
	EXPORTER_DURATION, /* written "60s"; handed over in milliseconds, decimal digits
			    */
	EXPORTER_SIZE,     /* written "64MiB"; handed over in bytes, decimal digits */
	EXPORTER_JSON,     /* an object or a list; handed over as JSON text */
};

struct exporter_option {
	const char *name; /* key in "options"; NULL ends the table */
	enum exporter_option_type type;
	const char *fallback; /* as written in the file; NULL: the key is required */
	const char *help;     /* one line */
};

/* ---- what is exported ---- */

struct exporter_reading {
	const char *quantity, *unit, *modifiers, *function; /* "" none; never NULL */
	uint64_t storage;
	uint32_t tariff, subunit, occurrence;
	const char *value_text;      /* exact and plain ("1.891"); "" no value */
	bool is_number;              /* value_text is a number */
	const char *no_value_reason; /* "" there is one */
	/* ISO local date or time that the telegram gives a stored value; "" none */
	const char *valid_at;
	const char *obis; /* "" none */
};

struct exporter_telegram {
	int64_t id;       /* position in the log */
	int64_t revision; /* 0, or how often it was decoded again */
	/* "" none; never NULL */
	const char *terminal, *terminal_name, *meter, *meter_name, *place, *medium, *kind;
	int64_t stamp, sequence, error_code;
	int64_t received_at_ms; /* Unix time */
	int64_t read_at;        /* Unix time in seconds */
	const char *time_quality, *decode_status;
	const void *raw;
	size_t raw_size;
	bool raw_is_text;
	const struct exporter_reading *readings;
	uint32_t reading_count;
};

struct exporter_batch {
	/*
	 * The announced range, the same after a crash. Ids have gaps, so these need not
	 * be ids of telegrams; after a partial answer first_id follows the cursor.
	 */
	int64_t first_id, last_id;
	const struct exporter_telegram *telegrams; /* ascending by id; at least one */
	uint32_t count;
	/*
	 * For plugins with publish(): the first portion of a range. Whatever was taken
	 * before and is not published is to be forgotten; it comes again.
	 */
	bool begins;
	/* Dead letters that an operator wants tried again; first_id and last_id are those
	 * of their telegrams, and may have been used before; EXPORTER_DELIVERED is final,
	 * also for plugins with publish(). */
	bool is_retry;
};

/* ---- answers ---- */

enum exporter_verdict {
	EXPORTER_DELIVERED, /* the sink has it, durably */
	EXPORTER_THINNED,   /* not sent on purpose: a newer one of the same meter stands
			       for it, as a limit of the sink demands; counted */
	EXPORTER_RETRY,     /* trouble that may pass; not before retry_after_ms */
	EXPORTER_REJECTED,  /* the sink will never take it: dead letter, go on */
	EXPORTER_STOP,      /* nothing can work until an operator acts (credentials): a
			       long pause, then a look whether somebody has */
};

/* Handed to deliver(); answered exactly once per telegram, at once or later. */
struct exporter_delivery;

/* What the core offers a plugin. Grows at its end; size says how far it reaches. */
struct exporter_host {
	uint32_t size;
	void *loop; /* uv_loop_t * of the exporters' thread */
	/* severity: "info", "warning", "error". One line; the core adds the name. */
	void (*log)(const struct exporter_host *host, const char *severity,
		    const char *text);
	/*
	 * Answers telegrams first..first+count-1 of the batch. The batch stays valid
	 * until all of it is answered. reason is copied; say what happened, where, and
	 * what to do; NULL is fine for EXPORTER_DELIVERED. An answer that fits no open
	 * delivery is logged and ignored.
	 */
	void (*answer)(struct exporter_delivery *delivery, uint32_t first, uint32_t count,
		       enum exporter_verdict verdict, uint64_t retry_after_ms,
		       const char *reason);
	/*
	 * Answers one telegram with EXPORTER_REJECTED and keeps what was sent and what
	 * the sink replied with the dead letter, at most EXPORTER_KEPT_MAX bytes each.
	 * Secrets have no place in either. Both are copied; "" none.
	 */
	void (*reject)(struct exporter_delivery *delivery, uint32_t telegram,
		       const char *reason, const char *payload, const char *reply);
	/*
	 * What the sink calls something that has a name here (an id of a device, say).
	 * remember: committed in one transaction with the next move of the cursor, and
	 * known to recall from now on; remote "" forgets it. false: out of memory, or a
	 * key or a remote of more than EXPORTER_KEY_MAX bytes. recall: false when nothing
	 * is known; else the text with NUL, which is cut if it does not fit. From
	 * create() on.
	 */
	bool (*remember)(const struct exporter_host *host, const char *key,
			 const char *remote);
	bool (*recall)(const struct exporter_host *host, const char *key,
		       char *ret_remote, size_t size);
	/*
	 * For plugins with publish(): all that was taken is to be published now, or when
	 * the portion in flight is answered. Any time after create().
	 */
	void (*end_range)(const struct exporter_host *host);
};

enum { EXPORTER_ERROR_MAX = 256, EXPORTER_KEPT_MAX = 2048, EXPORTER_KEY_MAX = 255 };

struct exporter_plugin {
	uint32_t abi;     /* EXPORTER_ABI the plugin was built with */
	uint32_t size;    /* sizeof(struct exporter_plugin) it was built with */
	const char *name; /* of the module, without ".so" */
	const char *help; /* one line */
	const struct exporter_option *options;
	/*
	 * Makes an instance. values[i] is the text of options[i]. NULL and a message
	 * (what, and what to do) in error when it cannot work.
	 */
	void *(*create)(const struct exporter_host *host, const char *const *values,
			char error[EXPORTER_ERROR_MAX]);
	/* One batch at a time: the next comes after the last answer to this one. */
	void (*deliver)(void *instance, const struct exporter_batch *batch,
			struct exporter_delivery *delivery);
	/*
	 * The last call: closes its handles; what is unanswered counts as EXPORTER_RETRY,
	 * and nothing may be answered from here on. Requests still with the loop may end
	 * later and free the instance then: values, host and the batch in flight stay
	 * valid until the loop has run empty.
	 */
	void (*destroy)(void *instance);
	/*
	 * Optional, NULL: not offered. Writes what would be sent for this telegram, as
	 * lines of text, and returns their size without NUL as snprintf does; sends
	 * nothing. For `readout exporter test`.
	 */
	int (*preview)(void *instance, const struct exporter_telegram *telegram,
		       char *text, size_t size);
	/*
	 * Optional: the option (a duration) that a batch waits for by default, for a sink
	 * that takes one value of a meter in so much time. NULL: the runner's own
	 * default.
	 */
	const char *age_option;
	/* True: a batch must never come in parts, not even to probe a sink that was away.
	 */
	bool takes_whole_batches;
	/*
	 * Optional, NULL: what deliver() answers is final. Else batches are portions of a
	 * longer range that is not held in memory: EXPORTER_DELIVERED means taken, not
	 * yet there. When the plugin has said end_range() the core commits where the
	 * range ends, calls publish(), and moves the cursor when that is answered as the
	 * one telegram 0 of its delivery. After a crash before that answer exactly
	 * first_id..last_id comes again, in portions, and is published again.
	 */
	void (*publish)(void *instance, int64_t first_id, int64_t last_id,
			struct exporter_delivery *delivery);
};

/* The one symbol of a plugin. */
const struct exporter_plugin *readout_exporter(void);

#endif
