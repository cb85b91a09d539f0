/* SPDX-License-Identifier: MIT */
/* Databases of every earlier schema, with what may stand in them, come to the newest. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/database.h"
#include "storage/schema.h"
#include "store_fixture.h"

static struct store_fixture f;

static void setup(void)
{
	fixture_begin(&f);
	fixture_close(&f);
	unlink(f.path);
}

static void teardown(void)
{
	fixture_end(&f);
}

TestSuite(migration, .init = setup, .fini = teardown);

/*
 * What tells telegrams apart: two terminals, meters and none, devices and none, layouts
 * and none, failed reads, corrected and unset clocks, variants, epochs, and a last
 * position that was used and is empty again. Each kind recurs with its own period.
 */
static const char rows_1[] =
	"INSERT INTO terminal (id, identity, first_seen_ms, last_seen_ms)"
	" VALUES (1, 'T1', 1700000000000, 1700000000000),"
	" (2, 'T2', 1700000000000, 1700000000000);"
	"INSERT INTO meter (id, identification, manufacturer, version, medium, address,"
	" medium_name, first_seen_ms) VALUES"
	" (1, '08031768', 12901, 153, 6, '0803176865329906', 'water', 1),"
	" (2, '08031769', 12901, 153, 6, '0803176965329906', 'water', 1);"
	"INSERT INTO layout (id, key, decoder_version) VALUES (1, x'0413', 2);"
	"INSERT INTO register VALUES (1, 1, x'0413', 0, 1, 0, -3, 1, 1, 1000.0, 2);"
	"INSERT INTO series VALUES (1, 'volume', 'm3', 'instantaneous', 0, 0, 0, '', 0);"
	"INSERT INTO layout_register VALUES (1, 0, 1, 1, NULL);"
	"WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < %d)"
	" INSERT INTO telegram SELECT n, 1 + n %% 2,"
	" CASE WHEN n %% 7 = 0 THEN n ELSE 1700000000 + n / 3 * 900 END, n %% 65536,"
	" n %% 7 = 0, n %% 13 = 0, n %% 3, 1700000000123 + n * 1000,"
	" CASE n %% 5 WHEN 0 THEN 1700003600 + n END, 2 + n %% 3,"
	" CASE n %% 11 WHEN 0 THEN 5 ELSE 1 END, n %% 4, CASE n %% 17 WHEN 0 THEN 7 ELSE "
	"0 END,"
	" CASE n %% 11 WHEN 0 THEN -70 END, CASE n %% 19 WHEN 0 THEN 'device ' || n %% 8 "
	"END,"
	" n %% 256, CASE n %% 23 WHEN 0 THEN 4 END, CASE WHEN n %% 17 <> 0 THEN 1 END,"
	" CASE n %% 29 WHEN 0 THEN 4 ELSE 0 END, CASE n %% 31 WHEN 0 THEN 5 END, 1 + n "
	"%% 2, n %% 43 = 0,"
	" CASE n %% 37 WHEN 0 THEN '[null,\"doubt\",null,null]' END,"
	" CASE WHEN n %% 17 <> 0 THEN '[' || n || ']' END,"
	" CASE n %% 41 WHEN 0 THEN 'as it came' ELSE zeroblob(100) END FROM n;"
	"DELETE FROM telegram WHERE id = %d;";

static const char telegrams_1[] = "SELECT id, terminal, stamp, sequence, epoch, variant, "
				  "nullif(meter, 0), received_at,"
				  " read_at, time_quality, kind, device_index, "
				  "error_code, rssi, device, access_number,"
				  " meter_status, layout, decode_status, "
				  "decode_diagnosis, decoder_version, revision,"
				  " iif(remarks IS NULL, NULL, '[null,\"doubt\"]'), "
				  "vals, raw FROM telegram ORDER BY id";

static const char telegrams_now[] =
	"SELECT t.id, t.terminal, stamp, sequence, epoch, variant, nullif(meter, 0),"
	" received_at, read_at, time_quality, kind, device_index, error_code, rssi,"
	" nullif(device, ''), access_number, meter_status, nullif(layout, 0), "
	"decode_status,"
	" nullif(decode_diagnosis, 0), decoder_version, revision, remarks, vals, raw"
	" FROM telegram t JOIN origin ON origin.id = t.origin ORDER BY t.id";

/* Types and values of all rows, in one number. */
static uint64_t digest(const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *row = NULL;
	uint64_t hash = 14695981039346656037u;
	cr_assert_eq(sqlite3_open_v2(f.path, &db, SQLITE_OPEN_READONLY, NULL), 0);
	cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK, "%s",
		     sqlite3_errmsg(db));
	while (sqlite3_step(row) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(row); i++) {
			hash = (hash ^ (uint64_t)sqlite3_column_type(row, i)) *
			       1099511628211u;
			const uint8_t *data = sqlite3_column_blob(row, i);
			for (int n = sqlite3_column_bytes(row, i); n > 0; n--)
				hash = (hash ^ *data++) * 1099511628211u;
		}
	}
	sqlite3_finalize(row);
	sqlite3_close(db);
	return hash;
}

static void make_version_1(int telegrams)
{
	char rows[4096], mark[96];
	snprintf(rows, sizeof rows, rows_1, telegrams, telegrams);
	snprintf(mark, sizeof mark, "PRAGMA application_id = %d; PRAGMA user_version = 1",
		 SCHEMA_APPLICATION_ID);
	fixture_exec(f.path, "PRAGMA auto_vacuum = INCREMENTAL");
	fixture_exec(f.path, schema_migrations[0]);
	fixture_exec(f.path, rows);
	fixture_exec(f.path, mark);
}

static void assert_integrity(void)
{
	char text[512];
	fixture_text(&f, "PRAGMA integrity_check", text);
	cr_assert_str_eq(text, "ok");
}

Test(migration, from_schema_1_keeps_every_telegram_as_it_was)
{
	make_version_1(2000);
	uint64_t before = digest(telegrams_1);
	fixture_open(&f);
	cr_assert_eq(digest(telegrams_now), before);
	cr_assert_eq(fixture_int(&f, "PRAGMA user_version"), schema_version);
	assert_integrity();
}

Test(migration, from_schema_1_shows_the_readings_that_were_shown)
{
	char text[512];
	make_version_1(100);
	fixture_open(&f);
	fixture_text(
		&f,
		"SELECT terminal || ' ' || meter || ' ' || value_text || ' ' || unit"
		" || ' ' || read_at || ' ' || device_index FROM readings WHERE id = 40",
		text);
	cr_assert_str_eq(text, "T1 0803176865329906 0.040 m3 2023-11-14T23:14:00Z 0");
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM readings"), 94);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM failed_reads"), 5);
}

Test(migration, from_schema_1_never_uses_a_position_twice)
{
	make_version_1(100);
	fixture_open(&f);
	fixture_contact(&f, "T1");
	f.terminal = f.state.id;
	struct store_telegram telegram = fixture_telegram(STAMP_TRUE, 1, "a");
	fixture_store(&f, &telegram);
	cr_assert_eq(fixture_int(&f, "SELECT max(id) FROM telegram"), 101);
}

Test(migration, from_schema_1_knows_on_which_days_an_origin_was_heard)
{
	make_version_1(2000);
	fixture_open(&f);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM telegram t JOIN origin o"
				     " ON o.id = t.origin WHERE t.stamp < o.since"
				     " OR t.stamp >= o.until"),
		     0);
	cr_assert_eq(fixture_int(&f,
				 "SELECT count(*) FROM origin o WHERE NOT EXISTS (SELECT"
				 " 1 FROM telegram t WHERE t.origin = o.id"
				 " AND t.stamp >= o.until - 86400)"),
		     0);
}

Test(migration, leaves_an_operators_own_view_alone)
{
	make_version_1(100);
	fixture_exec(f.path, "CREATE VIEW mine AS SELECT count(*) AS n FROM telegram");
	fixture_open(&f);
	cr_assert_eq(fixture_int(&f, "SELECT n FROM mine"), 99);
}

/* Migrates in a process that is killed as soon as it writes the new rows. */
static void kill_migration(void)
{
	char wal[160], error[STORE_ERROR_MAX];
	struct stat file = { 0 };
	int status = 0;
	snprintf(wal, sizeof wal, "%s-wal", f.path);
	pid_t child = fork();
	cr_assert_geq(child, 0);
	if (child == 0) {
		database_open_writer(f.path, error);
		pause();
		_exit(1);
	}
	while (stat(wal, &file) != 0 || file.st_size < 1 << 20)
		usleep(100);
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
}

Test(migration, killed_half_way_never_happened_and_is_done_again)
{
	make_version_1(80000);
	uint64_t before = digest(telegrams_1);
	kill_migration();
	cr_assert_eq(fixture_int(&f, "PRAGMA user_version"), 1);
	cr_assert_eq(digest(telegrams_1), before);
	fixture_open(&f);
	cr_assert_eq(digest(telegrams_now), before);
	assert_integrity();
}
