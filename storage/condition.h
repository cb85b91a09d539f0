/* SPDX-License-Identifier: MIT */
/*
 * Conditions: what lasts, from its beginning to its end. The database knows which are
 * open, so that beginning one that is open and ending one that is not changes nothing,
 * and a restart repeats nothing. Each beginning and each end is one event.
 */
#ifndef READOUT_STORAGE_CONDITION_H
#define READOUT_STORAGE_CONDITION_H

#include "storage/store.h"

struct store_condition {
	int64_t at_ms;        /* Unix time of the beginning or end */
	int64_t terminal;     /* row id */
	const char *kind;     /* static, a word of the published schema */
	const char *severity; /* static: "info", "warning", "error" */
	const char *subject;  /* copied; "" the terminal itself, or which meter */
	const char *detail;   /* copied; plain text for the event */
};

/* false when memory is out. No answer is given. */
bool condition_begin(struct store *store, struct store_port *port,
		     const struct store_condition *condition);
bool condition_end(struct store *store, struct store_port *port,
		   const struct store_condition *condition);

/* An open one, as found at the start of the daemon. */
struct condition_list_entry {
	const char *terminal; /* identity; all texts live during the call */
	const char *kind;
	const char *subject;
	const char *detail;
	int64_t begun_ms;
};

/* Calls visit for each open condition. false and a message in error when reading fails.
 */
bool condition_list_read(const char *path,
			 void (*visit)(const struct condition_list_entry *entry,
				       void *context),
			 void *context, char error[STORE_ERROR_MAX]);

#endif
