/* SPDX-License-Identifier: MIT */
#include "storage/housekeeping/redecode_private.h"

#include <stdio.h>
#include <stdlib.h>

#include "storage/database.h"

enum { BATCH_BYTES_MAX = 64 * 1024 * 1024 };

static const char rows_sql[] =
	"SELECT t.id, t.terminal, kind.text, quality.text, o.device_index, o.device,"
	" o.layout, t.stamp, t.received_at, t.raw"
	" FROM telegram t JOIN origin o ON o.id = t.origin"
	" JOIN terminal ON terminal.id = t.terminal"
	" JOIN word kind ON kind.id = o.kind JOIN word quality ON quality.id = "
	"o.time_quality"
	" LEFT JOIN meter ON meter.id = o.meter"
	" WHERE t.id > ?1 AND t.id <= ?2 AND o.error_code = 0 AND length(t.raw) > 0"
	" AND (?3 IS NULL OR terminal.identity = ?3)"
	" AND (?4 IS NULL OR meter.address = ?4 OR meter.identification = ?4)"
	" AND coalesce(t.read_at, t.stamp) >= ?5 ORDER BY t.id";

/* Columns of rows_sql. */
enum {
	COLUMN_ID,
	COLUMN_TERMINAL,
	COLUMN_KIND,
	COLUMN_QUALITY,
	COLUMN_DEVICE_INDEX,
	COLUMN_DEVICE,
	COLUMN_LAYOUT,
	COLUMN_STAMP,
	COLUMN_RECEIVED_AT,
	COLUMN_RAW,
};

struct redecode {
	sqlite3 *db;
	sqlite3_stmt *rows, *next;
	struct store_caller *caller;
	const struct redecode_filter *filter;
	char filter_text[REDECODE_FILTER_MAX];
	struct redecode_job job;
};

static bool call(struct redecode *redecode,
		 int (*run)(struct store_job *job, struct store_writer *writer),
		 char error[STORE_ERROR_MAX])
{
	struct store_job *job = &redecode->job.job;
	job->run = run;
	job->bytes = sizeof redecode->job;
	if (redecode->job.batch != NULL)
		job->bytes += telegram_batch_bytes(redecode->job.batch);
	enum store_result result = store_call(redecode->caller, job);
	if (result == STORE_COMMITTED)
		redecode->job.state = redecode->job.next_state;
	else
		snprintf(error, STORE_ERROR_MAX, "%s",
			 result == STORE_ABANDONED ? "the store was closed" : job->error);
	return result == STORE_COMMITTED;
}

static bool prepare(struct redecode *redecode, const char *path,
		    char error[STORE_ERROR_MAX])
{
	static const char next_sql[] = "SELECT min(id) FROM telegram WHERE id > ?1";
	const struct redecode_filter *filter = redecode->filter;
	redecode->db = database_open_reader(path, error);
	if (redecode->db == NULL)
		return false;
	if (sqlite3_prepare_v2(redecode->db, rows_sql, -1, &redecode->rows, NULL) !=
		    SQLITE_OK ||
	    sqlite3_prepare_v2(redecode->db, next_sql, -1, &redecode->next, NULL) !=
		    SQLITE_OK) {
		snprintf(error, STORE_ERROR_MAX, "cannot read the log of %.100s: %.100s",
			 path, sqlite3_errmsg(redecode->db));
		return false;
	}
	sqlite3_bind_text(redecode->rows, 3, filter->terminal, -1, SQLITE_STATIC);
	sqlite3_bind_text(redecode->rows, 4, filter->meter, -1, SQLITE_STATIC);
	sqlite3_bind_int64(redecode->rows, 5, filter->since);
	return true;
}

struct redecode *redecode_open(const char *path, struct store_caller *caller,
			       const struct redecode_filter *filter,
			       char error[STORE_ERROR_MAX])
{
	struct redecode *redecode = calloc(1, sizeof *redecode);
	if (redecode == NULL) {
		snprintf(error, STORE_ERROR_MAX, "out of memory");
		return NULL;
	}
	redecode->caller = caller;
	redecode->filter = filter;
	snprintf(redecode->filter_text, sizeof redecode->filter_text,
		 "decoder %d, terminal %s, meter %s, since %s", DECODER_VERSION,
		 filter->terminal != NULL ? filter->terminal : "*",
		 filter->meter != NULL ? filter->meter : "*",
		 filter->since_text != NULL ? filter->since_text : "*");
	redecode->job.filter = redecode->filter_text;
	if (prepare(redecode, path, error) && call(redecode, redecode_run_begin, error))
		return redecode;
	redecode_close(redecode);
	return NULL;
}

void redecode_close(struct redecode *redecode)
{
	if (redecode == NULL)
		return;
	sqlite3_finalize(redecode->rows);
	sqlite3_finalize(redecode->next);
	sqlite3_close(redecode->db);
	telegram_batch_free(redecode->job.batch);
	free(redecode);
}

const struct redecode_state *redecode_state(const struct redecode *redecode)
{
	return &redecode->job.state;
}

/* ---- one slice ---- */

/* Words are compared by their address in the writer's caches. */
static const char *static_quality(const char *text)
{
	static const char *const words[] = { "terminal", "corrected", "received",
					     "imported" };
	for (size_t i = 0; text != NULL && i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i], text) == 0)
			return words[i];
	return NULL;
}

static struct span column_span(sqlite3_stmt *row, int column)
{
	const void *data = sqlite3_column_blob(row, column);
	return span_of(data, (size_t)sqlite3_column_bytes(row, column));
}

/*
 * What we lack now (a key that was taken away, the full frame before a compact one, room
 * for a layout) must not take values away that were read before.
 */
static bool is_worse(bool had_values, const struct store_telegram *telegram)
{
	static const char *const lacks[] = { "encrypted", "unknown_format",
					     "layout_limit" };
	for (size_t i = 0; i < sizeof lacks / sizeof *lacks; i++)
		if (had_values && telegram->layout == NULL &&
		    strcmp(telegram->decode_status, lacks[i]) == 0)
			return true;
	return false;
}

static bool take_row(struct redecode *redecode, redecode_cb *decode, void *context)
{
	sqlite3_stmt *row = redecode->rows;
	struct redecode_job *job = &redecode->job;
	struct store_telegram telegram = {
		.stamp = sqlite3_column_int64(row, COLUMN_STAMP),
		.received_at_ms = sqlite3_column_int64(row, COLUMN_RECEIVED_AT),
		.kind = (const char *)sqlite3_column_text(row, COLUMN_KIND),
		.time_quality = static_quality(
			(const char *)sqlite3_column_text(row, COLUMN_QUALITY)),
		.device_index = sqlite3_column_int64(row, COLUMN_DEVICE_INDEX),
		.device = column_span(row, COLUMN_DEVICE),
		.raw = column_span(row, COLUMN_RAW),
		.raw_is_text = sqlite3_column_type(row, COLUMN_RAW) == SQLITE_TEXT,
	};
	if (telegram.time_quality == NULL)
		return true;
	decode(context, &telegram);
	if (is_worse(sqlite3_column_int64(row, COLUMN_LAYOUT) != 0, &telegram))
		return true;
	job->rows[telegram_batch_count(job->batch)] = (struct redecode_row){
		sqlite3_column_int64(row, COLUMN_ID),
		sqlite3_column_int64(row, COLUMN_TERMINAL),
	};
	return telegram_batch_add(job->batch, &telegram);
}

static bool read_rows(struct redecode *redecode, int64_t after, redecode_cb *decode,
		      void *context)
{
	bool has_memory = true;
	sqlite3_bind_int64(redecode->rows, 1, after);
	sqlite3_bind_int64(redecode->rows, 2, redecode->job.until);
	while (has_memory && sqlite3_step(redecode->rows) == SQLITE_ROW)
		has_memory = take_row(redecode, decode, context);
	return sqlite3_reset(redecode->rows) == SQLITE_OK && has_memory;
}

/* Where the next slice begins: positions have gaps. */
static int64_t find_next(const struct redecode *redecode)
{
	const struct redecode_state *state = &redecode->job.state;
	int64_t next = state->last + 1;
	bool is_found = false;
	sqlite3_bind_int64(redecode->next, 1, state->position);
	if (statement_find(redecode->next, &is_found, &next) != SQLITE_OK || !is_found)
		next = state->last + 1;
	return next;
}

bool redecode_slice(struct redecode *redecode, redecode_cb *decode, void *context,
		    char error[STORE_ERROR_MAX])
{
	struct redecode_job *job = &redecode->job;
	int64_t after = find_next(redecode) - 1;
	job->until = after + REDECODE_SLICE < job->state.last ? after + REDECODE_SLICE
							      : job->state.last;
	job->batch = telegram_batch_new(NULL, 0, BATCH_BYTES_MAX);
	bool is_done = job->batch != NULL && read_rows(redecode, after, decode, context);
	if (is_done) {
		telegram_batch_fix(job->batch);
		is_done = call(redecode, redecode_run_slice, error);
	} else {
		snprintf(error, STORE_ERROR_MAX, "cannot read the log: %s",
			 sqlite3_errmsg(redecode->db));
	}
	telegram_batch_free(job->batch);
	job->batch = NULL;
	return is_done;
}
