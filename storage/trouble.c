/* SPDX-License-Identifier: MIT */
#include "storage/trouble.h"

#include <errno.h>
#include <stdio.h>

/*
 * Reopening: after an I/O error the page cache, and after a file system has gone and come
 * back the open files themselves, are not to be trusted. A full disk, a rival's lock and
 * a lack of memory leave both as they were.
 */
static const struct {
	int code;
	struct trouble trouble;
} codes[] = {
	{ SQLITE_FULL, { STORE_TROUBLE_FULL, TROUBLE_PASSING, false } },
	{ SQLITE_IOERR, { STORE_TROUBLE_IO, TROUBLE_PASSING, true } },
	{ SQLITE_READONLY, { STORE_TROUBLE_READ_ONLY, TROUBLE_PASSING, true } },
	{ SQLITE_PERM, { STORE_TROUBLE_READ_ONLY, TROUBLE_PASSING, true } },
	{ SQLITE_AUTH, { STORE_TROUBLE_READ_ONLY, TROUBLE_PASSING, true } },
	{ SQLITE_CANTOPEN, { STORE_TROUBLE_IO, TROUBLE_PASSING, true } },
	{ SQLITE_NOLFS, { STORE_TROUBLE_IO, TROUBLE_PASSING, true } },
	{ SQLITE_PROTOCOL, { STORE_TROUBLE_LOCKED, TROUBLE_PASSING, true } },
	{ SQLITE_BUSY, { STORE_TROUBLE_LOCKED, TROUBLE_PASSING, false } },
	{ SQLITE_LOCKED, { STORE_TROUBLE_LOCKED, TROUBLE_PASSING, false } },
	{ SQLITE_INTERRUPT, { STORE_TROUBLE_IO, TROUBLE_PASSING, false } },
	{ SQLITE_ABORT, { STORE_TROUBLE_IO, TROUBLE_PASSING, false } },
	{ SQLITE_NOMEM, { STORE_TROUBLE_MEMORY, TROUBLE_PASSING, false } },
	{ SQLITE_CORRUPT, { STORE_TROUBLE_CORRUPT, TROUBLE_CORRUPT, false } },
	{ SQLITE_NOTADB, { STORE_TROUBLE_CORRUPT, TROUBLE_CORRUPT, false } },
};

/* SQLite calls these I/O errors; an operator has better names for them. */
static const struct {
	int number;
	struct trouble trouble;
} system_errors[] = {
	{ ENOSPC, { STORE_TROUBLE_FULL, TROUBLE_PASSING, false } },
	{ EDQUOT, { STORE_TROUBLE_FULL, TROUBLE_PASSING, false } },
	{ EFBIG, { STORE_TROUBLE_FULL, TROUBLE_PASSING, false } },
	{ EROFS, { STORE_TROUBLE_READ_ONLY, TROUBLE_PASSING, true } },
	{ EPERM, { STORE_TROUBLE_READ_ONLY, TROUBLE_PASSING, true } },
	{ EACCES, { STORE_TROUBLE_READ_ONLY, TROUBLE_PASSING, true } },
};

static const struct {
	const char *name;
	const char *advice;
} kinds[] = {
	[STORE_TROUBLE_NONE] = { "error", "" },
	[STORE_TROUBLE_FULL] = { "disk full",
				 "free space on its disk, or raise the quota" },
	[STORE_TROUBLE_IO] = { "I/O error", "look into the kernel's log, and check the "
					    "disk and its file system" },
	[STORE_TROUBLE_READ_ONLY] = { "read-only",
				      "make file, directory and file system writable for "
				      "this user again" },
	[STORE_TROUBLE_LOCKED] = { "locked",
				   "another program keeps the database locked: end it "
				   "(fuser names it), and never write into the file of a "
				   "running daemon" },
	[STORE_TROUBLE_MOVED] = { "file gone",
				  "put exactly this file back into its place; if it is "
				  "lost, stop the daemon, restore a backup (readout "
				  "restore) and start again; no empty database is made "
				  "in its place" },
	[STORE_TROUBLE_MEMORY] = { "out of memory",
				   "give the daemon more memory, or lower "
				   "database.queue_limit" },
	[STORE_TROUBLE_CORRUPT] = { "damaged",
				    "writing has stopped and the file stays as it is: "
				    "stop the daemon, look with readout verify, keep a "
				    "copy, restore a backup with readout restore and "
				    "start again; terminals keep their data meanwhile" },
};

static bool find_code(int rc, struct trouble *ret_trouble)
{
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
		if (codes[i].code == (rc & 0xff)) {
			*ret_trouble = codes[i].trouble;
			return true;
		}
	}
	return false;
}

struct trouble trouble_of(int rc, int system_errno)
{
	struct trouble trouble = { STORE_TROUBLE_NONE, TROUBLE_FAULT, false };
	if (!find_code(rc, &trouble) || trouble.kind != STORE_TROUBLE_IO)
		return trouble;
	for (size_t i = 0; i < sizeof system_errors / sizeof system_errors[0]; i++)
		if (system_errors[i].number == system_errno)
			return system_errors[i].trouble;
	return trouble;
}

/* What a COMMIT met is known to the WAL's file only: sqlite3_system_errno() tells of the
 * other statements. */
static int wal_errno(sqlite3 *db)
{
	sqlite3_file *wal = NULL;
	int number = 0;
	if (sqlite3_file_control(db, NULL, SQLITE_FCNTL_JOURNAL_POINTER, &wal) !=
		    SQLITE_OK ||
	    wal == NULL || wal->pMethods == NULL ||
	    wal->pMethods->xFileControl(wal, SQLITE_FCNTL_LAST_ERRNO, &number) !=
		    SQLITE_OK)
		return 0;
	return number;
}

int trouble_system_errno(sqlite3 *db, int rc)
{
	if ((rc & 0xff) != SQLITE_IOERR && (rc & 0xff) != SQLITE_CANTOPEN)
		return 0;
	int number = wal_errno(db);
	return number != 0 ? number : sqlite3_system_errno(db);
}

struct trouble trouble_of_database(sqlite3 *db, int rc)
{
	struct trouble trouble = trouble_of(rc, trouble_system_errno(db, rc));
	if (trouble.verdict == TROUBLE_FAULT)
		trouble = (struct trouble){ STORE_TROUBLE_IO, TROUBLE_PASSING, true };
	return trouble;
}

bool trouble_is_fault(int rc)
{
	return rc != SQLITE_OK && trouble_of(rc, 0).verdict == TROUBLE_FAULT;
}

const char *store_trouble_text(enum store_trouble trouble)
{
	return kinds[trouble].name;
}

const char *store_trouble_advice(enum store_trouble trouble)
{
	return kinds[trouble].advice;
}

void trouble_explain(sqlite3 *db, int rc, char ret_text[STORE_ERROR_MAX])
{
	int number = trouble_system_errno(db, rc);
	const char *what = sqlite3_extended_errcode(db) == rc ? sqlite3_errmsg(db)
							      : sqlite3_errstr(rc);
	snprintf(ret_text, STORE_ERROR_MAX, "%s: %s (SQLite error %d%s%s)",
		 kinds[trouble_of(rc, number).kind].name, what, rc,
		 number != 0 ? "; " : "", number != 0 ? strerror(number) : "");
}
