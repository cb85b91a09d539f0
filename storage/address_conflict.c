/* SPDX-License-Identifier: MIT */
#include "storage/address_conflict.h"

#include <stdio.h>

#include "storage/small_sql.h"

/* The other terminals that hear the meter of an origin by the same wire protocol, and
 * for how long: a is the origin, b one of another terminal. */
#define OTHERS                                                                           \
	" FROM origin a JOIN word ON word.id = a.kind AND word.text = 'mbus'"            \
	" JOIN meter ON meter.id = a.meter AND meter.terminal = 0"                       \
	" JOIN origin b ON b.meter = a.meter AND b.terminal <> a.terminal"               \
	" AND b.kind = a.kind WHERE a.id = ?1"
#define DAY "86400"

static const char begins_sql[] =
	"SELECT b.id" OTHERS " AND min(a.until, b.until) - max(a.since, b.since) > " DAY
	" AND abs(a.until - b.until) <= 2 * " DAY
	" AND NOT EXISTS (SELECT 1 FROM address_conflict c WHERE c.meter = a.meter)"
	" LIMIT 1";

static const char ends_sql[] =
	"SELECT a.meter FROM origin a JOIN address_conflict c ON c.meter = a.meter"
	" WHERE a.id = ?1 AND NOT EXISTS (SELECT 1 FROM origin b WHERE b.meter = a.meter"
	" AND b.terminal <> a.terminal AND b.kind = a.kind"
	" AND b.until >= a.until - 7 * " DAY ")";

static int begin(sqlite3 *db, int64_t origin, int64_t other, int64_t now_ms)
{
	const struct sql_value values[] = { SQL_NUMBER(origin), SQL_NUMBER(other),
					    SQL_NUMBER(now_ms) };
	int rc = small_sql_run(
		db,
		"INSERT INTO event (at_ms, kind, severity, terminal, detail)"
		" SELECT ?3, 'address_conflict', 'warning', a.terminal, 'meter ' || "
		"address"
		" || ' is heard by wire at terminals ' || one.identity || ' and '"
		" || two.identity || ' at the same time: if these are two meters,"
		" `readout meter split ' || address || '` tells them apart'"
		" FROM origin a JOIN meter ON meter.id = a.meter"
		" JOIN terminal one ON one.id = a.terminal"
		" JOIN origin b ON b.id = ?2 JOIN terminal two ON two.id = b.terminal"
		" WHERE a.id = ?1",
		values, 3);
	return rc != SQLITE_OK
		       ? rc
		       : small_sql_run(db,
				       "INSERT INTO address_conflict (meter, begun_ms)"
				       " SELECT meter, ?2 FROM origin WHERE id = ?1",
				       (const struct sql_value[]){ values[0], values[2] },
				       2);
}

int address_conflict_end(sqlite3 *db, int64_t meter, int64_t now_ms, const char *reason)
{
	const struct sql_value values[] = { SQL_NUMBER(meter), SQL_NUMBER(now_ms),
					    SQL_TEXT(reason) };
	int rc = small_sql_run(
		db,
		"INSERT INTO event (at_ms, kind, severity, detail)"
		" SELECT ?2, 'address_conflict_ended', 'info', 'meter ' || address || ': "
		"'"
		" || ?3 FROM address_conflict JOIN meter ON meter.id = meter"
		" WHERE meter = ?1",
		values, 3);
	return rc != SQLITE_OK
		       ? rc
		       : small_sql_run(db,
				       "DELETE FROM address_conflict WHERE meter = ?1",
				       values, 1);
}

int address_conflict_check(sqlite3 *db, int64_t origin, int64_t now_ms)
{
	const struct sql_value values[] = { SQL_NUMBER(origin) };
	bool is_found = false;
	int64_t found = 0;
	int rc = small_sql_find(db, begins_sql, values, 1, &is_found, &found);
	if (rc == SQLITE_OK && is_found)
		return begin(db, origin, found, now_ms);
	if (rc == SQLITE_OK)
		rc = small_sql_find(db, ends_sql, values, 1, &is_found, &found);
	if (rc == SQLITE_OK && is_found)
		rc = address_conflict_end(db, found, now_ms,
					  "only one terminal has heard it for a week");
	return rc;
}
