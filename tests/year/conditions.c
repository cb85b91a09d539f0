/* SPDX-License-Identifier: MIT */
/* Conditions begin and end in turns: no beginning and no end is told twice. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/year/year.h"

static sqlite3_stmt *ask(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *rows;

	if (sqlite3_prepare_v2(db, sql, -1, &rows, NULL) != SQLITE_OK)
		abort();
	return rows;
}

static void check_turns(struct year *year, sqlite3 *db)
{
	sqlite3_stmt *rows =
		ask(db, "SELECT terminal, kind FROM (SELECT id, terminal, kind, phase,"
			" lag(phase, 1, 'end') OVER"
			" (PARTITION BY terminal, kind, subject ORDER BY id) AS before"
			" FROM events WHERE phase <> '') WHERE phase = before");

	while (sqlite3_step(rows) == SQLITE_ROW) {
		year->defects++;
		(void)printf(
			"not ok: %s of terminal %s does not begin and end in turns\n",
			(const char *)sqlite3_column_text(rows, 1),
			(const char *)sqlite3_column_text(rows, 0));
	}
	(void)sqlite3_finalize(rows);
}

static void print_events(sqlite3 *db)
{
	sqlite3_stmt *rows = ask(db, "SELECT kind, coalesce(phase, ''), count(*)"
				     " FROM events GROUP BY 1, 2 ORDER BY 1, 2");

	(void)printf("# events:");
	while (sqlite3_step(rows) == SQLITE_ROW)
		(void)printf(" %s %s %d,", (const char *)sqlite3_column_text(rows, 0),
			     (const char *)sqlite3_column_text(rows, 1),
			     sqlite3_column_int(rows, 2));
	(void)printf("\n");
	(void)sqlite3_finalize(rows);
}

void conditions_check(struct year *year, sqlite3 *db)
{
	check_turns(year, db);
	print_events(db);
}
