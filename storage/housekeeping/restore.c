/* SPDX-License-Identifier: MIT */
/*
 * The happy path is:
 * - the lock is taken, the backup copied to "<path>.restore" and checked like any backup;
 * - the copy learns where positions go on, and that it was restored;
 * - a marker is made: from here on the daemon does not open the database;
 * - write-ahead log and database get their new names, the copy gets theirs;
 * - the marker goes.
 *
 * Possible failure modes are:
 * - The daemon runs, the backup is damaged, the disk is full: nothing has changed.
 * - Killed while names change: the marker stays, the daemon says so and does not start,
 *   and the next restore goes on with the same names (they stand in the marker).
 */
#include "storage/housekeeping/restore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "storage/database.h"
#include "storage/housekeeping/backup.h"
#include "storage/housekeeping/file_sync.h"
#include "storage/store_lock.h"

/* How far positions jump when nobody can say how far they had come. */
enum { JUMP = 1000000000, STAMP_MAX = 32 };

struct restore {
	const char *path, *file;
	char copy[PATH_MAX];   /* the backup on its way */
	char marker[PATH_MAX]; /* see database.h */
	char stamp[STAMP_MAX]; /* of the names of what is kept */
	int64_t now_ms;
	struct restore_result result;
	char *error;
};

static bool fail(const struct restore *restore, const char *what, const char *why)
{
	snprintf(restore->error, STORE_ERROR_MAX, "cannot %s %.120s: %.80s", what,
		 restore->path, why);
	return false;
}

static bool make_names(struct restore *restore)
{
	time_t now = (time_t)(restore->now_ms / 1000);
	struct tm parts;
	gmtime_r(&now, &parts);
	strftime(restore->stamp, sizeof restore->stamp, "%Y%m%dT%H%M%SZ", &parts);
	return (database_restore_marker(restore->path, restore->marker) &&
		snprintf(restore->copy, sizeof restore->copy, "%s.restore",
			 restore->path) < (int)sizeof restore->copy) ||
	       fail(restore, "restore", "the path is too long");
}

/* The name under which path with this ending is kept. */
static bool name_kept(const struct restore *restore, const char *ending,
		      char ret_name[PATH_MAX])
{
	return snprintf(ret_name, PATH_MAX, "%s.replaced-%s%s", restore->path,
			restore->stamp, ending) < PATH_MAX ||
	       fail(restore, "restore", "the path is too long");
}

/* A restore that was interrupted has fixed the names already. */
static bool make_marker(struct restore *restore)
{
	int marker = open(restore->marker, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (marker < 0)
		return fail(restore, "restore", strerror(errno));
	ssize_t size = read(marker, restore->stamp, sizeof restore->stamp - 1);
	if (size <= 0) {
		size = (ssize_t)strlen(restore->stamp);
		if (write(marker, restore->stamp, (size_t)size) != size)
			size = -1;
	}
	if (size >= 0)
		restore->stamp[size] = '\0';
	bool is_made = size > 0 && fsync(marker) == 0;
	close(marker);
	return (is_made || fail(restore, "restore", strerror(errno))) &&
	       file_sync_directory(restore->path, restore->error);
}

static bool move(const struct restore *restore, const char *ending)
{
	char from[PATH_MAX], to[PATH_MAX];
	snprintf(from, sizeof from, "%s%s", restore->path, ending);
	if (access(from, F_OK) != 0)
		return true;
	return name_kept(restore, ending, to) &&
	       (rename(from, to) == 0 || fail(restore, "move", strerror(errno)));
}

/* The log first: a database without its log must never stand under the name in use. */
static bool exchange(struct restore *restore)
{
	char shared[PATH_MAX];
	bool had_database = access(restore->path, F_OK) == 0;
	snprintf(shared, sizeof shared, "%s-shm", restore->path);
	if (!make_marker(restore) || !move(restore, "-wal") || !move(restore, ""))
		return false;
	(void)unlink(shared);
	if (rename(restore->copy, restore->path) != 0)
		return fail(restore, "put the backup in the place of", strerror(errno));
	if (!file_sync_directory(restore->path, restore->error) ||
	    unlink(restore->marker) != 0)
		return fail(restore, "finish the restore of", strerror(errno));
	if (had_database && !name_kept(restore, "", restore->result.kept))
		return false;
	return file_sync_directory(restore->path, restore->error);
}

/* How far the replaced log had come; 0 there was none, -1 it cannot be read. */
static int64_t read_counter(const char *path)
{
	char error[STORE_ERROR_MAX];
	int64_t counter = 0;
	int rc;
	if (access(path, F_OK) != 0)
		return 0;
	sqlite3 *db = database_open_any(path, &rc, error);
	rc = db == NULL ? SQLITE_ERROR
			: database_query_int64(db,
					       "SELECT coalesce(max(seq), 0) FROM"
					       " sqlite_sequence WHERE name = 'telegram'",
					       &counter);
	sqlite3_close(db);
	return rc == SQLITE_OK ? counter : -1;
}

static int run_bound(sqlite3 *db, const char *sql, int64_t number, const char *text)
{
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(statement, 1, number);
	if (rc == SQLITE_OK && text != NULL)
		rc = sqlite3_bind_text(statement, 2, text, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		sqlite3_step(statement);
	int end = sqlite3_finalize(statement);
	return rc != SQLITE_OK ? rc : end;
}

static bool teach_copy(struct restore *restore)
{
	sqlite3 *db = NULL;
	char detail[400];
	struct restore_result *result = &restore->result;
	int64_t counter = read_counter(restore->path);
	int64_t own = read_counter(restore->copy);
	int64_t last = counter < 0 ? own + JUMP : counter > own ? counter : own;
	result->next_position = last + 1;
	snprintf(detail, sizeof detail,
		 "restored from %.150s, whose log ends at %lld; the next telegram gets "
		 "position %lld; exporters go on where they stood in the backup",
		 restore->file, (long long)result->last_position, (long long)(last + 1));
	int rc = sqlite3_open_v2(restore->copy, &db, SQLITE_OPEN_READWRITE, NULL);
	if (rc == SQLITE_OK)
		rc = run_bound(
			db,
			"INSERT INTO sqlite_sequence (name, seq) SELECT 'telegram',"
			" 0 WHERE ?1 IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"
			" sqlite_sequence WHERE name = 'telegram')",
			0, NULL);
	if (rc == SQLITE_OK)
		rc = run_bound(db,
			       "UPDATE sqlite_sequence SET seq = max(seq, ?1)"
			       " WHERE name = 'telegram'",
			       last, NULL);
	if (rc == SQLITE_OK)
		rc = run_bound(db,
			       "INSERT INTO event (at_ms, kind, severity, detail)"
			       " VALUES (?1, 'restored', 'warning', ?2)",
			       restore->now_ms, detail);
	sqlite3_close(db);
	return (rc == SQLITE_OK || fail(restore, "restore", sqlite3_errstr(rc))) &&
	       file_sync(restore->copy, restore->error);
}

bool restore_database(const char *path, const char *file, int64_t now_ms,
		      const struct progress *progress, struct restore_result *ret_result,
		      char error[STORE_ERROR_MAX])
{
	struct restore restore = {
		.path = path, .file = file, .now_ms = now_ms, .error = error
	};
	struct backup_options options = { file, restore.copy, true };
	struct backup_result backup;
	if (!make_names(&restore))
		return false;
	int lock = store_lock_take(path, error);
	if (lock < 0)
		return false;
	bool is_copied = backup_write(&options, progress, &backup, error);
	bool is_restored = false;
	if (is_copied) {
		restore.result.last_position = backup.last_position;
		is_restored = teach_copy(&restore) && exchange(&restore);
	}
	if (is_copied && !is_restored)
		(void)unlink(restore.copy);
	store_lock_drop(lock);
	if (is_restored)
		*ret_result = restore.result;
	return is_restored;
}
