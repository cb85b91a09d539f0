/* SPDX-License-Identifier: MIT */
#include "storage/labels/place_name.h"

#include <stdio.h>

/* The whole path comes first: it is meant even where it is the end of another one. */
static const char sql[] = "SELECT path, path = ?1 AS is_whole FROM place"
			  " WHERE path = ?1 OR substr(path, -length(?1) - 1) = '/' || ?1"
			  " ORDER BY is_whole DESC, path LIMIT 3";

static void append(char text[STORE_ERROR_MAX], const char *more)
{
	size_t size = strlen(text);
	snprintf(text + size, STORE_ERROR_MAX - size, "%.80s", more);
}

bool place_name_find(sqlite3 *db, const char *name, char ret_path[PLACE_PATH_MAX],
		     char error[STORE_ERROR_MAX])
{
	sqlite3_stmt *rows = NULL;
	char others[STORE_ERROR_MAX] = "";
	bool is_whole = false;
	int count = 0;
	int rc = sqlite3_prepare_v2(db, sql, -1, &rows, NULL);
	sqlite3_bind_text(rows, 1, name, -1, SQLITE_STATIC);
	while (rc == SQLITE_OK && !is_whole && sqlite3_step(rows) == SQLITE_ROW) {
		const char *path = (const char *)sqlite3_column_text(rows, 0);
		is_whole = sqlite3_column_int(rows, 1) != 0;
		append(others, count > 0 ? ", " : "");
		append(others, path);
		if (count++ == 0)
			snprintf(ret_path, PLACE_PATH_MAX, "%s", path);
	}
	int end = sqlite3_finalize(rows);
	if (rc != SQLITE_OK || end != SQLITE_OK)
		snprintf(error, STORE_ERROR_MAX, "cannot read the places: %s",
			 sqlite3_errmsg(db));
	else if (count == 0)
		snprintf(error, STORE_ERROR_MAX,
			 "there is no place %.80s; `readout places` lists them", name);
	else if (count > 1)
		snprintf(error, STORE_ERROR_MAX,
			 "several places are called %.40s: %.150s; give more of the path",
			 name, others);
	return rc == SQLITE_OK && end == SQLITE_OK && count == 1;
}
