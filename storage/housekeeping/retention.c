/* SPDX-License-Identifier: MIT */
#include "storage/housekeeping/retention_private.h"

#include <stdio.h>
#include <stdlib.h>

#include "storage/database.h"

struct retention {
	sqlite3 *db; /* to read */
	struct store_caller *caller;
	const struct retention_options *options;
	const struct progress *progress;
	struct retention_job job;
	struct retention_result result;
	int64_t terminals, terminals_done;
	char *error;
};

static bool call(struct retention *retention,
		 int (*run)(struct store_job *job, struct store_writer *writer))
{
	struct store_job *job = &retention->job.job;
	job->run = run;
	job->bytes = sizeof retention->job;
	enum store_result result = store_call(retention->caller, job);
	if (result != STORE_COMMITTED)
		snprintf(retention->error, STORE_ERROR_MAX, "%s",
			 result == STORE_ABANDONED ? "the store was closed" : job->error);
	return result == STORE_COMMITTED;
}

static bool is_wanted(struct retention *retention)
{
	bool is_wanted = progress_tell(retention->progress, "deleting", "terminals",
				       retention->terminals_done, retention->terminals);
	if (!is_wanted)
		snprintf(retention->error, STORE_ERROR_MAX,
			 "stopped; the next run goes on");
	return is_wanted;
}

/* Where the last run has come to with the raw data of the terminal. */
static bool find_raw_place(struct retention *retention)
{
	struct retention_job *job = &retention->job;
	char sql[160];
	snprintf(sql, sizeof sql,
		 "SELECT coalesce(max(stamp), %lld) FROM raw_horizon WHERE terminal = "
		 "%lld",
		 (long long)INT64_MIN + 1, (long long)job->terminal);
	int rc = database_query_int64(retention->db, sql, &job->place.stamp);
	if (rc != SQLITE_OK)
		snprintf(retention->error, STORE_ERROR_MAX, "cannot read the log: %s",
			 sqlite3_errmsg(retention->db));
	return rc == SQLITE_OK;
}

/* All slices of one terminal. */
static bool walk(struct retention *retention, int64_t terminal, bool is_raw,
		 int64_t before, int64_t *gone)
{
	struct retention_job *job = &retention->job;
	job->terminal = terminal;
	job->is_raw = is_raw;
	job->before = before;
	job->place = (struct retention_place){ .stamp = INT64_MIN,
					       .sequence = INT64_MIN,
					       .epoch = INT64_MIN };
	job->is_end = before == INT64_MIN;
	job->is_raw_held = false;
	if (is_raw && !job->is_end && !find_raw_place(retention))
		return false;
	while (!job->is_end) {
		if (!is_wanted(retention) || !call(retention, retention_run_slice))
			return false;
		job->place = job->next_place;
		*gone += job->gone;
		retention->result.held_back += job->held_back;
	}
	return true;
}

static bool walk_terminal(struct retention *retention, int64_t terminal)
{
	const struct retention_options *options = retention->options;
	return walk(retention, terminal, false, options->readings_before,
		    &retention->result.telegrams) &&
	       walk(retention, terminal, true, options->raw_before,
		    &retention->result.raw);
}

static bool next_terminal(struct retention *retention, int64_t *terminal)
{
	char sql[80];
	snprintf(sql, sizeof sql,
		 "SELECT coalesce(min(id), 0) FROM terminal WHERE id > %lld",
		 (long long)*terminal);
	return database_query_int64(retention->db, sql, terminal) == SQLITE_OK &&
	       *terminal != 0;
}

static bool vacuum(struct retention *retention)
{
	do {
		if (!is_wanted(retention) || !call(retention, retention_run_vacuum))
			return false;
		retention->result.pages += retention->job.pages;
	} while (retention->job.pages > 0);
	return true;
}

static bool run(struct retention *retention)
{
	int64_t terminal = 0;
	bool is_good =
		database_query_int64(retention->db, "SELECT count(*) FROM terminal",
				     &retention->terminals) == SQLITE_OK;
	while (is_good && next_terminal(retention, &terminal)) {
		is_good = walk_terminal(retention, terminal);
		retention->terminals_done++;
	}
	if (is_good && retention->job.last_deleted > 0)
		is_good = call(retention, retention_run_passed);
	return is_good && vacuum(retention);
}

/* ---- dry run ---- */

static int count(struct retention *retention, int64_t before, bool is_raw, int64_t limit,
		 int64_t *gone)
{
	static const char sql[] =
		"SELECT coalesce(sum(t.id <= ?3), 0), coalesce(sum(t.id > ?3), 0)"
		" FROM telegram t JOIN terminal ON terminal.id = t.terminal"
		" WHERE t.stamp < ?2 AND " RETENTION_IS_OLD
		" AND (NOT ?1 OR length(t.raw) > 0) AND t.stamp >= ?4";
	sqlite3_stmt *row = NULL;
	int rc = sqlite3_prepare_v2(retention->db, sql, -1, &row, NULL);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(row, 1, is_raw);
	sqlite3_bind_int64(row, 2, before);
	sqlite3_bind_int64(row, 3, limit);
	/* What goes altogether need not lose its raw data first. */
	sqlite3_bind_int64(row, 4,
			   is_raw ? retention->options->readings_before : INT64_MIN);
	if (sqlite3_step(row) == SQLITE_ROW) {
		*gone = sqlite3_column_int64(row, 0);
		retention->result.held_back += sqlite3_column_int64(row, 1);
	}
	return sqlite3_finalize(row);
}

static bool count_all(struct retention *retention)
{
	const struct retention_options *options = retention->options;
	int64_t limit = 0;
	int rc = retention_limit(options, retention->db, &limit);
	if (rc == SQLITE_OK)
		rc = count(retention, options->readings_before, false, limit,
			   &retention->result.telegrams);
	if (rc == SQLITE_OK)
		rc = count(retention, options->raw_before, true, limit,
			   &retention->result.raw);
	if (rc != SQLITE_OK)
		snprintf(retention->error, STORE_ERROR_MAX, "cannot read the log: %s",
			 sqlite3_errmsg(retention->db));
	return rc == SQLITE_OK;
}

bool retention_run(const char *path, struct store_caller *caller,
		   const struct retention_options *options,
		   const struct progress *progress, struct retention_result *ret_result,
		   char error[STORE_ERROR_MAX])
{
	struct retention retention = {
		.db = database_open_reader(path, error),
		.caller = caller,
		.options = options,
		.progress = progress,
		.job = { .options = options },
		.error = error,
	};
	if (retention.db == NULL)
		return false;
	bool is_done = options->is_dry_run ? count_all(&retention) : run(&retention);
	sqlite3_close(retention.db);
	*ret_result = retention.result;
	return is_done;
}
