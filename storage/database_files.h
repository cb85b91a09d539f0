/* SPDX-License-Identifier: MIT */
/*
 * Whether the files that SQLite has open are still those at their paths. A file that was
 * removed or replaced goes on taking writes and syncs without an error, and all of them
 * end in nothing; so the writer asks after each commit, before it tells anybody. No
 * locking; never opens a file (closing it would drop SQLite's own locks).
 */
#ifndef READOUT_STORAGE_DATABASE_FILES_H
#define READOUT_STORAGE_DATABASE_FILES_H

#include <sys/types.h>

#include "storage/store.h"

enum { DATABASE_FILES = 3 }; /* the database, its WAL, the index of the WAL */

struct database_files {
	struct database_file {
		char *path;
		bool is_known; /* it stood there when it was noted */
		dev_t device;
		ino_t inode;
	} files[DATABASE_FILES];
};

/* Names the files of a database that is open. false: out of memory. */
bool database_files_init(struct database_files *files, sqlite3 *db);
void database_files_free(struct database_files *files);

/* Notes what stands at the paths now, after SQLite has opened it. */
void database_files_note(struct database_files *files);

/* The same for the WAL and its index alone: the database must be the one noted first. */
void database_files_note_wal(struct database_files *files);

/* The database is closed: WAL and index may come and go. */
void database_files_forget_wal(struct database_files *files);

/* false: one of them is not in its place any more; error says which. */
bool database_files_check(const struct database_files *files,
			  char error[STORE_ERROR_MAX]);

/* The database is in its place, but no file stands at the path of the WAL. */
bool database_files_lack_wal(const struct database_files *files);

/* Size of the WAL in bytes; 0: there is none. */
uint64_t database_files_wal_bytes(const struct database_files *files);

#endif
