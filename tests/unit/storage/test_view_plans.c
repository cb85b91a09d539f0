/* SPDX-License-Identifier: MIT */
/* The conditions people set to the views reach the index; plans, counts and order decide.
 */
#include <criterion/criterion.h>
#include <stdio.h>

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

TestSuite(view_plans, .init = setup, .fini = teardown);

/* The steps of a plan, a line each. */
static void plan_of(const char *sql, char ret_plan[4096])
{
	sqlite3 *db = NULL;
	sqlite3_stmt *row = NULL;
	char explain[1024];
	size_t size = 0;
	ret_plan[0] = '\0';
	snprintf(explain, sizeof explain, "EXPLAIN QUERY PLAN %s", sql);
	cr_assert_eq(sqlite3_open_v2(f.path, &db, SQLITE_OPEN_READONLY, NULL), 0);
	cr_assert_eq(sqlite3_prepare_v2(db, explain, -1, &row, NULL), SQLITE_OK, "%s: %s",
		     sql, sqlite3_errmsg(db));
	while (sqlite3_step(row) == SQLITE_ROW && size < 4096)
		size += (size_t)snprintf(ret_plan + size, 4096 - size, "%s\n",
					 (const char *)sqlite3_column_text(row, 3));
	sqlite3_finalize(row);
	sqlite3_close(db);
}

/* The readings that a condition chooses are found by this step, before they are taken
 * apart. */
static void assert_reaches(const char *condition, const char *step)
{
	char sql[512], plan[4096];
	snprintf(sql, sizeof sql,
		 "SELECT meter, place, value, read_at FROM readings WHERE %s", condition);
	plan_of(sql, plan);
	const char *found = strstr(plan, step);
	cr_expect_not_null(found, "%s:\n%s", condition, plan);
	cr_expect_null(strstr(plan, "SCAN t\n"), "%s:\n%s", condition, plan);
	cr_expect_null(strstr(plan, "SCAN o\n"), "%s:\n%s", condition, plan);
	cr_expect(found != NULL && strstr(found, "SEARCH lr USING PRIMARY KEY") != NULL,
		  "%s:\n%s", condition, plan);
}

#define BY_TERMINAL "SEARCH t USING INDEX sqlite_autoindex_telegram_1 (terminal=?)\n"
#define BY_TIME     "SEARCH t USING INDEX sqlite_autoindex_telegram_1 (terminal=? AND stamp>?"

Test(view_plans, readings_of_a_meter_are_found_through_its_origins)
{
	assert_reaches("meter = '0803176865329906'", "SEARCH o USING INDEX origin_meter");
	assert_reaches("meter = '0803176865329906'", BY_TERMINAL);
}

Test(view_plans, readings_of_a_terminal_are_found_by_the_index)
{
	assert_reaches("terminal = 'T1'", BY_TERMINAL);
}

Test(view_plans, a_span_of_time_bounds_the_index)
{
	assert_reaches("meter = '0803176865329906' AND stamp >= 5 AND stamp < 9",
		       BY_TIME);
	assert_reaches("terminal = 'T1' AND stamp >= 5", BY_TIME);
	assert_reaches(
		"terminal IN (SELECT terminal FROM terminals)"
		" AND stamp BETWEEN unixepoch('2026-11-01') AND unixepoch('2026-11-02')",
		BY_TIME);
}

Test(view_plans, the_log_is_read_on_from_a_position)
{
	assert_reaches("id > 5", "SEARCH t USING INTEGER PRIMARY KEY (rowid>?)\n");
}

Test(view_plans, the_latest_readings_of_a_meter_do_not_touch_its_history)
{
	char plan[4096];
	plan_of("SELECT * FROM latest_readings WHERE meter = '0803176865329906'", plan);
	cr_expect_not_null(strstr(plan, "SEARCH meter USING INDEX meter_address"), "%s",
			   plan);
	cr_expect_not_null(strstr(plan, "SEARCH o USING INDEX origin_meter"), "%s", plan);
	cr_expect_not_null(strstr(plan,
				  "SEARCH newest USING COVERING INDEX"
				  " sqlite_autoindex_telegram_1 (terminal=? AND stamp>?"
				  " AND stamp<?)\n"),
			   "%s", plan);
	cr_expect_null(strstr(plan, "SCAN t\n"), "%s", plan);
	cr_expect_null(strstr(plan, "SCAN o\n"), "%s", plan);
}

Test(view_plans, the_latest_readings_of_all_meters_ask_once_per_origin)
{
	char plan[4096];
	plan_of("SELECT * FROM latest_readings", plan);
	cr_expect_not_null(strstr(plan, "SEARCH newest USING COVERING INDEX"), "%s",
			   plan);
	cr_expect_null(strstr(plan, "SCAN t\n"), "%s", plan);
	cr_expect_null(strstr(plan, "SEARCH t USING INDEX"), "%s", plan);
}

Test(view_plans, failed_reads_are_told_by_the_index_alone)
{
	char plan[4096];
	plan_of("SELECT * FROM failed_reads WHERE terminal = 'T1' AND stamp > 5", plan);
	cr_expect_not_null(strstr(plan, BY_TIME), "%s", plan);
	plan_of("SELECT count(*) FROM failed_reads", plan);
	cr_expect_not_null(strstr(plan, "SEARCH t USING COVERING INDEX"), "%s", plan);
}

Test(view_plans, when_a_meter_was_last_read_is_known_without_its_history)
{
	char plan[4096];
	plan_of("SELECT last_read_at FROM meters WHERE meter = '0803176865329906'", plan);
	cr_expect_not_null(strstr(plan, "SEARCH newest USING COVERING INDEX"), "%s",
			   plan);
	cr_expect_null(strstr(plan, "SCAN t\n"), "%s", plan);
	cr_expect_null(strstr(plan, "SCAN o\n"), "%s", plan);
}

Test(view_plans, readings_of_a_named_meter_or_place_are_found_through_its_origins)
{
	assert_reaches("meter_name = 'kitchen'", "SEARCH meter USING INDEX meter_name");
	assert_reaches("place = 'House 1/Flat 7'", "SEARCH o USING INDEX origin_meter");
	assert_reaches("place = 'House 1/Flat 7'", BY_TERMINAL);
}
