/* SPDX-License-Identifier: MIT */
/*
 * What SQLite alone can do with the rows of a daemon's database: one thread, one prepared
 * statement, the same table and index, the same pragmas, batches of 1000. Only the loop
 * of binding, inserting and committing is timed; reading the rows is not.
 *
 *     bench_bare DAEMON.db BARE.db
 *
 * Prints key=value lines: rows, seconds, fsync latency beside BARE.db, and what the rows
 * of DAEMON.db hold. BARE.db must not exist.
 */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench_sync.h"

enum { BATCH = 1000, COLUMNS_MAX = 64 };

/* As storage/database.c sets up the daemon's writer. */
static const char pragmas[] = "PRAGMA page_size = 4096;"
			      "PRAGMA auto_vacuum = INCREMENTAL;"
			      "PRAGMA journal_mode = WAL;"
			      "PRAGMA synchronous = FULL;"
			      "PRAGMA wal_autocheckpoint = 16000;"
			      "PRAGMA cell_size_check = ON;"
			      "PRAGMA journal_size_limit = 67108864;";

struct batch {
	int columns; /* without the first, the row's id */
	int rows;
	bool is_last; /* the table has no more */
	sqlite3_value *cells[BATCH][COLUMNS_MAX];
};

static struct batch batch;

static _Noreturn void die(sqlite3 *db, const char *what)
{
	(void)fprintf(stderr, "bench_bare: %s: %s\n", what,
		      db != NULL ? sqlite3_errmsg(db) : "failed");
	exit(1);
}

static double now_s(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void execute(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		die(db, sql);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement;
	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		die(db, sql);
	return statement;
}

/* ---- the loop ---- */

/* Takes up to BATCH rows of source; false when there are no more. */
static bool batch_read(sqlite3_stmt *source)
{
	batch.columns = sqlite3_column_count(source) - 1;
	batch.rows = 0;
	if (batch.is_last)
		return false;
	if (batch.columns > COLUMNS_MAX)
		die(NULL, "the table has more than 64 columns");
	while (batch.rows < BATCH && !batch.is_last) {
		batch.is_last = sqlite3_step(source) != SQLITE_ROW;
		if (batch.is_last)
			break;
		for (int i = 0; i < batch.columns; i++)
			batch.cells[batch.rows][i] =
				sqlite3_value_dup(sqlite3_column_value(source, i + 1));
		batch.rows++;
	}
	return batch.rows > 0;
}

static void batch_free(void)
{
	for (int row = 0; row < batch.rows; row++)
		for (int i = 0; i < batch.columns; i++)
			sqlite3_value_free(batch.cells[row][i]);
}

/* Text and blobs are bound where they stand, as any program would. */
static void bind(sqlite3_stmt *insert, int position, sqlite3_value *cell)
{
	int type = sqlite3_value_type(cell);

	if (type == SQLITE_INTEGER)
		(void)sqlite3_bind_int64(insert, position, sqlite3_value_int64(cell));
	else if (type == SQLITE_TEXT)
		(void)sqlite3_bind_text(insert, position,
					(const char *)sqlite3_value_text(cell),
					sqlite3_value_bytes(cell), SQLITE_STATIC);
	else if (type == SQLITE_BLOB)
		(void)sqlite3_bind_blob(insert, position, sqlite3_value_blob(cell),
					sqlite3_value_bytes(cell), SQLITE_STATIC);
	else
		(void)sqlite3_bind_null(insert, position);
}

/* Returns how long it took. */
static double batch_insert(sqlite3 *db, sqlite3_stmt *insert)
{
	double start_s = now_s();

	execute(db, "BEGIN IMMEDIATE");
	for (int row = 0; row < batch.rows; row++) {
		for (int i = 0; i < batch.columns; i++)
			bind(insert, i + 1, batch.cells[row][i]);
		if (sqlite3_step(insert) != SQLITE_DONE)
			die(db, "insert");
		(void)sqlite3_reset(insert);
	}
	execute(db, "COMMIT");
	return now_s() - start_s;
}

static void make_table(sqlite3 *from, sqlite3 *to)
{
	sqlite3_stmt *schema =
		prepare(from, "SELECT sql FROM sqlite_schema WHERE name = 'telegram'");
	if (sqlite3_step(schema) != SQLITE_ROW)
		die(from, "no table telegram");
	execute(to, (const char *)sqlite3_column_text(schema, 0));
	(void)sqlite3_finalize(schema);
}

static sqlite3_stmt *prepare_insert(sqlite3 *db, int columns)
{
	char sql[2 * COLUMNS_MAX + 64] = "INSERT INTO telegram VALUES (NULL";
	size_t size = strlen(sql);

	for (int i = 0; i < columns; i++, size += 2)
		memcpy(sql + size, ",?", 2);
	memcpy(sql + size, ")", 2);
	return prepare(db, sql);
}

static void insert_all(sqlite3 *from, sqlite3 *to)
{
	sqlite3_stmt *source = prepare(from, "SELECT * FROM telegram ORDER BY id");
	sqlite3_stmt *insert = prepare_insert(to, sqlite3_column_count(source) - 1);
	double seconds = 0;
	int64_t rows = 0;

	while (batch_read(source)) {
		seconds += batch_insert(to, insert);
		rows += batch.rows;
		batch_free();
	}
	(void)sqlite3_finalize(source);
	(void)sqlite3_finalize(insert);
	(void)printf("bare_rows=%" PRId64 "\nbare_seconds=%.3f\n", rows, seconds);
}

/* ---- beside it ---- */

static void print_integer(sqlite3 *db, const char *name, const char *sql)
{
	sqlite3_stmt *statement = prepare(db, sql);
	if (sqlite3_step(statement) != SQLITE_ROW)
		die(db, sql);
	(void)printf("%s=%lld\n", name, sqlite3_column_int64(statement, 0));
	(void)sqlite3_finalize(statement);
}

static void describe(sqlite3 *db)
{
	print_integer(db, "telegrams", "SELECT count(*) FROM telegram");
	print_integer(db, "readings",
		      "SELECT coalesce(sum(json_array_length(vals)), 0) FROM telegram");
	print_integer(db, "first_contact_ms", "SELECT min(first_seen_ms) FROM terminal");
	print_integer(db, "database_bytes",
		      "SELECT page_count * page_size FROM pragma_page_count, "
		      "pragma_page_size");
}

int main(int argc, char **argv)
{
	sqlite3 *from, *to;

	if (argc != 3) {
		(void)fputs("usage: bench_bare DAEMON.db BARE.db\n", stderr);
		return 2;
	}
	if (sqlite3_open_v2(argv[1], &from, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		die(from, argv[1]);
	if (access(argv[2], F_OK) == 0 || sqlite3_open(argv[2], &to) != SQLITE_OK)
		die(NULL, argv[2]);
	execute(to, pragmas);
	make_table(from, to);
	describe(from);
	if (!sync_print(argv[2]))
		die(NULL, "cannot write and sync a file beside the database");
	insert_all(from, to);
	(void)sqlite3_close(from);
	(void)sqlite3_close(to);
	return 0;
}
