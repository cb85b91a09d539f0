/* SPDX-License-Identifier: MIT */
/*
 * Happy path: run() notes what is new in a stretch of the log, widens the first stale
 * stretch to the days of the readings around it (their boundaries lie between old and new
 * readings), and works it out from its begin, days by days.
 *
 * Failure modes: those of any job; the slice is rolled back as a whole and done again.
 */
#include "storage/consumption/consumption.h"

#include <stdlib.h>

#include "storage/consumption/consumption_days.h"

/* A slice is about as long as a large batch of telegrams. */
enum { SLICE_TELEGRAMS = 2000, SLICE_READINGS = 1500, STRETCH_READINGS = 500 };
enum { DAY_S = 86400, STRETCH_DAYS_UNKNOWN = 7 };

struct consumption_job {
	struct store_job job;
	consumption_done_cb *done_cb;
	void *context;
	bool has_more;
};

/* ---- what is new in the log ---- */

static int ask(sqlite3_stmt *row, int64_t *ret_value)
{
	bool is_found = false;
	*ret_value = 0;
	return statement_find(row, &is_found, ret_value);
}

static int mark(struct store_writer *writer, enum statement statement, int64_t after,
		int64_t to)
{
	sqlite3_stmt *row = writer->statements[statement];
	sqlite3_bind_int64(row, 1, after);
	sqlite3_bind_int64(row, 2, to);
	return statement_run(row);
}

static int note_news(struct store_writer *writer, bool *ret_has_more)
{
	int64_t position = 0, end = 0;
	sqlite3_stmt *move = writer->statements[STATEMENT_CONSUMPTION_MOVE];
	int rc = ask(writer->statements[STATEMENT_CONSUMPTION_POSITION], &position);
	if (rc == SQLITE_OK)
		rc = ask(writer->statements[STATEMENT_LOG_END], &end);
	int64_t to = end - position > SLICE_TELEGRAMS ? position + SLICE_TELEGRAMS : end;
	*ret_has_more = to < end;
	if (rc != SQLITE_OK || to <= position)
		return rc;
	rc = mark(writer, STATEMENT_RHYTHM_MARK, position, to);
	if (rc == SQLITE_OK)
		rc = mark(writer, STATEMENT_STALE_MARK, position, to);
	sqlite3_bind_int64(move, 1, to);
	return rc != SQLITE_OK ? rc : statement_run(move);
}

/* ---- what is stale ---- */

struct stale {
	struct history_range range; /* from_at, to_at: what is stale, to_at with it */
	bool is_widened;
	bool is_known; /* there are telegrams of it */
	int64_t period_s;
};

static int next_stale(struct store_writer *writer, struct stale *ret_stale,
		      bool *ret_is_found)
{
	sqlite3_stmt *row = writer->statements[STATEMENT_STALE_NEXT];
	*ret_is_found = sqlite3_step(row) == SQLITE_ROW;
	if (*ret_is_found)
		*ret_stale = (struct stale){
			.range = { .meter = sqlite3_column_int64(row, 0),
				   .from_at = sqlite3_column_int64(row, 1),
				   .to_at = sqlite3_column_int64(row, 2),
				   .first_at = sqlite3_column_int64(row, 5),
				   .last_at = sqlite3_column_int64(row, 6),
				   .clock_slack_s = sqlite3_column_int64(row, 7) },
			.is_widened = sqlite3_column_int(row, 3),
			.is_known = sqlite3_column_type(row, 5) != SQLITE_NULL,
			.period_s = sqlite3_column_int64(row, 4),
		};
	return sqlite3_reset(row);
}

/* Takes from the stale stretch what is done; all of it if from_at has passed to_at. */
static int set_stale(struct store_writer *writer, int64_t meter, int64_t from_at,
		     int64_t to_at)
{
	bool is_done = from_at > to_at;
	sqlite3_stmt *row = writer->statements[is_done ? STATEMENT_STALE_REMOVE
						       : STATEMENT_STALE_WIDEN];
	sqlite3_bind_int64(row, 1, meter);
	if (!is_done) {
		sqlite3_bind_int64(row, 2, from_at);
		sqlite3_bind_int64(row, 3, to_at);
	}
	return statement_run(row);
}

/* So many days that they hold about STRETCH_READINGS. */
static int stretch_days(int64_t period_s)
{
	int64_t days = period_s * STRETCH_READINGS / DAY_S;
	if (period_s == 0)
		return STRETCH_DAYS_UNKNOWN;
	return days < 1 ? 1 : days > STRETCH_DAYS_MAX ? STRETCH_DAYS_MAX : (int)days;
}

static int set_rhythm(struct store_writer *writer, const struct meter_history *history)
{
	sqlite3_stmt *row = writer->statements[STATEMENT_RHYTHM_SET];
	size_t last = history->time_count - 1;
	if (history->range.to_at <= history->range.last_at || history->time_count == 0)
		return SQLITE_OK;
	sqlite3_bind_int64(row, 1, history->range.meter);
	sqlite3_bind_int64(row, 2, history->periods[last]);
	sqlite3_bind_int64(row, 3, history->times[last]);
	return statement_run(row);
}

/* No telegram is about it any more, and none ever went: it was decoded otherwise. */
static int forget_meter(struct store_writer *writer, const struct meter_history *history)
{
	static const enum statement statements[] = { STATEMENT_METER_FORGET_FALLS,
						     STATEMENT_METER_FORGET_GAPS,
						     STATEMENT_METER_FORGET_RHYTHM };
	int rc = SQLITE_OK;
	for (size_t i = 0; rc == SQLITE_OK && i < sizeof statements / sizeof *statements;
	     i++) {
		sqlite3_stmt *forget = writer->statements[statements[i]];
		sqlite3_bind_int64(forget, 1, history->range.meter);
		rc = statement_run(forget);
	}
	return rc;
}

static int write_stretch(struct store_writer *writer, struct meter_history *history,
			 const struct day_list *days)
{
	struct meter_stays stays;
	int rc = meter_stays_read(writer, history->range.meter, &stays);
	if (rc == SQLITE_OK)
		rc = meter_stays_add_readings(writer, &stays, history);
	if (rc == SQLITE_OK)
		rc = consumption_days_write(writer, history, &stays, days);
	if (rc == SQLITE_OK)
		rc = gaps_write(writer, history);
	if (rc == SQLITE_OK && history->time_count == 0 && !history->is_cut &&
	    history->range.to_at > history->range.last_at)
		rc = forget_meter(writer, history);
	return rc != SQLITE_OK ? rc : set_rhythm(writer, history);
}

/* Works out the first days of a stale stretch. */
static int work_out(struct store_writer *writer, struct stale *stale, size_t *readings)
{
	struct history_range range = stale->range;
	struct meter_history history = { 0 };
	struct day_list days;
	int rc = SQLITE_OK;
	if (!stale->is_widened)
		rc = meter_history_widen(writer, &stale->range);
	if (rc == SQLITE_OK)
		rc = day_list_read(writer, stale->range.from_at, stale->range.to_at,
				   stretch_days(stale->period_s), &days);
	if (rc != SQLITE_OK || days.count == 0)
		return rc != SQLITE_OK ? rc : set_stale(writer, range.meter, 1, 0);
	range.from_at = days.days[0].start_at;
	range.to_at = days.days[days.count - 1].end_at;
	rc = meter_history_read(writer, &range, &history);
	if (rc == SQLITE_OK)
		rc = write_stretch(writer, &history, &days);
	*readings += history.time_count;
	meter_history_free(&history);
	return rc != SQLITE_OK
		       ? rc
		       : set_stale(writer, range.meter, range.to_at, stale->range.to_at);
}

static int work_out_some(struct store_writer *writer, bool *has_more)
{
	struct stale stale;
	size_t readings = 0;
	bool is_found = true;
	int rc = SQLITE_OK;
	while (rc == SQLITE_OK && readings < SLICE_READINGS) {
		rc = next_stale(writer, &stale, &is_found);
		if (rc != SQLITE_OK || !is_found)
			return rc;
		rc = stale.is_known ? work_out(writer, &stale, &readings)
				    : set_stale(writer, stale.range.meter, 1, 0);
		readings++;
	}
	*has_more = true;
	return rc;
}

static int run(struct store_job *job, struct store_writer *writer)
{
	struct consumption_job *self = (struct consumption_job *)job;
	struct day_list days;
	self->has_more = false;
	int rc = day_list_read(writer, 0, INT64_MAX, 1, &days);
	if (rc != SQLITE_OK || days.count == 0)
		return rc;
	rc = note_news(writer, &self->has_more);
	return rc != SQLITE_OK ? rc : work_out_some(writer, &self->has_more);
}

static void done(struct store_job *job, enum store_result result)
{
	struct consumption_job *self = (struct consumption_job *)job;
	self->done_cb(self->has_more, result, job->error, self->context);
	free(self);
}

bool consumption_submit(struct store *store, struct store_port *port,
			consumption_done_cb *done_cb, void *context)
{
	struct consumption_job *self = calloc(1, sizeof *self);
	if (self == NULL)
		return false;
	self->job = (struct store_job){
		.run = run, .done = done, .port = port, .bytes = sizeof *self
	};
	self->done_cb = done_cb;
	self->context = context;
	store_submit(store, &self->job);
	return true;
}
