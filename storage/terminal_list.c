/* SPDX-License-Identifier: MIT */
#include "storage/terminal_list.h"

#include <stdio.h>

#include "storage/database.h"

bool terminal_list_read(const char *path,
			void (*visit)(const struct terminal_list_entry *entry,
				      void *context),
			void *context, char error[STORE_ERROR_MAX])
{
	sqlite3_stmt *rows = NULL;
	sqlite3 *db = database_open_reader(path, error);

	if (db == NULL)
		return false;
	int status = sqlite3_prepare_v2(
		db, "SELECT identity, last_seen_ms, id FROM terminal", -1, &rows, NULL);
	while (status == SQLITE_OK && sqlite3_step(rows) == SQLITE_ROW) {
		struct terminal_list_entry entry = {
			.identity = (const char *)sqlite3_column_text(rows, 0),
			.last_contact_ms = sqlite3_column_int64(rows, 1),
			.id = sqlite3_column_int64(rows, 2),
		};
		visit(&entry, context);
	}
	if (status == SQLITE_OK)
		status = sqlite3_reset(rows);
	if (status != SQLITE_OK)
		(void)snprintf(error, STORE_ERROR_MAX,
			       "%s: cannot read the list of terminals: %s", path,
			       sqlite3_errmsg(db));
	(void)sqlite3_finalize(rows);
	(void)sqlite3_close(db);
	return status == SQLITE_OK;
}
