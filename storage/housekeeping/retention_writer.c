/* SPDX-License-Identifier: MIT */
/* The writer's side of retention: one slice, one bit of vacuum, one word to exporters. */
#include "storage/housekeeping/retention_private.h"

#include <inttypes.h>
#include <stdio.h>

#include "storage/housekeeping/gone_record.h"

enum { VACUUM_PAGES = 256, FREE_PAGES_KEPT = 1024 };

static const char find_sql[] =
	"SELECT t.id, t.stamp, t.sequence, t.epoch, t.variant, t.origin, t.id <= ?3,"
	" " RETENTION_IS_OLD
	" AND (NOT ?4 OR length(t.raw) > 0), kind.text, o.error_code, o.device, t.raw"
	" FROM telegram t JOIN terminal ON terminal.id = t.terminal"
	" JOIN origin o ON o.id = t.origin JOIN word kind ON kind.id = o.kind"
	" WHERE t.terminal = ?1 AND t.stamp < ?2"
	" AND (t.stamp, t.sequence, t.epoch, t.variant, t.origin) > (?5, ?6, ?7, ?8, ?9)"
	" ORDER BY t.stamp, t.sequence, t.epoch, t.variant, t.origin LIMIT ?10";

/* Columns of find_sql. */
enum {
	COLUMN_ID,
	COLUMN_STAMP,
	COLUMN_SEQUENCE,
	COLUMN_EPOCH,
	COLUMN_VARIANT,
	COLUMN_ORIGIN,
	COLUMN_IS_DELIVERED,
	COLUMN_IS_DUE,
	COLUMN_KIND,
	COLUMN_ERROR_CODE,
	COLUMN_DEVICE,
	COLUMN_RAW,
};

/* One row of the slice. */
struct found {
	int64_t id;
	struct retention_place place;
	bool has_digest; /* else it cannot come again, or its digest is kept already */
	uint64_t digest;
};

struct slice {
	struct retention_job *job;
	struct store_writer *writer;
	sqlite3 *db;
	struct found rows[RETENTION_SLICE];
	size_t count;
};

int retention_limit(const struct retention_options *options, sqlite3 *db,
		    int64_t *ret_limit)
{
	sqlite3_stmt *find = NULL;
	int64_t limit = INT64_MAX;
	int rc = sqlite3_prepare_v2(db, "SELECT position FROM cursor WHERE exporter = ?1",
				    -1, &find, NULL);
	for (size_t i = 0; rc == SQLITE_OK && i < options->exporter_count; i++) {
		int64_t position = 0;
		bool is_found = false;
		sqlite3_bind_text(find, 1, options->exporters[i], -1, SQLITE_STATIC);
		rc = statement_find(find, &is_found, &position);
		limit = position < limit ? position : limit;
	}
	sqlite3_finalize(find);
	if (rc == SQLITE_OK)
		*ret_limit = limit;
	return rc;
}

static struct span column_span(sqlite3_stmt *row, int column)
{
	const void *data = sqlite3_column_blob(row, column);
	return span_of(data, (size_t)sqlite3_column_bytes(row, column));
}

/*
 * The lines of a file (epoch below 0) have an identity of their own. A record whose stamp
 * cannot be true goes when its terminal has deleted it; what is equal to it later is a
 * record of another life of the clock.
 */
static void take_digest(const struct slice *slice, sqlite3_stmt *row, struct found *found)
{
	const struct store_telegram telegram = {
		.stamp = found->place.stamp,
		.sequence = found->place.sequence,
		.kind = (const char *)sqlite3_column_text(row, COLUMN_KIND),
		.error_code = sqlite3_column_int64(row, COLUMN_ERROR_CODE),
		.device = column_span(row, COLUMN_DEVICE),
		.raw = column_span(row, COLUMN_RAW),
		.raw_is_text = sqlite3_column_type(row, COLUMN_RAW) == SQLITE_TEXT,
	};
	bool is_raw_gone = sqlite3_column_type(row, COLUMN_RAW) == SQLITE_BLOB &&
			   telegram.raw.size == 0;
	bool can_be_true = telegram.stamp >= TELEGRAM_STAMP_PLAUSIBLE;
	found->has_digest = found->place.epoch >= 0 && !is_raw_gone &&
			    (can_be_true || slice->job->is_raw);
	if (found->has_digest)
		found->digest = gone_record_digest(&telegram);
}

static void take_row(struct slice *slice, sqlite3_stmt *row)
{
	struct found found = {
		.id = sqlite3_column_int64(row, COLUMN_ID),
		.place = { sqlite3_column_int64(row, COLUMN_STAMP),
			   sqlite3_column_int64(row, COLUMN_SEQUENCE),
			   sqlite3_column_int64(row, COLUMN_EPOCH),
			   sqlite3_column_int64(row, COLUMN_VARIANT),
			   sqlite3_column_int64(row, COLUMN_ORIGIN) },
	};
	bool is_delivered = sqlite3_column_int(row, COLUMN_IS_DELIVERED) != 0;
	bool is_due = sqlite3_column_int(row, COLUMN_IS_DUE) != 0;
	slice->job->next_place = found.place;
	slice->job->held_back += is_due && !is_delivered;
	if (!is_due || !is_delivered)
		return;
	take_digest(slice, row, &found);
	slice->rows[slice->count++] = found;
}

static int find_rows(struct slice *slice, int64_t limit)
{
	struct retention_job *job = slice->job;
	const int64_t numbers[] = {
		job->terminal,    job->before,        limit,
		job->is_raw,      job->place.stamp,   job->place.sequence,
		job->place.epoch, job->place.variant, job->place.origin,
		RETENTION_SLICE,
	};
	sqlite3_stmt *row = NULL;
	int seen = 0;
	int rc = sqlite3_prepare_v2(slice->db, find_sql, -1, &row, NULL);
	for (int i = 0; rc == SQLITE_OK && i < 10; i++)
		rc = sqlite3_bind_int64(row, i + 1, numbers[i]);
	while (rc == SQLITE_OK && sqlite3_step(row) == SQLITE_ROW) {
		take_row(slice, row);
		seen++;
	}
	job->is_end = seen < RETENTION_SLICE;
	int end = sqlite3_finalize(row);
	return rc == SQLITE_OK ? end : rc;
}

/* Runs sql for each row of the slice, whose id is its one parameter. */
static int run_each(const struct slice *slice, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(slice->db, sql, -1, &statement, NULL);
	for (size_t i = 0; rc == SQLITE_OK && i < slice->count; i++) {
		sqlite3_bind_int64(statement, 1, slice->rows[i].id);
		rc = statement_run(statement);
	}
	sqlite3_finalize(statement);
	return rc;
}

/* Rows are in order of their stamps, so those of a day follow each other. */
static int note_gone(const struct slice *slice)
{
	uint64_t digests[RETENTION_SLICE];
	size_t count = 0;
	int64_t day = 0;
	int rc = SQLITE_OK;
	for (size_t i = 0; rc == SQLITE_OK && i < slice->count; i++) {
		const struct found *found = &slice->rows[i];
		int64_t its_day = gone_record_day(found->place.stamp);
		if (count > 0 && its_day != day) {
			rc = gone_record_add(slice->writer, slice->job->terminal, day,
					     digests, count);
			count = 0;
		}
		day = its_day;
		if (found->has_digest)
			digests[count++] = found->digest;
	}
	if (rc == SQLITE_OK && count > 0)
		rc = gone_record_add(slice->writer, slice->job->terminal, day, digests,
				     count);
	return rc;
}

static void note_last(const struct slice *slice)
{
	for (size_t i = 0; i < slice->count; i++)
		if (slice->rows[i].id > slice->job->last_deleted)
			slice->job->last_deleted = slice->rows[i].id;
}

static int delete_rows(struct slice *slice)
{
	int rc = run_each(slice, "DELETE FROM telegram WHERE id = ?1");
	if (rc == SQLITE_OK)
		rc = run_each(slice, "DELETE FROM log_order WHERE telegram = ?1");
	if (rc == SQLITE_OK)
		rc = run_each(slice, "DELETE FROM dead_letter WHERE telegram = ?1");
	note_last(slice);
	return rc;
}

/* Raw data were looked at up to here, so that the next run need not begin at the first.
 */
static int note_raw_place(const struct retention_job *job, sqlite3 *db)
{
	static const char sql[] = "INSERT OR REPLACE INTO raw_horizon (terminal, stamp)"
				  " VALUES (?1, ?2)";
	sqlite3_stmt *note = NULL;
	if (job->is_raw_held || job->next_place.stamp == INT64_MIN)
		return SQLITE_OK;
	int rc = sqlite3_prepare_v2(db, sql, -1, &note, NULL);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(note, 1, job->terminal);
	sqlite3_bind_int64(note, 2, job->next_place.stamp);
	sqlite3_step(note);
	return sqlite3_finalize(note);
}

static int drop_raw(struct slice *slice)
{
	int rc = run_each(slice, "UPDATE telegram SET raw = x'' WHERE id = ?1");
	slice->job->is_raw_held |= slice->job->held_back > 0;
	return rc == SQLITE_OK ? note_raw_place(slice->job, slice->db) : rc;
}

int retention_run_slice(struct store_job *job, struct store_writer *writer)
{
	struct retention_job *self = (struct retention_job *)job;
	struct slice slice = { .job = self, .writer = writer, .db = writer->db };
	int64_t limit = 0;
	self->held_back = 0;
	self->next_place = self->place;
	int rc = retention_limit(self->options, writer->db, &limit);
	if (rc == SQLITE_OK)
		rc = find_rows(&slice, limit);
	if (rc == SQLITE_OK)
		rc = note_gone(&slice);
	if (rc == SQLITE_OK)
		rc = self->is_raw ? drop_raw(&slice) : delete_rows(&slice);
	self->gone = (int64_t)slice.count;
	return rc;
}

/* Some free pages are kept: the log grows into them again. */
int retention_run_vacuum(struct store_job *job, struct store_writer *writer)
{
	struct retention_job *self = (struct retention_job *)job;
	sqlite3_stmt *statement = NULL;
	int64_t pages = 0;
	bool is_found = false;
	char sql[64];
	int rc = sqlite3_prepare_v2(writer->db, "PRAGMA freelist_count", -1, &statement,
				    NULL);
	if (rc == SQLITE_OK)
		rc = statement_find(statement, &is_found, &pages);
	sqlite3_finalize(statement);
	pages -= FREE_PAGES_KEPT;
	self->pages = pages <= 0 ? 0 : pages < VACUUM_PAGES ? pages : VACUUM_PAGES;
	if (rc != SQLITE_OK || self->pages == 0)
		return rc;
	snprintf(sql, sizeof sql, "PRAGMA incremental_vacuum(%" PRId64 ")", self->pages);
	return sqlite3_exec(writer->db, sql, NULL, NULL, NULL);
}

/*
 * An exporter that does not count (best effort, or no longer configured) is told once
 * that telegrams are gone which it had not delivered; again when it has caught up since.
 */
int retention_run_passed(struct store_job *job, struct store_writer *writer)
{
	static const char *const statements[] = {
		"DELETE FROM retention_passed WHERE exporter IN"
		" (SELECT exporter FROM cursor WHERE cursor.position >= ?1)",
		"INSERT INTO event (at_ms, kind, severity, detail)"
		" SELECT ?2, 'retention_passed', 'warning', 'retention has deleted "
		"telegrams"
		" that the exporter ' || exporter || ' had not delivered (it stands at ' "
		"||"
		" position || ', they went up to ' || ?1 || '); it is best effort or no"
		" longer configured' FROM cursor WHERE position < ?1 AND exporter NOT IN"
		" (SELECT exporter FROM retention_passed)",
		"INSERT OR IGNORE INTO retention_passed (exporter, position)"
		" SELECT exporter, ?1 FROM cursor WHERE position < ?1 AND ?2 IS NOT NULL",
	};
	struct retention_job *self = (struct retention_job *)job;
	int rc = SQLITE_OK;
	for (size_t i = 0; rc == SQLITE_OK && i < sizeof statements / sizeof *statements;
	     i++) {
		sqlite3_stmt *statement = NULL;
		rc = sqlite3_prepare_v2(writer->db, statements[i], -1, &statement, NULL);
		if (rc != SQLITE_OK)
			break;
		sqlite3_bind_int64(statement, 1, self->last_deleted);
		if (i > 0)
			sqlite3_bind_int64(statement, 2, self->options->now_ms);
		sqlite3_step(statement);
		rc = sqlite3_finalize(statement);
	}
	return rc;
}
