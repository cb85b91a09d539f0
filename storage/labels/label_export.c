/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "storage/database.h"
#include "storage/labels/label.h"

/* Each row is a change: id, name, place, kind, from, to, start and end reading. */
static const struct {
	enum label_kind kind;
	const char *sql;
} lists[] = {
	{ LABEL_PLACE, "SELECT path, NULL, NULL, kind, NULL, NULL, NULL, NULL FROM place"
		       " ORDER BY path" },
	{ LABEL_TERMINAL, "SELECT identity, name, NULL, NULL, NULL, NULL, NULL, NULL"
			  " FROM terminal WHERE name IS NOT NULL ORDER BY identity" },
	{ LABEL_METER, "SELECT address, meter.name, path, NULL, from_at, to_at,"
		       " start_reading, end_reading FROM meter"
		       " LEFT JOIN meter_place ON meter_place.meter = meter.id"
		       " LEFT JOIN place ON place.id = place"
		       " WHERE meter.name IS NOT NULL OR path IS NOT NULL"
		       " ORDER BY address, from_at" },
};

static const char *text_of(sqlite3_stmt *row, int column)
{
	return (const char *)sqlite3_column_text(row, column);
}

static bool visit_row(enum label_kind kind, sqlite3_stmt *row,
		      bool (*visit)(const struct label_change *change, void *context),
		      void *context)
{
	const struct label_change change = {
		.kind = kind,
		.id = text_of(row, 0),
		.name = text_of(row, 1),
		.place = text_of(row, 2),
		.place_kind = text_of(row, 3),
		.has_from = sqlite3_column_type(row, 4) != SQLITE_NULL,
		.from_at = sqlite3_column_int64(row, 4),
		.has_to = sqlite3_column_type(row, 5) != SQLITE_NULL,
		.to_at = sqlite3_column_int64(row, 5),
		.start_reading = text_of(row, 6),
		.end_reading = text_of(row, 7),
	};
	return visit(&change, context);
}

bool label_export(const char *path,
		  bool (*visit)(const struct label_change *change, void *context),
		  void *context, char error[STORE_ERROR_MAX])
{
	bool is_well = true;
	int rc = SQLITE_OK;
	sqlite3 *db = database_open_reader(path, error);
	if (db == NULL)
		return false;
	for (size_t i = 0; i < sizeof lists / sizeof lists[0] && is_well; i++) {
		sqlite3_stmt *rows = NULL;
		rc = sqlite3_prepare_v2(db, lists[i].sql, -1, &rows, NULL);
		while (rc == SQLITE_OK && is_well && sqlite3_step(rows) == SQLITE_ROW)
			is_well = visit_row(lists[i].kind, rows, visit, context);
		int end = sqlite3_finalize(rows);
		rc = rc == SQLITE_OK ? end : rc;
		if (rc == SQLITE_OK)
			continue;
		snprintf(error, STORE_ERROR_MAX, "cannot read the labels of %s: %s", path,
			 sqlite3_errmsg(db));
		is_well = false;
	}
	sqlite3_close(db);
	return is_well;
}
