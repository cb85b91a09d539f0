/* SPDX-License-Identifier: MIT */
#include "storage/consumption/calendar.h"

#include <string.h>

#include "storage/small_job.h"

/* The same date begins in no two zones further apart than this. */
enum { ZONES_APART_S = 2 * 86400 };

struct calendar_job {
	struct store_job job;
	size_t count;
	struct calendar_day days[];
};

/* Whether the table has this very day already. */
static int is_set(struct store_writer *writer, const struct calendar_day *day,
		  bool *ret_is_set)
{
	sqlite3_stmt *find = writer->statements[STATEMENT_DAY_FIND];
	int64_t start_at = 0;
	sqlite3_bind_text(find, 1, day->date, -1, SQLITE_STATIC);
	sqlite3_bind_int64(find, 2, day->start_at);
	sqlite3_bind_int64(find, 3, day->end_at);
	return statement_find(find, ret_is_set, &start_at);
}

/* Takes away this day and all after it; what was cut at them is stale. */
static int remove_from(struct store_writer *writer, const struct calendar_day *day)
{
	sqlite3_stmt *stale = writer->statements[STATEMENT_DAY_STALE];
	sqlite3_stmt *remove = writer->statements[STATEMENT_DAY_REMOVE];
	sqlite3_bind_int64(stale, 1, day->start_at - ZONES_APART_S);
	sqlite3_bind_text(remove, 1, day->date, -1, SQLITE_STATIC);
	int rc = statement_run(stale);
	return rc != SQLITE_OK ? rc : statement_run(remove);
}

static int add(struct store_writer *writer, const struct calendar_day *day)
{
	sqlite3_stmt *row = writer->statements[STATEMENT_DAY_ADD];
	sqlite3_bind_text(row, 1, day->date, -1, SQLITE_STATIC);
	sqlite3_bind_int64(row, 2, day->start_at);
	sqlite3_bind_int64(row, 3, day->end_at);
	return statement_run(row);
}

/* From the first day that differs on, everything is set anew. */
static int run(struct store_job *job, struct store_writer *writer)
{
	const struct calendar_job *self = (const struct calendar_job *)job;
	bool is_same = true;
	size_t i = 0;
	int rc = SQLITE_OK;
	while (rc == SQLITE_OK && i < self->count) {
		rc = is_set(writer, &self->days[i], &is_same);
		if (rc == SQLITE_OK && !is_same)
			break;
		i++;
	}
	if (rc != SQLITE_OK || i == self->count)
		return rc;
	rc = remove_from(writer, &self->days[i]);
	for (; rc == SQLITE_OK && i < self->count; i++)
		rc = add(writer, &self->days[i]);
	return rc;
}

bool calendar_submit(struct store *store, struct store_port *port,
		     const struct calendar_day *days, size_t count)
{
	struct calendar_job *self = small_job_new(
		port, sizeof *self, count * sizeof *days, run, small_job_done);
	if (self == NULL)
		return false;
	self->count = count;
	memcpy(self->days, days, count * sizeof *days);
	store_submit(store, &self->job);
	return true;
}
