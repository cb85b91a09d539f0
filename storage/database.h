/* SPDX-License-Identifier: MIT */
/*
 * Opens the database file: creates it, checks that it is ours and not from a newer
 * version, migrates it, and sets the connection up for its role. Knows nothing of jobs.
 */
#ifndef READOUT_STORAGE_DATABASE_H
#define READOUT_STORAGE_DATABASE_H

#include <limits.h>
#include <sqlite3.h>

#include "storage/trouble.h"

/* How long a connection waits for a rival's lock. */
enum { DATABASE_BUSY_TIMEOUT_MS = 5000 };

/* Opens or creates for the one writer (the lock is held). NULL and a message: it cannot.
 */
sqlite3 *database_open_writer(const char *path, char error[STORE_ERROR_MAX]);

/*
 * Opens the writer's database again after trouble: it must be there and of this program's
 * version, nothing is created or migrated. false: it cannot, and why.
 */
bool database_reopen_writer(const char *path, sqlite3 **ret_db,
			    struct trouble *ret_trouble, char error[STORE_ERROR_MAX]);

/* Opens an existing one to read; never checkpoints. NULL and a message: it cannot. */
sqlite3 *database_open_reader(const char *path, char error[STORE_ERROR_MAX]);

/*
 * The same for one of this or an earlier schema: to copy or check it. *ret_rc is written
 * when it cannot be opened: SQLITE_CORRUPT and SQLITE_NOTADB tell damage from the rest.
 */
sqlite3 *database_open_any(const char *path, int *ret_rc, char error[STORE_ERROR_MAX]);

/*
 * The file that stands beside a database while restore exchanges it; the writer does not
 * open such a database. false: the path is too long.
 */
bool database_restore_marker(const char *path, char ret_marker[PATH_MAX]);

/* Asks for a single integer. SQLITE_OK or an SQLite error code. */
int database_query_int64(sqlite3 *db, const char *sql, int64_t *ret_value);

#endif
