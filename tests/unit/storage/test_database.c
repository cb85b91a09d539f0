/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#include "storage/schema.h"
#include "store_fixture.h"

static struct store_fixture f;

static void setup(void)
{
	fixture_begin(&f);
}

static void teardown(void)
{
	fixture_end(&f);
}

TestSuite(database, .init = setup, .fini = teardown);

static void assert_refused(const char *expected)
{
	struct store_options options = { .path = f.path,
					 .queue_limit_bytes = 1 << 20,
					 .layout_limit = 64 };
	char error[STORE_ERROR_MAX] = "";
	cr_assert_null(store_open(&options, error));
	cr_assert_not_null(strstr(error, expected), "%s", error);
}

Test(database, keeps_what_it_holds_when_it_is_opened_again)
{
	struct store_telegram telegram = fixture_telegram(STAMP_TRUE, 1, "a");
	fixture_store(&f, &telegram);
	fixture_close(&f);
	fixture_open(&f);
	fixture_contact(&f, "T1");
	cr_assert(!f.state.is_new);
	cr_assert(f.state.has_records);
	cr_assert_eq(f.state.id, f.terminal);
	cr_assert_eq(fixture_store(&f, &telegram), TELEGRAM_KNOWN);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM telegram"), 1);
}

Test(database, is_created_with_what_cannot_be_changed_later)
{
	char text[512];
	cr_assert_eq(fixture_int(&f, "PRAGMA page_size"), 4096);
	cr_assert_eq(fixture_int(&f, "PRAGMA auto_vacuum"), 2);
	cr_assert_eq(fixture_int(&f, "PRAGMA application_id"), 0x52444f54);
	cr_assert_eq(fixture_int(&f, "PRAGMA user_version"), schema_version);
	fixture_text(&f, "PRAGMA journal_mode", text);
	cr_assert_str_eq(text, "wal");
}

Test(database, of_a_newer_version_is_refused)
{
	fixture_close(&f);
	fixture_exec(f.path, "PRAGMA user_version = 99");
	assert_refused("newer Readout (schema 99");
}

Test(database, of_another_program_is_refused_and_left_alone)
{
	fixture_close(&f);
	unlink(f.path);
	fixture_exec(f.path, "CREATE TABLE mine (x)");
	assert_refused("another program");
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM sqlite_schema"), 1);
}

Test(database, that_is_no_database_is_refused)
{
	fixture_close(&f);
	FILE *file = fopen(f.path, "w");
	for (int i = 0; i < 400; i++)
		fputs("this is not a database. ", file);
	fclose(file);
	assert_refused("not an SQLite database");
}

Test(database, is_held_by_one_daemon_whose_process_the_second_is_told)
{
	char expected[64];
	snprintf(expected, sizeof expected, "held by process %ld:", (long)getpid());
	assert_refused(expected);
}

Test(database, a_creation_cut_short_before_its_first_commit_is_taken_up_again)
{
	fixture_close(&f);
	unlink(f.path);
	fixture_exec(f.path, "PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL;"
			     "PRAGMA journal_mode = WAL");
	fixture_open(&f);
	cr_assert_eq(fixture_int(&f, "PRAGMA auto_vacuum"), 2);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM readings"), 0);
}

Test(database, gives_a_database_the_views_of_this_program_and_leaves_those_of_others)
{
	fixture_close(&f);
	fixture_exec(f.path,
		     "DROP VIEW terminals; CREATE VIEW terminals AS SELECT 1 AS old;"
		     "CREATE VIEW mine AS SELECT 2 AS mine;"
		     "UPDATE setting SET value = 'older' WHERE name = 'views'");
	fixture_open(&f);
	cr_assert_eq(fixture_int(&f,
				 "SELECT count(*) FROM pragma_table_info('terminals') "
				 "WHERE name = 'terminal_name'"),
		     1);
	cr_assert_eq(fixture_int(&f, "SELECT mine FROM mine"), 2);
}
