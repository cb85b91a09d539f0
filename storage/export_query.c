/* SPDX-License-Identifier: MIT */
#include "storage/export_query.h"

#include <stdio.h>
#include <stdlib.h>

#include "storage/database.h"

struct export_query {
	sqlite3 *db;
};

struct export_query *export_query_open(const char *path, char error[STORE_ERROR_MAX])
{
	struct export_query *query = calloc(1, sizeof *query);
	if (query == NULL) {
		snprintf(error, STORE_ERROR_MAX, "out of memory opening %s", path);
		return NULL;
	}
	query->db = database_open_reader(path, error);
	if (query->db != NULL)
		return query;
	free(query);
	return NULL;
}

void export_query_close(struct export_query *query)
{
	if (query == NULL)
		return;
	sqlite3_close(query->db);
	free(query);
}

const char *export_query_error(const struct export_query *query)
{
	return sqlite3_errmsg(query->db);
}

static sqlite3_stmt *prepare(struct export_query *query, const char *sql)
{
	sqlite3_stmt *rows = NULL;
	sqlite3_prepare_v2(query->db, sql, -1, &rows, NULL);
	return rows;
}

bool export_query_cursor(struct export_query *query, const char *exporter,
			 struct cursor_state *ret_cursor, int64_t *ret_letters)
{
	sqlite3_stmt *rows = prepare(
		query, "SELECT position, announced, ahead_from, ahead_to, is_paused,"
		       " (SELECT count(*) FROM dead_letter WHERE exporter = ?1)"
		       " FROM cursor WHERE exporter = ?1");
	sqlite3_bind_text(rows, 1, exporter, -1, SQLITE_STATIC);
	bool is_found = sqlite3_step(rows) == SQLITE_ROW;
	if (is_found) {
		*ret_cursor = (struct cursor_state){
			.position = sqlite3_column_int64(rows, 0),
			.announced = sqlite3_column_int64(rows, 1),
			.ahead_from = sqlite3_column_int64(rows, 2),
			.ahead_to = sqlite3_column_int64(rows, 3),
			.is_paused = sqlite3_column_int(rows, 4) != 0,
		};
		*ret_letters = sqlite3_column_int64(rows, 5);
	}
	sqlite3_finalize(rows);
	return is_found;
}

int64_t export_query_position(struct export_query *query, int64_t since_ms)
{
	sqlite3_stmt *rows = prepare(
		query,
		"SELECT coalesce((SELECT id - 1 FROM telegram WHERE received_at >= ?1"
		" ORDER BY id LIMIT 1), (SELECT max(id) FROM telegram), 0)");
	sqlite3_bind_int64(rows, 1, since_ms);
	int64_t position =
		sqlite3_step(rows) == SQLITE_ROW ? sqlite3_column_int64(rows, 0) : -1;
	sqlite3_finalize(rows);
	return position;
}

bool export_query_letters(struct export_query *query, const char *exporter,
			  void (*visit)(const struct export_letter *letter,
					void *context),
			  void *context)
{
	sqlite3_stmt *rows =
		prepare(query, "SELECT telegram, at_ms, reason, payload, reply"
			       " FROM dead_letter WHERE exporter = ?1 ORDER BY telegram");
	sqlite3_bind_text(rows, 1, exporter, -1, SQLITE_STATIC);
	while (sqlite3_step(rows) == SQLITE_ROW) {
		struct export_letter letter = {
			.telegram = sqlite3_column_int64(rows, 0),
			.at_ms = sqlite3_column_int64(rows, 1),
			.reason = (const char *)sqlite3_column_text(rows, 2),
			.payload = (const char *)sqlite3_column_text(rows, 3),
			.reply = (const char *)sqlite3_column_text(rows, 4),
		};
		visit(&letter, context);
	}
	return rows != NULL && sqlite3_finalize(rows) == SQLITE_OK;
}

bool export_query_latest(struct export_query *query,
			 void (*visit)(int64_t telegram, void *context), void *context)
{
	/* As the view latest_readings finds them, which a reader may not use: its
	 * functions are not trusted. */
	sqlite3_stmt *rows = prepare(
		query, "SELECT t.id, max(coalesce(t.read_at, t.stamp)) FROM origin o"
		       " CROSS JOIN telegram t ON t.id = (SELECT id FROM telegram newest"
		       "  WHERE newest.terminal = o.terminal AND newest.origin = o.id"
		       "  AND newest.stamp >= o.until - 86400 AND newest.stamp < o.until"
		       "  ORDER BY newest.stamp DESC, newest.sequence DESC LIMIT 1)"
		       " WHERE coalesce(o.layout, 0) <> 0"
		       " GROUP BY CASE o.meter WHEN 0 THEN -o.terminal ELSE o.meter END");
	while (sqlite3_step(rows) == SQLITE_ROW)
		visit(sqlite3_column_int64(rows, 0), context);
	return rows != NULL && sqlite3_finalize(rows) == SQLITE_OK;
}
