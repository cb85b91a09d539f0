/* SPDX-License-Identifier: MIT */
/*
 * A batch on its way into the log: which of its records are known, which are new, which
 * are variants, and one row for each that is not known.
 *
 * The identity of a record is (terminal, stamp, sequence, epoch, variant). The index has
 * the origin at its end, so the database alone would not refuse a known record whose
 * meter is decoded otherwise today; this file does, by looking the record up first.
 * Records mostly arrive in order, and one that is later than the terminal's latest need
 * not be looked up: then the insert is all there is.
 */
#include <inttypes.h>
#include <stdio.h>

#include "storage/housekeeping/gone_record.h"
#include "storage/origin_limit.h"
#include "storage/telegram_batch_private.h"
#include "storage/trouble.h"

/* The run of one batch. */
struct batch_run {
	struct store_writer *writer;
	int64_t terminal;

	struct latest_record latest;

	/* the terminal's epochs; only read when a stamp cannot be true */
	bool has_epochs;
	int64_t epoch, epoch_floor;
	bool has_deleted;
	int64_t deleted_sequence;
	int64_t head_place; /* all that the terminal holds stands there or behind */

	int64_t gone_end; /* retention has taken no record from this day on */

	/* where the record before in the reply is in the log; 0 none, or not known */
	int64_t position;

	const struct telegram_batch *batch;
};

/* Where a record goes. */
struct place_in_log {
	bool is_known;
	bool is_variant;
	int64_t epoch;
	int64_t variant;
	int64_t position; /* in the order of the log, if it is known; 0: not known */
};

static int read_latest(struct batch_run *run)
{
	sqlite3_stmt *statement = run->writer->statements[STATEMENT_TELEGRAM_LATEST];
	sqlite3_bind_int64(statement, 1, run->terminal);
	run->latest.is_there = sqlite3_step(statement) == SQLITE_ROW;
	if (run->latest.is_there) {
		run->latest.stamp = sqlite3_column_int64(statement, 0);
		run->latest.sequence = sqlite3_column_int64(statement, 1);
	}
	return sqlite3_reset(statement);
}

static bool is_later(const struct batch_run *run, const struct store_telegram *telegram)
{
	return !run->latest.is_there || telegram->stamp > run->latest.stamp ||
	       (telegram->stamp == run->latest.stamp &&
		telegram->sequence > run->latest.sequence);
}

static int read_epochs(struct batch_run *run)
{
	if (run->has_epochs)
		return SQLITE_OK;
	sqlite3_stmt *statement = run->writer->statements[STATEMENT_TERMINAL_EPOCHS];
	sqlite3_bind_int64(statement, 1, run->terminal);
	run->has_epochs = sqlite3_step(statement) == SQLITE_ROW;
	if (run->has_epochs) {
		run->epoch = sqlite3_column_int64(statement, 0);
		run->epoch_floor = sqlite3_column_int64(statement, 1);
		run->has_deleted = sqlite3_column_type(statement, 2) != SQLITE_NULL;
		run->deleted_sequence = sqlite3_column_int64(statement, 2);
		run->head_place = sqlite3_column_int64(statement, 3);
	}
	return sqlite3_reset(statement);
}

static int raise_epoch(struct batch_run *run)
{
	sqlite3_stmt *statement = run->writer->statements[STATEMENT_TERMINAL_RAISE_EPOCH];
	sqlite3_bind_int64(statement, 1, run->terminal);
	run->epoch++;
	run->has_deleted = false;
	return statement_run(statement);
}

static struct span column_span(sqlite3_stmt *statement, int column)
{
	const void *data = sqlite3_column_blob(statement, column);
	return span_of(data, (size_t)sqlite3_column_bytes(statement, column));
}

static bool is_same_payload(sqlite3_stmt *row, const struct store_telegram *telegram)
{
	int type = telegram->raw_is_text ? SQLITE_TEXT : SQLITE_BLOB;
	bool is_same_raw =
		(telegram->raw.size == 0 || sqlite3_column_type(row, 5) == type) &&
		span_equal(column_span(row, 5), telegram->raw);
	return span_equal(column_span(row, 2), span_text(telegram->kind)) &&
	       sqlite3_column_int64(row, 3) == telegram->error_code &&
	       span_equal(column_span(row, 4), telegram->device) && is_same_raw;
}

/* Looks for the record in the epochs from floor to place->epoch, behind position after.
 */
static int look_up(const struct batch_run *run, const struct store_telegram *telegram,
		   int64_t floor, int64_t after, struct place_in_log *place)
{
	sqlite3_stmt *row = run->writer->statements[STATEMENT_TELEGRAM_FIND];
	sqlite3_bind_int64(row, 1, run->terminal);
	sqlite3_bind_int64(row, 2, telegram->stamp);
	sqlite3_bind_int64(row, 3, telegram->sequence);
	sqlite3_bind_int64(row, 4, floor);
	sqlite3_bind_int64(row, 5, place->epoch);
	while (!place->is_known && sqlite3_step(row) == SQLITE_ROW) {
		place->position = sqlite3_column_int64(row, 6);
		place->is_known = (place->position == 0 || place->position > after) &&
				  is_same_payload(row, telegram);
		if (sqlite3_column_int64(row, 0) == place->epoch) {
			place->is_variant = true;
			place->variant = sqlite3_column_int64(row, 1) + 1;
		}
	}
	return sqlite3_reset(row);
}

/* Retention took it, or its raw data: then the log alone does not know it. */
static int look_up_gone(const struct batch_run *run,
			const struct store_telegram *telegram, struct place_in_log *place)
{
	bool is_gone = false;
	if (gone_record_day(telegram->stamp) >= run->gone_end)
		return SQLITE_OK;
	int rc = gone_record_find(run->writer, run->terminal, telegram, &is_gone);
	if (is_gone)
		*place = (struct place_in_log){ .is_known = true };
	return rc;
}

/* A stamp that can be true: the epoch plays no part. */
static int find_place(struct batch_run *run, const struct store_telegram *telegram,
		      struct place_in_log *place)
{
	int rc =
		is_later(run, telegram) ? SQLITE_OK : look_up(run, telegram, 0, 0, place);
	return rc == SQLITE_OK && !place->is_known ? look_up_gone(run, telegram, place)
						   : rc;
}

/* A telegram of a file: its line is its identity. */
static int find_place_in_file(struct batch_run *run,
			      const struct store_telegram *telegram,
			      struct place_in_log *place)
{
	place->is_known = telegram->sequence <= run->batch->import_lines;
	place->epoch = -run->batch->import_file;
	return SQLITE_OK;
}

/* Behind what it stands; without a payload, the head of the last reply is asked. */
static int64_t place_before(const struct batch_run *run,
			    const struct store_telegram *telegram)
{
	bool is_bare = telegram->raw.size == 0 && !run->batch->is_import;
	return is_bare && run->position < run->head_place ? run->head_place - 1
							  : run->position;
}

/*
 * A stamp that cannot be true: see the epoch in terminal_record.h. Two lives of a clock
 * may hold equal records (a failed read has no payload), but a reply lists the memory in
 * its order, and the log keeps that order: what stands behind another record in the reply
 * cannot be one that stands before it in the log, or before the head of the last reply.
 */
static int find_place_in_epochs(struct batch_run *run,
				const struct store_telegram *telegram,
				struct place_in_log *place)
{
	int rc = read_epochs(run);
	place->epoch = run->epoch;
	if (rc == SQLITE_OK && !is_later(run, telegram))
		rc = look_up(run, telegram, run->epoch_floor, place_before(run, telegram),
			     place);
	if (rc == SQLITE_OK && !place->is_known && run->batch->is_import)
		rc = look_up_gone(run, telegram, place);
	if (rc != SQLITE_OK || place->is_known || !run->has_deleted ||
	    telegram->sequence > run->deleted_sequence || run->batch->is_import)
		return rc;
	rc = raise_epoch(run);
	*place = (struct place_in_log){ .epoch = run->epoch };
	return rc;
}

static void bind_optional(sqlite3_stmt *statement, int parameter, bool has_value,
			  int64_t value)
{
	if (has_value)
		sqlite3_bind_int64(statement, parameter, value);
	else
		sqlite3_bind_null(statement, parameter);
}

static void bind_raw(sqlite3_stmt *statement, int parameter,
		     const struct store_telegram *telegram)
{
	if (telegram->raw_is_text)
		statement_bind_text(statement, parameter, telegram->raw);
	else
		statement_bind_blob(statement, parameter, telegram->raw);
}

/* Parameters as numbered in STATEMENT_TELEGRAM_ADD. */
static int insert(const struct batch_run *run, const struct store_telegram *telegram,
		  const struct place_in_log *place, int64_t origin)
{
	sqlite3_stmt *row = run->writer->statements[STATEMENT_TELEGRAM_ADD];
	sqlite3_bind_int64(row, 1, run->terminal);
	sqlite3_bind_int64(row, 2, telegram->stamp);
	sqlite3_bind_int64(row, 3, telegram->sequence);
	sqlite3_bind_int64(row, 4, place->epoch);
	sqlite3_bind_int64(row, 5, place->variant);
	sqlite3_bind_int64(row, 6, origin);
	sqlite3_bind_int64(row, 7, telegram->received_at_ms);
	bind_optional(row, 8, telegram->read_at != telegram->stamp, telegram->read_at);
	bind_optional(row, 9, telegram->has_rssi, telegram->rssi_dbm);
	bind_optional(row, 10, telegram->access_number >= 0, telegram->access_number);
	bind_optional(row, 11, telegram->meter_status >= 0, telegram->meter_status);
	statement_bind_text(row, 12, telegram->remarks);
	statement_bind_text(row, 13, telegram->vals);
	bind_raw(row, 14, telegram);
	return statement_run(row);
}

/* Its terminal has made too many origins today: into the one for all. */
static int insert_shared(const struct batch_run *run,
			 const struct store_telegram *telegram,
			 const struct place_in_log *place)
{
	struct store_telegram bare;
	int64_t origin = 0;
	int rc =
		origin_limit_shared(run->writer, run->terminal, telegram, &bare, &origin);
	if (rc == SQLITE_OK)
		rc = insert(run, &bare, place, origin);
	int64_t id = sqlite3_last_insert_rowid(run->writer->db);
	return rc != SQLITE_OK ? rc : origin_limit_note(run->writer, id, telegram);
}

/* The records of a dump may be older than what the terminal has sent since. */
static int forget_order(struct batch_run *run)
{
	sqlite3_stmt *statement = run->writer->statements[STATEMENT_LOG_ORDER_SET];
	sqlite3_bind_int64(statement, 1, run->position);
	sqlite3_bind_int64(statement, 2, 0);
	run->position = 0;
	return run->batch->import_file != 0 ? SQLITE_OK : statement_run(statement);
}

static int add(struct batch_run *run, struct batch_entry *entry,
	       const struct place_in_log *place)
{
	const struct store_telegram *telegram = &entry->telegram;
	int64_t origin = 0;
	int rc = writer_origin_id(run->writer, run->terminal, telegram, &origin);
	if (rc == WRITER_ORIGIN_LIMIT)
		rc = insert_shared(run, telegram, place);
	else if (rc == SQLITE_OK)
		rc = insert(run, telegram, place, origin);
	if (is_later(run, telegram)) {
		run->latest.is_there = true;
		run->latest.stamp = telegram->stamp;
		run->latest.sequence = telegram->sequence;
	}
	run->position = sqlite3_last_insert_rowid(run->writer->db);
	run->writer->log_position = run->position;
	if (rc == SQLITE_OK && run->batch->is_import)
		rc = forget_order(run);
	entry->outcome = place->is_variant ? TELEGRAM_VARIANT : TELEGRAM_NEW;
	run->writer->telegrams_new++;
	return rc;
}

static int store_entry(struct batch_run *run, struct batch_entry *entry)
{
	const struct store_telegram *telegram = &entry->telegram;
	struct place_in_log place = { 0 };
	int (*find)(struct batch_run * run, const struct store_telegram *telegram,
		    struct place_in_log *place) =
		run->batch->import_file != 0                  ? find_place_in_file
		: telegram->stamp >= TELEGRAM_STAMP_PLAUSIBLE ? find_place
							      : find_place_in_epochs;
	int rc = find(run, telegram, &place);
	if (rc != SQLITE_OK || !place.is_known)
		return rc != SQLITE_OK ? rc : add(run, entry, &place);
	if (place.position != 0 && !run->batch->is_import)
		run->position = place.position;
	entry->outcome = TELEGRAM_KNOWN;
	run->writer->telegrams_known++;
	return SQLITE_OK;
}

/* Of several records that cannot be stored, the first is told. */
static void explain(struct telegram_batch *batch, const struct batch_entry *entry,
		    const struct store_writer *writer)
{
	if (batch->job.error[0] != '\0')
		return;
	snprintf(batch->job.error, STORE_ERROR_MAX,
		 "the record of terminal %" PRId64 " with stamp %" PRId64
		 " and sequence %" PRId64 " cannot be stored: %s",
		 batch->terminal, entry->telegram.stamp, entry->telegram.sequence,
		 sqlite3_errmsg(writer->db));
}

/* Within a savepoint: what fails by a fault of the record leaves no trace. */
static int store_apart(struct batch_run *run, struct telegram_batch *batch,
		       struct batch_entry *entry)
{
	const struct batch_run before = *run;
	const uint64_t telegrams_new = run->writer->telegrams_new;
	const int64_t log_position = run->writer->log_position;
	int rc = writer_save(run->writer);
	rc = rc == SQLITE_OK ? store_entry(run, entry) : rc;
	if (rc == SQLITE_OK)
		return writer_keep(run->writer);
	if (!trouble_is_fault(rc))
		return rc;
	explain(batch, entry, run->writer);
	*run = before;
	run->writer->telegrams_new = telegrams_new;
	run->writer->log_position = log_position;
	int undone = writer_undo(run->writer);
	return undone == SQLITE_OK ? rc : undone;
}

static int store_isolated(struct batch_run *run, struct telegram_batch *batch,
			  struct batch_entry *entry)
{
	int rc = store_apart(run, batch, entry);
	if (!trouble_is_fault(rc))
		return rc;
	struct batch_entry bare = *entry;
	bare.telegram = origin_limit_bare(&entry->telegram, "refused");
	rc = store_apart(run, batch, &bare);
	if (rc == SQLITE_OK)
		entry->outcome =
			bare.outcome == TELEGRAM_KNOWN ? TELEGRAM_KNOWN : TELEGRAM_BARE;
	if (!trouble_is_fault(rc))
		return rc;
	entry->outcome = TELEGRAM_REFUSED;
	batch->refused_count++;
	run->writer->telegrams_refused++;
	return SQLITE_OK;
}

static int store_one(struct batch_run *run, struct telegram_batch *batch,
		     struct batch_entry *entry)
{
	if (run->writer->is_isolating)
		return store_isolated(run, batch, entry);
	int rc = store_entry(run, entry);
	if (rc != SQLITE_OK)
		explain(batch, entry, run->writer);
	return rc;
}

int telegram_batch_run(struct store_job *job, struct store_writer *writer)
{
	struct telegram_batch *batch = (struct telegram_batch *)job;
	struct batch_run run = { .writer = writer,
				 .terminal = batch->terminal,
				 .batch = batch };
	int64_t head_place = 0;
	int rc = read_latest(&run);
	if (rc == SQLITE_OK)
		rc = gone_record_end(writer, run.terminal, &run.gone_end);
	writer->has_origin_limit = true;
	batch->new_count = 0;
	batch->refused_count = 0;
	batch->latest = run.latest;
	for (uint32_t i = 0; rc == SQLITE_OK && i < batch->count; i++) {
		struct batch_entry *entry = &batch->entries[i];
		rc = store_one(&run, batch, entry);
		if (i == 0)
			head_place = run.position;
		batch->new_count += entry->outcome != TELEGRAM_KNOWN &&
				    entry->outcome != TELEGRAM_REFUSED;
	}
	writer->has_origin_limit = false;
	return rc == SQLITE_OK ? telegram_batch_note(batch, writer, head_place) : rc;
}
