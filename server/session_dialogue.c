/* SPDX-License-Identifier: MIT */
/*
 * What the driver asks for, carried out: time, commands, who it is, device table,
 * deletions, events. Records and their commit are in session_batch.c, room in
 * session_room.c.
 *
 * Happy path: ask, open the terminal in the store, take its link over, go on; when a
 * round ends its batch and its room are given back.
 *
 * Failure modes: the terminal is unknown or one too many, the store does not take it in
 * (the link is closed); the link ends with records in hand (they are committed without a
 * deletion) or with jobs in flight (holds keep the session).
 */
#include <stdio.h>

#include "server/clock.h"
#include "server/session_parts.h"
#include "storage/event.h"
#include "storage/terminal_record.h"

void session_event(struct session *session, const char *severity, const char *kind,
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
	return session->link.address;
}

static void on_driver_event(void *context, const char *kind, const char *detail)
{
	session_event(context, "warning", kind, detail);
}

static void on_close(void *context, enum close_reason reason)
{
	session_close(context, reason);
}

static void on_round_ended(void *context)
{
	struct session *session = context;

	/* What a round holds is not held while waiting for the next. */
	session_drop_batch(session);
	session_release_room(session);
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
		log_text(&line, "from", session->link.address);
		log_number(&line, "port", session->link.port);
		log_text(&line, "firmware", firmware);
		log_end(&line);
	}
	(void)snprintf(session->peer, sizeof(session->peer), "%s", identity);
	session->holds++;
	if (!terminal_record_open(fleet->store, fleet->port, identity,
				  session->link.address, firmware, clock_wall_ms(),
				  opened, session)) {
		session->holds--;
		session_close(session, CLOSE_OUT_OF_MEMORY);
	}
}

/* ---- device table ---- */

static void on_device(void *context, struct span line)
{
	struct session *session = context;
	struct fleet *fleet = session->fleet;

	if (line.size > 0) {
		device_table_add(&session->devices, line);
		return;
	}
	struct span table = device_table_json(&session->devices);
	if (table.size > 0)
		(void)terminal_record_device_table(fleet->store, fleet->port,
						   session->terminal->id, table,
						   clock_wall_ms());
	device_table_clear(&session->devices);
}

/* ---- replies ---- */

static bool on_reserve(void *context, uint32_t count)
{
	session_drop_batch(context);
	return session_reserve_room(context, count);
}

static bool on_record(void *context, struct span line, enum close_reason *ret_reason)
{
	return session_add_record(context, line, ret_reason);
}

static void on_commit(void *context, bool may_delete)
{
	session_submit_batch(context, may_delete);
}

static void on_deletion_ended(void *context, bool is_confirmed, uint32_t deleted_count)
{
	struct session *session = context;
	struct fleet *fleet = session->fleet;
	int64_t stamp = 0, sequence = 0;

	if (is_confirmed) {
		const struct store_telegram *last =
			telegram_batch_get(session->batch, deleted_count - 1);
		stamp = last->stamp;
		sequence = last->sequence;
	}
	(void)terminal_record_end_deletion(fleet->store, fleet->port,
					   session->terminal->id, is_confirmed, stamp,
					   sequence);
}

/* ---- the end of a link ---- */

void session_abandon(struct session *session)
{
	struct terminal *terminal = session->terminal;

	smartcom_end(&session->driver);
	session_leave_line(session);
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
		session_submit_batch(session, false);
	} else {
		session_drop_batch(session);
		session_release_room(session);
	}
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
