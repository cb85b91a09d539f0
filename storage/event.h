/* SPDX-License-Identifier: MIT */
/*
 * Events: what an operator wants to find again in a year. One row each, written by the
 * writer with the next transaction. kind is a word of the published schema, detail is
 * plain text that says what happened and what it means.
 */
#ifndef READOUT_STORAGE_EVENT_H
#define READOUT_STORAGE_EVENT_H

#include "storage/store.h"

struct store_event {
	int64_t at_ms;    /* Unix time */
	const char *kind; /* static: "overlap_missing", "sequence_reset", "failed_read",
			     ... */
	const char *severity; /* static: "info", "warning", "error" */
	int64_t terminal;     /* 0 none */
	const char *detail;   /* copied, at most 500 bytes */
};

/* false when memory is out (the caller logs it). No answer is given. */
bool event_submit(struct store *store, struct store_port *port,
		  const struct store_event *event);

#endif
