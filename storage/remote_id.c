/* SPDX-License-Identifier: MIT */
#include "storage/remote_id.h"

#include <stdio.h>
#include <stdlib.h>

#include "storage/database.h"

struct remote_ids {
	sqlite3 *db;
	sqlite3_stmt *find;
};

struct remote_ids *remote_ids_open(const char *path, char error[STORE_ERROR_MAX])
{
	struct remote_ids *ids = calloc(1, sizeof *ids);
	if (ids == NULL) {
		snprintf(error, STORE_ERROR_MAX, "out of memory opening %s", path);
		return NULL;
	}
	ids->db = database_open_reader(path, error);
	if (ids->db == NULL)
		goto out;
	if (sqlite3_prepare_v3(
		    ids->db,
		    "SELECT remote FROM remote_id WHERE exporter = ?1 AND key = ?2", -1,
		    SQLITE_PREPARE_PERSISTENT, &ids->find, NULL) == SQLITE_OK)
		return ids;
	snprintf(error, STORE_ERROR_MAX, "%s: cannot read remote ids: %s", path,
		 sqlite3_errmsg(ids->db));
out:
	remote_ids_close(ids);
	return NULL;
}

void remote_ids_close(struct remote_ids *ids)
{
	if (ids == NULL)
		return;
	sqlite3_finalize(ids->find);
	sqlite3_close(ids->db);
	free(ids);
}

bool remote_ids_find(struct remote_ids *ids, const char *exporter, const char *key,
		     char *ret_remote, size_t size)
{
	sqlite3_bind_text(ids->find, 1, exporter, -1, SQLITE_STATIC);
	sqlite3_bind_text(ids->find, 2, key, -1, SQLITE_STATIC);
	bool is_found = sqlite3_step(ids->find) == SQLITE_ROW;
	if (is_found)
		snprintf(ret_remote, size, "%s",
			 (const char *)sqlite3_column_text(ids->find, 0));
	sqlite3_reset(ids->find);
	return is_found;
}
