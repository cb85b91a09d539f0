/* SPDX-License-Identifier: MIT */
/*
 * The records of one reply on their way to the store: decoded one by one into a batch,
 * committed, and what came of it told to the driver.
 *
 * Happy path: a batch is made with the first record; it is submitted when the reply is
 * whole; it comes back committed and is kept until its deletion has ended.
 *
 * Failure modes: no memory or no room (the link is closed); the store rejects the batch
 * (an event, nothing deleted); the link has ended meanwhile (the batch is freed).
 */
#include <stdio.h>

#include "server/clock.h"
#include "server/session_parts.h"

static void log_record(struct session *session, const struct intake_note *note)
{
	struct log_line line;

	if (strcmp(note->decode_status, "ok") == 0 ||
	    strcmp(note->decode_status, "not_decoded") == 0)
		return;
	bool is_failed_read = note->error_code != 0;
	if (!log_begin(&line, session->fleet->log, LOG_WARN,
		       is_failed_read ? "failed_read" : "record_undecoded",
		       session->peer))
		return;
	log_number(&line, "stamp", note->stamp);
	log_number(&line, "sequence", note->sequence);
	log_number(&line, "index", note->index);
	if (is_failed_read)
		log_number(&line, "error_code", note->error_code);
	log_text(&line, "status", note->decode_status);
	log_text(&line, "diagnosis", note->diagnosis);
	log_end(&line);
}

static void count_radio_meter(struct session *session, const struct intake_note *note)
{
	uint32_t bit = note->source_hash % 256;
	if (note->source_hash != 0)
		session->radio_meters[bit / 64] |= UINT64_C(1) << (bit % 64);
}

bool session_add_record(struct session *session, struct span line,
			enum close_reason *ret_reason)
{
	struct fleet *fleet = session->fleet;
	struct intake_note note;

	if (session->batch == NULL) {
		session->batch = telegram_batch_new(fleet->port, session->terminal->id,
						    4 * fleet->limits.reply_bytes);
		memset(session->radio_meters, 0, sizeof(session->radio_meters));
	}
	*ret_reason = CLOSE_OUT_OF_MEMORY;
	if (session->batch == NULL ||
	    !intake_record(fleet->intake, session->batch, line, clock_wall_ms(), &note))
		return false;
	log_record(session, &note);
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

/*
 * The counter of a terminal only rises. A new record below the one before it is a sign
 * that the terminal was reset or its memory restored.
 */
static void note_sequence(struct session *session, const struct telegram_batch *batch)
{
	int64_t stamp, previous = 0, sequence;
	char detail[160];

	for (uint32_t i = 0; i < telegram_batch_count(batch); i++, previous = sequence) {
		telegram_batch_identity(batch, i, &stamp, &sequence);
		if (sequence >= previous || stamp == 0 ||
		    telegram_batch_outcome(batch, i) == TELEGRAM_KNOWN)
			continue;
		(void)snprintf(
			detail, sizeof(detail),
			"sequence number %lld follows %lld: the terminal's counter has "
			"begun again",
			(long long)sequence, (long long)previous);
		session_event(session, "info", "sequence_reset", detail);
	}
}

static void note_committed(struct session *session, const struct telegram_batch *batch)
{
	uint32_t count = telegram_batch_count(batch);
	uint32_t new_count = telegram_batch_new_count(batch);

	session->terminal->memory.has_records = true;
	session->terminal->last_contact_ms = clock_wall_ms();
	session->terminal->records_new += new_count;
	session->terminal->records_known += count - new_count;
	note_sequence(session, batch);
	if (new_count > 0 && session->fleet->runner != NULL)
		runner_notify(session->fleet->runner);
}

static void batch_done(struct telegram_batch *batch, enum store_result result,
		       void *context)
{
	struct session *session = context;
	bool is_committed = result == STORE_COMMITTED;

	session->is_batch_in_flight = false;
	if (is_committed)
		note_committed(session, batch);
	else if (result == STORE_REJECTED)
		note_rejected(session, batch);
	if (session->is_closing) {
		telegram_batch_free(batch);
	} else {
		struct smartcom_commit commit = { .is_committed = is_committed };
		session->batch = batch;
		if (is_committed) {
			commit.count = telegram_batch_count(batch);
			commit.new_count = telegram_batch_new_count(batch);
			commit.is_head_known =
				telegram_batch_outcome(batch, 0) == TELEGRAM_KNOWN;
			commit.wireless_count = radio_meter_count(session);
		}
		smartcom_on_committed(&session->driver, &commit);
	}
	session_release(session);
}

void session_submit_batch(struct session *session, bool may_delete)
{
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
