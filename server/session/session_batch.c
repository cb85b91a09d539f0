/* SPDX-License-Identifier: MIT */
/*
 * The records of one reply on their way to the store: decoded one by one into a batch,
 * committed, and what came of it told to the driver.
 *
 * Happy path: a batch is made with the first record; it is submitted when the reply is
 * whole; it comes back committed and is kept until its deletion has ended.
 *
 * Failure modes: no memory or no room (the link is closed); the store cannot take a
 * record (session_refused.c) or rejects the whole batch (an event, nothing deleted); the
 * link has ended meanwhile (the batch is freed).
 */
#include <stdio.h>

#include "server/clock.h"
#include "server/health/health.h"
#include "server/session/session_parts.h"

static void count_radio_meter(struct session *session, const struct intake_note *note)
{
	uint32_t bit = note->source_hash % 256;
	if (note->source_hash != 0)
		session->radio_meters[bit / 64] |= UINT64_C(1) << (bit % 64);
}

/* Values as text take more than the bytes they came as; a large record is kept raw. */
static size_t batch_limit(const struct fleet *fleet)
{
	return 4 * fleet->limits.reply_bytes + 2 * fleet->limits.large_bytes;
}

bool session_add_record(struct session *session, struct span line,
			enum close_reason *ret_reason)
{
	struct fleet *fleet = session->fleet;
	struct intake_note note;

	if (session->batch == NULL) {
		session->batch = telegram_batch_new(fleet->port, session->terminal->id,
						    batch_limit(fleet));
		memset(session->radio_meters, 0, sizeof(session->radio_meters));
	}
	*ret_reason = CLOSE_OUT_OF_MEMORY;
	if (session->batch == NULL ||
	    !intake_record(fleet->intake, session->batch, line, clock_wall_ms(), &note))
		return false;
	count_radio_meter(session, &note);
	*ret_reason = CLOSE_QUEUE_FULL;
	return session_extend_room(session);
}

/* ---- commit ---- */

static uint32_t radio_meter_count(const struct session *session)
{
	uint32_t count = 0;
	for (size_t i = 0; i < 4; i++)
		count += (uint32_t)__builtin_popcountll(session->radio_meters[i]);
	return count;
}

static void note_rejected(struct session *session, const struct telegram_batch *batch)
{
	char detail[400];
	(void)snprintf(
		detail, sizeof(detail),
		"a reply of %u records could not be stored, nothing was deleted: %s",
		telegram_batch_count(batch), telegram_batch_error(batch));
	session_event(session, "error", "batch_rejected", detail);
}

/* A new record that gave no readings, or not all: why, and where it can be found. */
static void log_record(struct session *session, const struct store_telegram *record)
{
	bool is_failed_read = record->error_code != 0;
	struct log_line line;

	if (!is_failed_read && !record_is_undecoded(record))
		return;
	if (!log_begin(&line, session->fleet->log, LOG_WARN,
		       is_failed_read ? "failed_read" : "record_undecoded",
		       session->peer))
		return;
	log_number(&line, "stamp", record->stamp);
	log_number(&line, "sequence", record->sequence);
	log_number(&line, "index", record->device_index);
	if (is_failed_read)
		log_number(&line, "error_code", record->error_code);
	log_text(&line, "status", record->decode_status);
	log_text(&line, "diagnosis", record->decode_diagnosis);
	log_end(&line);
}

/* A record beyond the usual limits is stored as it came; once for each. */
static void tell_large(struct session *session, const struct store_telegram *record)
{
	char detail[240];

	if (strcmp(record->decode_status, "too_large") != 0)
		return;
	(void)snprintf(
		detail, sizeof(detail),
		"the record with stamp %lld and sequence %lld has %zu bytes, more "
		"than terminals.line_limit or reply_limit allow: it was fetched by "
		"itself and stored raw",
		(long long)record->stamp, (long long)record->sequence, record->raw.size);
	session_event(session, "warning", "large_record", detail);
}

static void note_committed(struct session *session, const struct telegram_batch *batch)
{
	uint32_t count = telegram_batch_count(batch);
	uint32_t new_count = telegram_batch_new_count(batch);

	session->terminal->memory.has_records = true;
	session->terminal->last_contact_ms = clock_wall_ms();
	session->terminal->records_new += new_count;
	session->terminal->records_known +=
		count - new_count - telegram_batch_refused_count(batch);
	for (uint32_t i = 0; new_count > 0 && i < count; i++) {
		const struct store_telegram *record = telegram_batch_get(batch, i);
		enum telegram_outcome outcome = telegram_batch_outcome(batch, i);
		if (outcome != TELEGRAM_KNOWN && outcome != TELEGRAM_REFUSED) {
			record_counts_add(&session->fleet->records, record);
			log_record(session, record);
			tell_large(session, record);
		}
	}
	health_committed(session, batch);
	if (new_count > 0 && session->fleet->runner != NULL)
		runner_notify(session->fleet->runner);
}

static void take_commit(struct session *session, const struct telegram_batch *batch,
			struct smartcom_commit *commit)
{
	commit->count = telegram_batch_count(batch);
	commit->new_count = telegram_batch_new_count(batch);
	commit->is_head_known = telegram_batch_outcome(batch, 0) == TELEGRAM_KNOWN;
	commit->wireless_count = radio_meter_count(session);
	session_tell_refused(session, batch, commit);
}

/* The store has written the event, with the records; whoever reads the log hears of it.
 */
static void log_gap(struct session *session, const struct telegram_batch *batch,
		    struct smartcom_commit *commit)
{
	const char *gap = telegram_batch_gap(batch);
	struct log_line line;

	commit->is_gap_told = gap[0] != '\0';
	if (!commit->is_gap_told || !log_begin(&line, session->fleet->log, LOG_WARN,
					       "overlap_missing", session->peer))
		return;
	log_text(&line, "detail", gap);
	log_end(&line);
}

static void batch_done(struct telegram_batch *batch, enum store_result result,
		       void *context)
{
	struct session *session = context;
	bool is_committed = result == STORE_COMMITTED;
	struct smartcom_commit commit = { .is_committed = is_committed };

	session->is_batch_in_flight = false;
	if (is_committed) {
		log_gap(session, batch, &commit);
		note_committed(session, batch);
		take_commit(session, batch, &commit);
	} else if (result == STORE_REJECTED) {
		note_rejected(session, batch);
	}
	if (session->is_closing) {
		telegram_batch_free(batch);
	} else {
		session->batch = batch;
		smartcom_on_committed(&session->driver, &commit);
	}
	session_release(session);
}

/* Whether the link lives or has broken inside this very reply. */
static void expect_overlap(struct session *session)
{
	const struct terminal_health *health = &session->terminal->health;

	if (!session->driver.memory.has_records)
		return;
	telegram_batch_expect_known(session->batch, clock_wall_ms());
	if (health->has_last)
		telegram_batch_expect_after(session->batch, health->last_stamp,
					    health->last_sequence);
}

void session_submit_batch(struct session *session, bool may_delete)
{
	expect_overlap(session);
	if (may_delete)
		telegram_batch_begin_deletion(session->batch, clock_wall_ms());
	session->is_batch_in_flight = true;
	session->holds++;
	telegram_batch_submit(session->batch, batch_done, session);
	/* From here on the batch itself counts in the queue. */
	session_release_room(session);
}

void session_drop_batch(struct session *session)
{
	if (!session->is_batch_in_flight)
		telegram_batch_free(session->batch);
	session->batch = NULL;
}
