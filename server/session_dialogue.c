/* SPDX-License-Identifier: MIT */
/*
 * What the driver asks for, carried out: names are looked up in the store, records are
 * decoded into a batch, batches are committed, deletions begun and ended, events written.
 *
 * Happy path of a reply: reserve room, one batch filled record by record, committed; the
 * batch is kept until its deletion has ended, for the identity of the last record
 * deleted.
 *
 * Failure modes: no room (the session queues for it in fleet->waiting_for_room); a batch
 * the store rejects (logged, nothing deleted); the link ends with records in hand (they
 * are committed without a deletion) or with jobs in flight (holds keep the session).
 */
#include <stdio.h>
#include <stdlib.h>

#include "protocol/scdata/scams.h"
#include "server/clock.h"
#include "server/json_text.h"
#include "server/session.h"
#include "storage/event.h"
#include "storage/terminal_record.h"

enum {
	RECORD_BYTES_USUAL = 1024, /* of a record in a batch: to reserve room with */
	ROOM_STEP = 64 * 1024,     /* by which a reservation grows under a longer reply */
	DEVICE_TABLE_MAX = 128 * 1024,
	DEVICE_ROW_MAX = 1024,
};

static void write_event(struct session *session, const char *severity, const char *kind,
			const char *detail)
{
	struct fleet *fleet = session->fleet;
	struct store_event event = {
		.at_ms = clock_wall_ms(),
		.kind = kind,
		.severity = severity,
		.terminal = session->terminal != NULL ? session->terminal->id : 0,
		.detail = detail,
	};
	struct log_line line;

	(void)event_submit(fleet->store, fleet->port, &event);
	if (!log_begin(&line, fleet->log, LOG_WARN, kind, session->peer))
		return;
	log_text(&line, "detail", detail);
	log_end(&line);
}

/* ---- plain operations ---- */

static uint64_t on_now(void *context)
{
	struct session *session = context;
	return uv_now(session->fleet->loop);
}

static void on_timer(uv_timer_t *timer)
{
	struct session *session = timer->data;
	smartcom_on_timer(&session->driver);
}

static void on_arm(void *context, uint64_t timeout_ms)
{
	struct session *session = context;
	if (timeout_ms == 0)
		(void)uv_timer_stop(&session->timer);
	else
		(void)uv_timer_start(&session->timer, on_timer, timeout_ms, 0);
}

static void on_send(void *context, const struct at_command *command)
{
	session_send(context, command);
}

/* A fleet that was switched on together must not call together for ever. */
static uint64_t on_interval(void *context)
{
	struct session *session = context;
	struct fleet *fleet = session->fleet;
	uint32_t random = 0;

	(void)uv_random(NULL, NULL, &random, sizeof(random), 0, NULL);
	return fleet->interval_ms +
	       (fleet->jitter_ms > 0 ? random % fleet->jitter_ms : 0);
}

static const char *on_address(void *context)
{
	struct session *session = context;
	return session->address;
}

static void on_driver_event(void *context, const char *kind, const char *detail)
{
	write_event(context, "warning", kind, detail);
}

static void on_close(void *context, enum close_reason reason)
{
	session_close(context, reason);
}

static void on_round_ended(void *context)
{
	struct session *session = context;

	session->terminal->rounds++;
	session->terminal->last_round_ms = clock_wall_ms();
	session->terminal->round_ended_at_ms = uv_now(session->fleet->loop);
}

/* ---- who is it ---- */

static void opened(const struct terminal_state *state, enum store_result result,
		   void *context)
{
	struct session *session = context;
	struct terminal *terminal = session->terminal;

	if (result == STORE_COMMITTED && terminal->id == 0) {
		terminal->id = state->id;
		terminal->memory.has_records = state->has_records;
		terminal->memory.is_deletion_unknown = state->is_deletion_begun;
		terminal->memory.unknown_since_ms = uv_now(session->fleet->loop);
	}
	if (!session->is_closing && result != STORE_COMMITTED)
		session_close(session, CLOSE_STORE);
	else if (!session->is_closing)
		smartcom_on_opened(&session->driver, &terminal->memory);
	session_release(session);
}

/* The terminal called identity, made if it may be; else a reason to close. */
static struct terminal *find_terminal(struct fleet *fleet, const char *identity,
				      enum close_reason *ret_reason)
{
	struct terminal *terminal = terminal_table_find(fleet->terminals, identity);

	*ret_reason = CLOSE_UNKNOWN_TERMINAL;
	if (terminal != NULL || !fleet->accept_unknown)
		return terminal;
	*ret_reason = CLOSE_LIMIT_TERMINALS;
	return terminal_table_add(fleet->terminals, identity);
}

/*
 * Mobile links die without a word, so a newer link of a terminal replaces the older one.
 * That is closed first: what it left undecided is in terminal->memory when the new one
 * goes on.
 */
static void take_over(struct session *session, struct terminal *terminal)
{
	if (terminal->session != NULL)
		session_close(terminal->session, CLOSE_REPLACED);
	terminal->session = session;
	terminal->links++;
	terminal->last_contact_ms = clock_wall_ms();
	session->terminal = terminal;
	session->fleet->counts.identified++;
}

static void on_open(void *context, const char *identity, const char *firmware)
{
	struct session *session = context;
	struct fleet *fleet = session->fleet;
	enum close_reason reason;
	struct terminal *terminal = find_terminal(fleet, identity, &reason);
	struct log_line line;

	if (terminal == NULL) {
		session_close(session, reason);
		return;
	}
	take_over(session, terminal);
	if (log_begin(&line, fleet->log, LOG_NOTE, "terminal_connected", identity)) {
		log_text(&line, "from", session->peer);
		log_text(&line, "firmware", firmware);
		log_end(&line);
	}
	(void)snprintf(session->peer, sizeof(session->peer), "%s", identity);
	session->holds++;
	if (!terminal_record_open(fleet->store, fleet->port, identity, session->address,
				  firmware, clock_wall_ms(), opened, session)) {
		session->holds--;
		session_close(session, CLOSE_OUT_OF_MEMORY);
	}
}

/* ---- device table ---- */

static void put_span(struct json_text *json, const char *key, struct span value)
{
	json_text_raw(json, key, strlen(key));
	json_text_string(json, (const char *)value.data, value.size);
}

/* One row as a JSON object; returns its size, 0 if it is none or too long. */
static size_t write_device(struct span line, char *buffer, size_t limit)
{
	struct scams_line row;
	struct json_text json;
	char head[80];

	scams_parse(line, &row);
	if (row.kind != SCAMS_DEVICE)
		return 0;
	json_text_init(&json, buffer, limit);
	int size = snprintf(head, sizeof(head), "{\"index\":%lld,\"port\":%lld",
			    (long long)row.number, (long long)row.port);
	json_text_raw(&json, head, (size_t)size);
	put_span(&json, ",\"protocol\":", row.protocol);
	put_span(&json, ",\"address\":", row.address);
	put_span(&json, ",\"interval\":", row.interval);
	json_text_raw(&json, "}", 1);
	return json.is_full ? 0 : json.size;
}

static void append_device(struct session *session, const char *text, size_t size)
{
	size_t needed = session->device_json_size + size + 2;
	if (needed > DEVICE_TABLE_MAX)
		return;
	char *grown = realloc(session->device_json, needed);
	if (grown == NULL)
		return;
	session->device_json = grown;
	grown[session->device_json_size++] = session->device_rows++ == 0 ? '[' : ',';
	memcpy(grown + session->device_json_size, text, size);
	session->device_json_size += size;
}

static void on_device(void *context, struct span line)
{
	struct session *session = context;
	struct fleet *fleet = session->fleet;
	char row[DEVICE_ROW_MAX];

	if (line.size > 0) {
		size_t size = write_device(line, row, sizeof(row));
		if (size > 0)
			append_device(session, row, size);
		return;
	}
	if (session->device_json != NULL) {
		session->device_json[session->device_json_size++] = ']';
		struct span table =
			span_of(session->device_json, session->device_json_size);
		(void)terminal_record_device_table(fleet->store, fleet->port,
						   session->terminal->id, table,
						   clock_wall_ms());
	}
	free(session->device_json);
	session->device_json = NULL;
	session->device_json_size = 0;
	session->device_rows = 0;
}

/* ---- room ---- */

static void wait_for_room(struct session *session)
{
	struct session **end = &session->fleet->waiting_for_room;
	if (session->is_waiting_for_room)
		return;
	while (*end != NULL)
		end = &(*end)->next_for_room;
	session->next_for_room = NULL;
	session->is_waiting_for_room = true;
	*end = session;
}

static void leave_room_queue(struct session *session)
{
	struct session **at = &session->fleet->waiting_for_room;
	if (!session->is_waiting_for_room)
		return;
	while (*at != session)
		at = &(*at)->next_for_room;
	*at = session->next_for_room;
	session->is_waiting_for_room = false;
}

static void release_room(struct session *session)
{
	store_release(session->fleet->store, session->reserved_bytes);
	session->reserved_bytes = 0;
}

static void drop_batch(struct session *session)
{
	if (!session->is_batch_in_flight)
		telegram_batch_free(session->batch);
	session->batch = NULL;
}

static bool on_reserve(void *context, uint32_t count)
{
	struct session *session = context;
	size_t bytes = (size_t)count * RECORD_BYTES_USUAL;

	if (bytes > session->fleet->limits.reply_bytes)
		bytes = session->fleet->limits.reply_bytes;
	drop_batch(session);
	release_room(session);
	if (session->fleet->waiting_for_room == NULL || session->is_waiting_for_room) {
		if (store_reserve(session->fleet->store, bytes)) {
			session->reserved_bytes = bytes;
			leave_room_queue(session);
			return true;
		}
	}
	wait_for_room(session);
	return false;
}

/* The batch has outgrown its reservation: asks for more. */
static bool extend_room(struct session *session)
{
	if (telegram_batch_bytes(session->batch) <= session->reserved_bytes)
		return true;
	if (!store_reserve(session->fleet->store, ROOM_STEP))
		return false;
	session->reserved_bytes += ROOM_STEP;
	return true;
}

/* ---- records ---- */

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

static bool on_record(void *context, struct span line, enum close_reason *ret_reason)
{
	struct session *session = context;
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
	return extend_room(session);
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
	write_event(session, "error", "batch_rejected", detail);
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
		write_event(session, "info", "sequence_reset", detail);
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
	release_room(session);
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

static void submit_batch(struct session *session, bool may_delete)
{
	if (may_delete)
		telegram_batch_begin_deletion(session->batch, clock_wall_ms());
	session->is_batch_in_flight = true;
	session->holds++;
	telegram_batch_submit(session->batch, batch_done, session);
}

static void on_commit(void *context, bool may_delete)
{
	submit_batch(context, may_delete);
}

static void on_deletion_ended(void *context, bool is_confirmed, uint32_t deleted_count)
{
	struct session *session = context;
	struct fleet *fleet = session->fleet;
	int64_t stamp = 0, sequence = 0;

	if (is_confirmed)
		telegram_batch_identity(session->batch, deleted_count - 1, &stamp,
					&sequence);
	(void)terminal_record_end_deletion(fleet->store, fleet->port,
					   session->terminal->id, is_confirmed, stamp,
					   sequence);
}

/* ---- the end of a link ---- */

/*
 * What arrived whole before a link broke is kept, but never deleted on that link: how far
 * the terminal's memory reached is not known.
 */
void session_abandon(struct session *session)
{
	struct terminal *terminal = session->terminal;

	smartcom_end(&session->driver);
	leave_room_queue(session);
	if (terminal != NULL && terminal->session == session)
		terminal->session = NULL;
	if (terminal != NULL && terminal->id != 0 &&
	    session->driver.ended_in > SMARTCOM_OPENING) {
		terminal->memory = session->driver.memory;
		terminal->last_contact_ms = clock_wall_ms();
	}
	if (session->is_batch_in_flight)
		return;
	if (session->batch != NULL && session->driver.ended_in == SMARTCOM_FETCHING) {
		submit_batch(session, false);
	} else {
		drop_batch(session);
		release_room(session);
	}
}

void fleet_offer_room(struct fleet *fleet)
{
	while (fleet->waiting_for_room != NULL) {
		struct session *first = fleet->waiting_for_room;
		smartcom_on_room(&first->driver);
		if (fleet->waiting_for_room == first)
			return;
	}
}

void fleet_collect(struct fleet *fleet)
{
	for (struct session *s = fleet->sessions; s != NULL; s = s->next)
		smartcom_on_collect(&s->driver);
}

void fleet_stop(struct fleet *fleet)
{
	for (struct session *s = fleet->sessions; s != NULL; s = s->next)
		session_close(s, CLOSE_SHUTDOWN);
}

const struct smartcom_ops session_ops = {
	.now_ms = on_now,
	.send = on_send,
	.arm = on_arm,
	.interval_ms = on_interval,
	.address = on_address,
	.open = on_open,
	.device = on_device,
	.reserve = on_reserve,
	.record = on_record,
	.commit = on_commit,
	.deletion_ended = on_deletion_ended,
	.event = on_driver_event,
	.round_ended = on_round_ended,
	.close = on_close,
};
