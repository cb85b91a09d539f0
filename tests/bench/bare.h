/* SPDX-License-Identifier: MIT */
/* The bare SQLite loop of bench_store: one prepared statement, 1000 rows a transaction.
 */
#ifndef READOUT_BENCH_BARE_H
#define READOUT_BENCH_BARE_H

#include <sqlite3.h>

#include "bench_load.h"

enum { BARE_BATCH = 1000 };

struct bare {
	sqlite3 *db;
	sqlite3_stmt *begin, *insert, *commit;
};

/* Row ids of what the telegrams name. */
struct bare_ids {
	int64_t terminals[LOAD_TERMINALS];
	int64_t origins[LOAD_ROUND]; /* by terminal and meter */
};

/* Says what went wrong, and exits. */
_Noreturn void bench_die(const char *what, const char *why);

/* All of these exit when SQLite does not do as it is told. */
struct bare bare_open(const char *path, const char *pragmas);
void bare_close(struct bare *bare);
void bare_execute(sqlite3 *db, const char *sql);
sqlite3_stmt *bare_prepare(sqlite3 *db, const char *sql);
void bare_insert(struct bare *bare, const struct bare_ids *ids,
		 const struct load_telegram *telegrams, int count);

#endif
