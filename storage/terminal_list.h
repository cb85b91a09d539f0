/* SPDX-License-Identifier: MIT */
/*
 * The terminals of an existing database, read once at the start of the daemon through a
 * read-only connection that is closed again. Any thread.
 */
#ifndef READOUT_STORAGE_TERMINAL_LIST_H
#define READOUT_STORAGE_TERMINAL_LIST_H

#include "storage/store.h"

struct terminal_list_entry {
	int64_t id;
	const char *identity;    /* lives during the call */
	int64_t last_contact_ms; /* Unix time */
};

/* Calls visit for each terminal. false and a message in error when reading fails. */
bool terminal_list_read(const char *path,
			void (*visit)(const struct terminal_list_entry *entry,
				      void *context),
			void *context, char error[STORE_ERROR_MAX]);

#endif
