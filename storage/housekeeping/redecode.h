/* SPDX-License-Identifier: MIT */
/*
 * Decoding the past anew, from the raw data that are kept: after a better decoder, or
 * with a key that came later. Goes over the log in slices, each one short read and one
 * job of the writer, so that new telegrams are committed in between. How far it has come
 * is committed with each slice.
 *
 * A telegram that reads otherwise now moves to the end of the log with a raised revision:
 * exporters meet it as a correction. Where it stood among the records of its terminal is
 * remembered (log_order), for the identity of records rests on it. One that reads the
 * same only notes which decoder says so.
 *
 * Used by one thread, which also decodes.
 */
#ifndef READOUT_STORAGE_REDECODE_H
#define READOUT_STORAGE_REDECODE_H

#include "storage/store_caller.h"
#include "storage/telegram_batch.h"

struct redecode_filter {
	const char *terminal; /* identity; NULL all */
	const char *meter;    /* 16 digits of its address, or the first 8; NULL all */
	int64_t since;        /* read at, Unix time in seconds; INT64_MIN all */
	/* As it was asked for: "7d" typed again goes on with what was begun. NULL: all */
	const char *since_text;
};

/* How far it has come. */
struct redecode_state {
	int64_t first, position, last; /* in the log: began now, done, the end */
	int64_t changed, unchanged;
	bool is_resumed; /* an earlier run of the same filter was not finished */
};

/*
 * Decodes telegram->raw afresh (kind, device_index, error_code and raw are given, text as
 * the log has it) and writes everything that decoding gives. What it points to lives
 * until the next call.
 */
typedef void redecode_cb(void *context, struct store_telegram *telegram);

struct redecode;

/*
 * Opens the database at path to read, and begins or goes on. NULL and a message in error.
 * filter must outlive it.
 */
struct redecode *redecode_open(const char *path, struct store_caller *caller,
			       const struct redecode_filter *filter,
			       char error[STORE_ERROR_MAX]);
void redecode_close(struct redecode *redecode); /* NULL is fine */

const struct redecode_state *redecode_state(const struct redecode *redecode);

/* Does one slice; nothing is left when position == last. false and a message in error. */
bool redecode_slice(struct redecode *redecode, redecode_cb *decode, void *context,
		    char error[STORE_ERROR_MAX]);

#endif
