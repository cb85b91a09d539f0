/* SPDX-License-Identifier: MIT */
#include "storage/labels/address_conflict.h"

#include <stdio.h>

#include "storage/small_sql.h"

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

/* The number in the first row of a statement whose ?1 is origin; 0: there is none. */
static int find(sqlite3_stmt *row, int64_t origin, int64_t *ret_number)
{
	*ret_number = 0;
	sqlite3_bind_int64(row, 1, origin);
	if (sqlite3_step(row) == SQLITE_ROW)
		*ret_number = sqlite3_column_int64(row, 0);
	return sqlite3_reset(row);
}

int address_conflict_check(struct store_writer *writer, int64_t origin, int64_t now_ms)
{
	int64_t other = 0, meter = 0;
	int rc = find(writer->statements[STATEMENT_CONFLICT_BEGINS], origin, &other);
	if (rc == SQLITE_OK && other != 0)
		return begin(writer->db, origin, other, now_ms);
	if (rc == SQLITE_OK)
		rc = find(writer->statements[STATEMENT_CONFLICT_ENDS], origin, &meter);
	if (rc == SQLITE_OK && meter != 0)
		rc = address_conflict_end(writer->db, meter, now_ms,
					  "only one terminal has heard it for a week");
	return rc;
}
