/* SPDX-License-Identifier: MIT */
/*
 * What the sinks call things that have a name here: key to remote, for each exporter.
 * Written together with the exporter's cursor (cursor_move), read here on a read-only
 * connection. One thread.
 */
#ifndef READOUT_STORAGE_REMOTE_ID_H
#define READOUT_STORAGE_REMOTE_ID_H

#include <stdbool.h>
#include <stddef.h>

#include "storage/store.h"

struct remote_ids;

/* Opens an existing database. NULL and a message in error when that fails. */
struct remote_ids *remote_ids_open(const char *path, char error[STORE_ERROR_MAX]);
void remote_ids_close(struct remote_ids *ids); /* NULL is fine */

/*
 * Writes the remote that is committed for this key with NUL, cut if it does not fit.
 * false: there is none, or the database cannot be read just now.
 */
bool remote_ids_find(struct remote_ids *ids, const char *exporter, const char *key,
		     char *ret_remote, size_t size);

#endif
