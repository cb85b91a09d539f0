/* SPDX-License-Identifier: MIT */
/*
 * What a failure of SQLite means for the writer: whose fault it is, whether it may pass,
 * and what a person is told to do. Tables and a text; any thread. Names and advice are in
 * storage/store.h.
 */
#ifndef READOUT_STORAGE_TROUBLE_H
#define READOUT_STORAGE_TROUBLE_H

#include <sqlite3.h>

#include "storage/store.h"

enum trouble_verdict {
	TROUBLE_FAULT,   /* of the row: a constraint, a type, a size */
	TROUBLE_PASSING, /* of the disk, the file, a rival: tried again */
	TROUBLE_CORRUPT, /* the file is damaged: writing must stop */
};

struct trouble {
	enum store_trouble kind;
	enum trouble_verdict verdict;
	/* What the connection has in memory, or the files it holds open, may be stale. */
	bool needs_reopening;
};

/* rc: an SQLite error code, extended or not; system_errno: see below, 0 unknown. */
struct trouble trouble_of(int rc, int system_errno);

/* What a failure of this connection means. The row cannot be at fault. */
struct trouble trouble_of_database(sqlite3 *db, int rc);

/* The errno behind a failure of this connection; 0: none, or it is not known. */
int trouble_system_errno(sqlite3 *db, int rc);

/* Whether a failure is that of one row and leaves the others alone. */
bool trouble_is_fault(int rc);

/* What failed, in one line: name, what SQLite and the system say. */
void trouble_explain(sqlite3 *db, int rc, char ret_text[STORE_ERROR_MAX]);

#endif
