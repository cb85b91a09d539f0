/* SPDX-License-Identifier: MIT */
#include "storage/database.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "storage/housekeeping/file_sync.h"
#include "storage/schema.h"

/* These are fixed for ever when the first page is written. */
static const char creation_pragmas[] = "PRAGMA page_size = 4096;"
				       "PRAGMA auto_vacuum = INCREMENTAL;";

/*
 * FULL: what is acknowledged survives a power cut. One connection writes and checkpoints,
 * and does so every 16,000 pages, which is a quarter faster than SQLite's 1,000.
 */
static const char writer_pragmas[] = "PRAGMA journal_mode = WAL;"
				     "PRAGMA synchronous = FULL;"
				     "PRAGMA wal_autocheckpoint = 16000;"
				     "PRAGMA foreign_keys = ON;"
				     "PRAGMA trusted_schema = OFF;"
				     "PRAGMA cell_size_check = ON;"
				     "PRAGMA journal_size_limit = 67108864;";

static const char reader_pragmas[] = "PRAGMA query_only = ON;"
				     "PRAGMA wal_autocheckpoint = 0;"
				     "PRAGMA trusted_schema = OFF;"
				     "PRAGMA cell_size_check = ON;";

/* What stands in the file, before anything of ours is done to it. */
struct identity {
	int64_t application_id;
	int64_t version;
	int64_t objects;
};

int database_query_int64(sqlite3 *db, const char *sql, int64_t *ret_value)
{
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(statement);
	if (rc == SQLITE_ROW) {
		*ret_value = sqlite3_column_int64(statement, 0);
		rc = SQLITE_OK;
	}
	sqlite3_finalize(statement);
	return rc == SQLITE_DONE ? SQLITE_ERROR : rc;
}

static void explain(sqlite3 *db, const char *path, const char *what,
		    char error[STORE_ERROR_MAX])
{
	snprintf(error, STORE_ERROR_MAX, "cannot %s the database %s: %s", what, path,
		 db == NULL ? "out of memory" : sqlite3_errmsg(db));
}

static bool read_identity(sqlite3 *db, const char *path, struct identity *ret_identity,
			  char error[STORE_ERROR_MAX])
{
	int rc = database_query_int64(db, "PRAGMA application_id",
				      &ret_identity->application_id);
	if (rc == SQLITE_OK)
		rc = database_query_int64(db, "PRAGMA user_version",
					  &ret_identity->version);
	if (rc == SQLITE_OK)
		rc = database_query_int64(db, "SELECT count(*) FROM sqlite_schema",
					  &ret_identity->objects);
	if (rc == SQLITE_NOTADB)
		snprintf(error, STORE_ERROR_MAX,
			 "%s is not an SQLite database; it was left as it is, choose "
			 "another path",
			 path);
	else if (rc != SQLITE_OK)
		explain(db, path, "read", error);
	return rc == SQLITE_OK;
}

static bool is_empty(const struct identity *identity)
{
	return identity->objects == 0 && identity->version == 0;
}

static bool check_identity(const struct identity *identity, const char *path,
			   char error[STORE_ERROR_MAX])
{
	if (identity->application_id != SCHEMA_APPLICATION_ID) {
		snprintf(error, STORE_ERROR_MAX,
			 "%s is a database of another program; it was left as it is, "
			 "choose another path",
			 path);
		return false;
	}
	if (identity->version > schema_version) {
		snprintf(error, STORE_ERROR_MAX,
			 "%s was written by a newer Readout (schema %lld, this program "
			 "knows %d); install that version or restore an older backup",
			 path, (long long)identity->version, schema_version);
		return false;
	}
	return true;
}

/* One transaction with its version bump: a migration killed half-way never happened. */
static int migrate_to(sqlite3 *db, int version)
{
	char bump[96];
	snprintf(bump, sizeof bump,
		 "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT;",
		 SCHEMA_APPLICATION_ID, version);
	int rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, schema_migrations[version - 1], NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, bump, NULL, NULL, NULL);
	return rc;
}

static bool migrate(sqlite3 *db, const char *path, int64_t from,
		    char error[STORE_ERROR_MAX])
{
	for (int64_t version = from + 1; version <= schema_version; version++) {
		if (migrate_to(db, (int)version) != SQLITE_OK) {
			char what[64];
			snprintf(what, sizeof what, "migrate to schema %lld",
				 (long long)version);
			explain(db, path, what, error);
			return false;
		}
	}
	return true;
}

static bool has_our_views(sqlite3 *db)
{
	sqlite3_stmt *statement = NULL;
	const char *sql = "SELECT 1 FROM setting WHERE name = 'views' AND value = ?1";
	bool is_found = sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
			sqlite3_bind_text(statement, 1, schema_views_digest, -1,
					  SQLITE_STATIC) == SQLITE_OK &&
			sqlite3_step(statement) == SQLITE_ROW;
	sqlite3_finalize(statement);
	return is_found;
}

/* Views of the operator's own stay as they are. */
static bool renew_views(sqlite3 *db, const char *path, char error[STORE_ERROR_MAX])
{
	char note[192];
	if (has_our_views(db))
		return true;
	snprintf(note, sizeof note,
		 "INSERT OR REPLACE INTO setting VALUES ('views', '%s'); COMMIT;",
		 schema_views_digest);
	if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_exec(db, schema_views, NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_exec(db, note, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	explain(db, path, "make the views of", error);
	return false;
}

static bool set_up_writer(sqlite3 *db, const char *path, char error[STORE_ERROR_MAX])
{
	struct identity identity = { 0 };
	if (!read_identity(db, path, &identity, error))
		return false;
	bool is_new = is_empty(&identity);
	if (!is_new && !check_identity(&identity, path, error))
		return false;
	if ((is_new &&
	     sqlite3_exec(db, creation_pragmas, NULL, NULL, NULL) != SQLITE_OK) ||
	    sqlite3_exec(db, writer_pragmas, NULL, NULL, NULL) != SQLITE_OK) {
		explain(db, path, "set up", error);
		return false;
	}
	return migrate(db, path, identity.version, error) &&
	       renew_views(db, path, error) &&
	       (!is_new || file_sync_directory(path, error));
}

static bool set_up_any(sqlite3 *db, const char *path, char error[STORE_ERROR_MAX])
{
	struct identity identity = { 0 };
	if (!read_identity(db, path, &identity, error) ||
	    !check_identity(&identity, path, error))
		return false;
	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	if (sqlite3_exec(db, reader_pragmas, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	explain(db, path, "set up", error);
	return false;
}

static bool set_up_reader(sqlite3 *db, const char *path, char error[STORE_ERROR_MAX])
{
	int64_t version = 0;
	if (!set_up_any(db, path, error))
		return false;
	int rc = database_query_int64(db, "PRAGMA user_version", &version);
	if (rc != SQLITE_OK) {
		explain(db, path, "read", error);
	} else if (version < schema_version) {
		snprintf(error, STORE_ERROR_MAX,
			 "%s has the older schema %lld; start the daemon once, it "
			 "migrates the database",
			 path, (long long)version);
		rc = SQLITE_SCHEMA;
	}
	return rc == SQLITE_OK;
}

static void set_up_connection(sqlite3 *db)
{
	sqlite3_extended_result_codes(db, 1);
	sqlite3_busy_timeout(db, DATABASE_BUSY_TIMEOUT_MS);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
}

static sqlite3 *open_as(const char *path, int flags,
			bool (*set_up)(sqlite3 *db, const char *path,
				       char error[STORE_ERROR_MAX]),
			int *ret_rc, char error[STORE_ERROR_MAX])
{
	sqlite3 *db = NULL;
	if (sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
		explain(db, path, "open", error);
		goto out;
	}
	set_up_connection(db);
	if (set_up(db, path, error))
		return db;
out:
	*ret_rc = db == NULL ? SQLITE_NOMEM : sqlite3_extended_errcode(db);
	sqlite3_close(db);
	return NULL;
}

bool database_restore_marker(const char *path, char ret_marker[PATH_MAX])
{
	return snprintf(ret_marker, PATH_MAX, "%s.restoring", path) < PATH_MAX;
}

sqlite3 *database_open_writer(const char *path, char error[STORE_ERROR_MAX])
{
	char marker[PATH_MAX];
	int rc;
	if (!database_restore_marker(path, marker) || access(marker, F_OK) == 0) {
		snprintf(error, STORE_ERROR_MAX,
			 "a restore of %.150s was interrupted; run `readout restore` "
			 "again",
			 path);
		return NULL;
	}
	return open_as(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, set_up_writer,
		       &rc, error);
}

sqlite3 *database_open_reader(const char *path, char error[STORE_ERROR_MAX])
{
	int rc;
	return open_as(path, SQLITE_OPEN_READONLY, set_up_reader, &rc, error);
}

sqlite3 *database_open_any(const char *path, int *ret_rc, char error[STORE_ERROR_MAX])
{
	return open_as(path, SQLITE_OPEN_READONLY, set_up_any, ret_rc, error);
}

bool database_reopen_writer(const char *path, sqlite3 **ret_db,
			    struct trouble *ret_trouble, char error[STORE_ERROR_MAX])
{
	sqlite3 *db = NULL;
	int64_t version = 0;
	int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
				 NULL);
	if (rc == SQLITE_OK) {
		set_up_connection(db);
		rc = database_query_int64(db, "PRAGMA user_version", &version);
	}
	if (rc == SQLITE_OK && version != schema_version)
		rc = SQLITE_NOTADB;
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, writer_pragmas, NULL, NULL, NULL);
	if (rc == SQLITE_OK) {
		*ret_db = db;
		return true;
	}
	*ret_trouble = trouble_of_database(db, rc);
	trouble_explain(db, rc, error);
	sqlite3_close(db);
	return false;
}
