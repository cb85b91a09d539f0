/* SPDX-License-Identifier: MIT */
/* What the questions of the command line run must go by an index, not through the log. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "storage/query/query_subject.h"
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

TestSuite(query, .init = setup, .fini = teardown);

/* The plan of a statement, a line for each step. */
static void plan_of(const char *sql, char ret_plan[8192])
{
	char question[QUERY_SQL_MAX + 32];
	sqlite3 *db = NULL;
	sqlite3_stmt *row = NULL;
	size_t size = 0;
	ret_plan[0] = '\0';
	snprintf(question, sizeof question, "EXPLAIN QUERY PLAN %s", sql);
	cr_assert_eq(sqlite3_open_v2(f.path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	cr_assert_eq(sqlite3_prepare_v2(db, question, -1, &row, NULL), SQLITE_OK,
		     "%s: %s", sql, sqlite3_errmsg(db));
	while (sqlite3_step(row) == SQLITE_ROW && size < 8192)
		size += (size_t)snprintf(ret_plan + size, 8192 - size, "%s\n",
					 (const char *)sqlite3_column_text(row, 3));
	sqlite3_finalize(row);
	sqlite3_close(db);
}

static void check(const char *subject, unsigned filters, const char *sql)
{
	static const char *const refused[] = {
		"SCAN t\n",     "SCAN telegram\n",     "SCAN event\n",
		"SCAN t USING", "SCAN telegram USING", "USE TEMP B-TREE FOR ORDER BY"
	};
	char plan[8192];
	if (sql[0] == '\0')
		return;
	plan_of(sql, plan);
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		cr_expect_null(strstr(plan, refused[i]), "%s by %u: %s\n%s", subject,
			       filters, sql, plan);
}

Test(query, walks_by_every_filter_go_by_an_index)
{
	static const char *const names[] = { "readings", "meters", "terminals",
					     "places",   "events", "gaps" };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct query_subject *subject = query_subject_find(names[i]);
		for (unsigned filters = 0; filters < 32; filters++) {
			struct query_sql sql;
			if ((filters & ~subject->filters) != 0)
				continue;
			cr_assert(query_subject_sql(subject, filters, NULL, &sql));
			check(names[i], filters, sql.outer);
			check(names[i], filters, sql.walks[0]);
			check(names[i], filters, sql.walks[1]);
		}
	}
}

Test(query, a_time_bounds_the_index_of_a_terminal_from_both_sides)
{
	char plan[8192];
	struct query_sql sql;
	cr_assert(query_subject_sql(query_subject_find("readings"), QUERY_BY_TIME, NULL,
				    &sql));
	plan_of(sql.walks[0], plan);
	cr_expect_not_null(strstr(plan, "terminal=? AND (stamp,sequence,epoch,variant,"),
			   "%s", plan);
	plan_of(sql.walks[1], plan);
	cr_expect_not_null(
		strstr(plan, "telegram_read (terminal=? AND read_at>? AND read_at<?)"),
		"%s", plan);
}

Test(query, columns_are_names_and_nothing_else)
{
	const struct query_subject *subject = query_subject_find("meters");
	struct query_sql sql;
	cr_expect(query_subject_sql(subject, 0, "meter,place", &sql));
	cr_expect_not(query_subject_sql(subject, 0, "", &sql));
	cr_expect_not(query_subject_sql(subject, 0, "meter,", &sql));
	cr_expect_not(query_subject_sql(subject, 0, "meter FROM x --", &sql));
}

struct seen {
	uint32_t rows;
};

static bool on_row(const struct query_cell *cells, void *context)
{
	struct seen *seen = context;
	cr_expect_eq(cells[0].type, QUERY_TEXT);
	seen->rows++;
	return true;
}

Test(query, pages_give_every_row_once)
{
	struct seen seen = { 0 };
	char error[QUERY_ERROR_MAX];
	struct query_filter filter = { .columns = "at" };
	fixture_exec(f.path,
		     "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
		     " LIMIT 2500) INSERT INTO event (at_ms, kind, severity, detail)"
		     " SELECT i / 7, 'test ' || (i % 5), 'info', '' FROM n");
	struct query *query =
		query_open(f.path, query_subject_find("events"), &filter, error);
	cr_assert_not_null(query, "%s", error);
	int pages = 0, more = 1;
	while (more > 0) {
		more = query_next(query, on_row, &seen);
		pages++;
	}
	cr_expect_eq(more, 0, "%s", query_error(query));
	cr_expect_eq(seen.rows, 2500, "%u rows", seen.rows);
	cr_expect_geq(pages, 3);
	query_close(query);
}
