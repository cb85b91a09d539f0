/* SPDX-License-Identifier: MIT */
/*
 * Puts a backup in the place of the database, which is kept beside it under another name,
 * write-ahead log and all. For a command; refuses while anybody holds the lock.
 *
 * Positions of the log are never given twice: the restored log goes on behind the last
 * position of the database it replaces (far behind its own when that cannot be read), so
 * that no sink takes a new telegram for one it has had.
 */
#ifndef READOUT_STORAGE_RESTORE_H
#define READOUT_STORAGE_RESTORE_H

#include <limits.h>

#include "storage/progress.h"
#include "storage/store.h"

struct restore_result {
	char kept[PATH_MAX];   /* the database that was there; "" there was none */
	int64_t last_position; /* of the backup's log */
	int64_t next_position; /* of the next telegram */
};

/*
 * Restores file to path. false and a message in error; unless that says so, the database
 * is as it was. now_ms: Unix time, for the name of what is kept.
 */
bool restore_database(const char *path, const char *file, int64_t now_ms,
		      const struct progress *progress, struct restore_result *ret_result,
		      char error[STORE_ERROR_MAX]);

#endif
