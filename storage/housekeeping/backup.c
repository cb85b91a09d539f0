/* SPDX-License-Identifier: MIT */
/*
 * The happy path is:
 * - a read transaction holds one moment of the source;
 * - its pages are copied in slices to FILE.part;
 * - the copy leaves WAL mode, is synced, opened again and checked against the source;
 * - it is renamed to FILE, and the directory synced.
 *
 * Possible failure modes are:
 * - The target cannot be written or is full, the source cannot be read, the check finds
 *   damage, or the caller stops: FILE.part is removed, FILE is untouched.
 * - Killed: FILE.part stays and is replaced by the next backup of that name.
 */
#include "storage/housekeeping/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/database.h"
#include "storage/housekeeping/file_sync.h"
#include "storage/housekeeping/verify.h"

enum { SLICE_PAGES = 256, FILE_MODE = 0640 };

/* One moment of a log. */
struct moment {
	int64_t version, last_position;
};

struct copy {
	const struct backup_options *options;
	const struct progress *progress;
	char part[PATH_MAX];
	struct moment moment;
	char *error;
};

static bool is_same_file(const char *a, const char *b)
{
	struct stat left, right;
	return stat(a, &left) == 0 && stat(b, &right) == 0 &&
	       left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

static bool is_of_database(const struct backup_options *options)
{
	static const char *const endings[] = { "", "-wal", "-shm", ".lock" };
	char name[PATH_MAX];
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		snprintf(name, sizeof name, "%s%s", options->database, endings[i]);
		if (strcmp(options->file, name) == 0 || is_same_file(options->file, name))
			return true;
	}
	return false;
}

static bool refuse(const struct copy *copy, const char *why)
{
	snprintf(copy->error, STORE_ERROR_MAX, "%.100s: %.150s", copy->options->file,
		 why);
	return false;
}

/* Makes FILE.part, which nobody else may read: it holds what people consume. */
static bool make_part(struct copy *copy)
{
	if (is_of_database(copy->options))
		return refuse(copy, "belongs to the database itself; name another file");
	if (!copy->options->may_replace && access(copy->options->file, F_OK) == 0)
		return refuse(copy, "exists; name another file, or say --force");
	if (snprintf(copy->part, sizeof copy->part, "%s.part", copy->options->file) >=
	    (int)sizeof copy->part)
		return refuse(copy, "the path is too long");
	(void)unlink(copy->part);
	int file = open(copy->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
	if (file >= 0)
		return close(file) == 0;
	char why[160];
	snprintf(why, sizeof why,
		 "cannot be written: %.40s; the process that holds the database writes "
		 "it, so its user must be allowed to",
		 strerror(errno));
	return refuse(copy, why);
}

static bool explain(const struct copy *copy, const char *what, sqlite3 *db)
{
	snprintf(copy->error, STORE_ERROR_MAX, "cannot %s %.120s: %.90s", what,
		 copy->part, sqlite3_errmsg(db));
	return false;
}

static int read_moment(sqlite3 *db, struct moment *ret_moment)
{
	int rc = database_query_int64(db, "PRAGMA user_version", &ret_moment->version);
	if (rc == SQLITE_OK)
		rc = database_query_int64(db, "SELECT coalesce(max(id), 0) FROM telegram",
					  &ret_moment->last_position);
	return rc;
}

static bool copy_pages(const struct copy *copy, sqlite3 *to, sqlite3 *from)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	if (backup == NULL)
		return explain(copy, "begin to write", to);
	int rc = SQLITE_OK;
	bool is_wanted = true;
	while (rc == SQLITE_OK && is_wanted) {
		rc = sqlite3_backup_step(backup, SLICE_PAGES);
		int64_t total = sqlite3_backup_pagecount(backup);
		is_wanted =
			progress_tell(copy->progress, "copying", "pages",
				      total - sqlite3_backup_remaining(backup), total);
	}
	int end = sqlite3_backup_finish(backup);
	if (rc == SQLITE_DONE && end == SQLITE_OK)
		return true;
	if (rc == SQLITE_OK)
		return refuse(copy, "stopped; nothing was written");
	return explain(copy, "write", to);
}

/* Between BEGIN and the end of this function the source stands still for us. */
static bool copy_moment(struct copy *copy, sqlite3 *to, sqlite3 *from)
{
	if (sqlite3_exec(from, "BEGIN", NULL, NULL, NULL) != SQLITE_OK ||
	    read_moment(from, &copy->moment) != SQLITE_OK) {
		snprintf(copy->error, STORE_ERROR_MAX,
			 "cannot read the database %.120s: %.90s",
			 copy->options->database, sqlite3_errmsg(from));
		return false;
	}
	if (!copy_pages(copy, to, from))
		return false;
	return sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) ==
		       SQLITE_OK ||
	       explain(copy, "finish", to);
}

static bool write_part(struct copy *copy)
{
	static const char pragmas[] =
		"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;";
	sqlite3 *to = NULL;
	bool is_written = false;
	int rc;
	sqlite3 *from = database_open_any(copy->options->database, &rc, copy->error);
	if (from == NULL)
		return false;
	if (sqlite3_open_v2(copy->part, &to, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
	    sqlite3_exec(to, pragmas, NULL, NULL, NULL) == SQLITE_OK)
		is_written = copy_moment(copy, to, from);
	else
		(void)explain(copy, "open", to);
	sqlite3_close(to);
	sqlite3_close(from);
	return is_written;
}

static bool is_same_moment(const struct copy *copy, int64_t *ret_bytes)
{
	struct moment found = { 0 };
	struct stat file;
	int rc;
	sqlite3 *db = database_open_any(copy->part, &rc, copy->error);
	if (db == NULL)
		return false;
	rc = read_moment(db, &found);
	sqlite3_close(db);
	if (rc != SQLITE_OK || stat(copy->part, &file) != 0 ||
	    found.version != copy->moment.version ||
	    found.last_position != copy->moment.last_position)
		return refuse(copy, "the copy is not what was copied; check the disk");
	*ret_bytes = file.st_size;
	return true;
}

static bool check_part(const struct copy *copy)
{
	static const struct verify_options structure = { .is_structure_only = true };
	struct verify_result result;
	if (!verify_database(copy->part, &structure, copy->progress, &result,
			     copy->error))
		return false;
	if (result.problem_count == 0)
		return true;
	snprintf(copy->error, STORE_ERROR_MAX,
		 "the copy is damaged (%.100s); `readout verify` says whether the "
		 "database is as well",
		 result.problems[0]);
	return false;
}

static bool publish(const struct copy *copy)
{
	if (rename(copy->part, copy->options->file) != 0)
		return refuse(copy, strerror(errno));
	return file_sync_directory(copy->options->file, copy->error);
}

bool backup_write(const struct backup_options *options, const struct progress *progress,
		  struct backup_result *ret_result, char error[STORE_ERROR_MAX])
{
	struct copy copy = { .options = options, .progress = progress, .error = error };
	int64_t bytes = 0;
	if (!make_part(&copy))
		return false;
	if (write_part(&copy) && file_sync(copy.part, error) &&
	    is_same_moment(&copy, &bytes) && check_part(&copy) && publish(&copy)) {
		*ret_result = (struct backup_result){ bytes, copy.moment.last_position };
		return true;
	}
	(void)unlink(copy.part);
	return false;
}
