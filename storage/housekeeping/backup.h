/* SPDX-License-Identifier: MIT */
/*
 * A copy of the database while it is written to: one consistent moment of it, on disk,
 * checked, and only then under its name. The copy needs no other file beside it (no
 * write-ahead log) and opens anywhere.
 *
 * It is read through a connection of its own, in one read transaction, so a slow target
 * never holds up the writer; what is committed meanwhile waits in the write-ahead log,
 * which grows until the copy is done. Any thread.
 */
#ifndef READOUT_STORAGE_BACKUP_H
#define READOUT_STORAGE_BACKUP_H

#include "storage/progress.h"
#include "storage/store.h"

struct backup_options {
	const char *database; /* the source; of this or an earlier schema */
	const char *file;     /* the target; "<file>.part" until it is whole */
	bool may_replace;     /* an existing file */
};

struct backup_result {
	int64_t bytes;
	int64_t last_position; /* of the log in the copy */
};

/*
 * Writes the copy. false and a message in error: there is none, and an existing file is
 * as it was.
 */
bool backup_write(const struct backup_options *options, const struct progress *progress,
		  struct backup_result *ret_result, char error[STORE_ERROR_MAX]);

#endif
