/* SPDX-License-Identifier: MIT */
#include "bare.h"

#include <stdio.h>
#include <stdlib.h>

static const char insert_sql[] =
	"INSERT INTO telegram (terminal, stamp, sequence, epoch, variant, origin, "
	"received_at,"
	" read_at, rssi, access_number, meter_status, remarks, vals, raw)"
	" VALUES (?1, ?2, ?3, 0, 0, ?4, ?5, NULL, NULL, ?6, 0, NULL, ?7, ?8)";

_Noreturn void bench_die(const char *what, const char *why)
{
	(void)fprintf(stderr, "bench_store: %s: %s\n", what, why);
	exit(1);
}

void bare_execute(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		bench_die(sql, sqlite3_errmsg(db));
}

sqlite3_stmt *bare_prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement;
	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		bench_die(sql, sqlite3_errmsg(db));
	return statement;
}

struct bare bare_open(const char *path, const char *pragmas)
{
	struct bare bare;
	if (sqlite3_open_v2(path, &bare.db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		bench_die(path, sqlite3_errmsg(bare.db));
	bare_execute(bare.db, pragmas);
	bare.begin = bare_prepare(bare.db, "BEGIN IMMEDIATE");
	bare.insert = bare_prepare(bare.db, insert_sql);
	bare.commit = bare_prepare(bare.db, "COMMIT");
	return bare;
}

void bare_close(struct bare *bare)
{
	(void)sqlite3_finalize(bare->begin);
	(void)sqlite3_finalize(bare->insert);
	(void)sqlite3_finalize(bare->commit);
	(void)sqlite3_close(bare->db);
}

static void run(sqlite3 *db, sqlite3_stmt *statement)
{
	if (sqlite3_step(statement) != SQLITE_DONE)
		bench_die(sqlite3_sql(statement), sqlite3_errmsg(db));
	(void)sqlite3_reset(statement);
}

static void insert_one(struct bare *bare, const struct bare_ids *ids,
		       const struct load_telegram *telegram)
{
	sqlite3_stmt *row = bare->insert;
	int number = telegram->terminal * LOAD_METERS + telegram->meter;
	(void)sqlite3_bind_int64(row, 1, ids->terminals[telegram->terminal]);
	(void)sqlite3_bind_int64(row, 2, telegram->stamp);
	(void)sqlite3_bind_int64(row, 3, telegram->sequence);
	(void)sqlite3_bind_int64(row, 4, ids->origins[number]);
	(void)sqlite3_bind_int64(row, 5, telegram->received_at_ms);
	(void)sqlite3_bind_int64(row, 6, telegram->access_number);
	(void)sqlite3_bind_text(row, 7, telegram->vals, (int)telegram->vals_size,
				SQLITE_STATIC);
	(void)sqlite3_bind_blob(row, 8, telegram->raw, LOAD_RAW, SQLITE_STATIC);
	run(bare->db, row);
}

void bare_insert(struct bare *bare, const struct bare_ids *ids,
		 const struct load_telegram *telegrams, int count)
{
	for (int i = 0; i < count; i += BARE_BATCH) {
		run(bare->db, bare->begin);
		for (int n = i; n < i + BARE_BATCH && n < count; n++)
			insert_one(bare, ids, &telegrams[n]);
		run(bare->db, bare->commit);
	}
}
