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
#include "server/health/health.h"
#include "server/health/meter_health.h"
#include "server/session/session_parts.h"
#include "storage/event.h"
#include "storage/terminal_record.h"

enum { QUIET_LOOK_MINUTES = 15, MINUTE_MS = 60000 };

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
static uint64_t random_jitter_ms(const struct session *session)
{
	uint64_t jitter_ms = session->settings->collecting.jitter_ms;
	uint32_t random = 0;

	(void)uv_random(NULL, NULL, &random, sizeof(random), 0, NULL);
	return jitter_ms > 0 ? random % jitter_ms : 0;
}

static uint64_t on_interval(void *context)
{
	const struct session *session = context;
	return session->settings->collecting.interval_ms + random_jitter_ms(session);
}

/* Asked again after a while, so that neither a change of the clock nor one to summer time
 * makes a night too long. */
static uint64_t on_quiet(void *context)
{
	const struct session *session = context;
	const struct config_hours *hours = &session->settings->collecting.quiet_hours;
	uint32_t minutes;

	if (hours->from_minute == hours->to_minute)
		return 0;
	minutes = quiet_minutes_left(hours, clock_minute_of_day());
	if (minutes == 0)
		return 0;
	return minutes > QUIET_LOOK_MINUTES
		       ? QUIET_LOOK_MINUTES * MINUTE_MS
		       : minutes * MINUTE_MS + random_jitter_ms(session);
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
	health_round_ended(session);
	if (session->settings_table != session->fleet->settings)
		session_take_settings(session);
}

/* ---- who is it ---- */

static const char *on_link_identity(void *context)
{
	const struct session *session = context;
	return session->link_identity;
}

static const char *on_registered(void *context, struct span line)
{
	const struct session *session = context;
	return settings_table_registered(session->settings_table, line);
}

/* They stand in the driver. */
static void on_open(void *context, const char *identity, const char *firmware)
{
	(void)identity;
	(void)firmware;
	session_open(context);
}

/* ---- what is known of it ---- */

static void on_measured(void *context, enum smartcom_measure what, int64_t value)
{
	health_measured(context, what, value);
}

/* ---- device table ---- */

static void on_device(void *context, struct span line)
{
	struct session *session = context;
	struct fleet *fleet = session->fleet;

	if (line.size > 0) {
		device_table_add(&session->devices, line);
		meter_health_device(session->terminal, line);
		return;
	}
	meter_health_table_ends(fleet, session->terminal);
	struct span table = device_table_json(&session->devices);
	if (table.size > 0)
		(void)terminal_record_device_table(fleet->store, fleet->port,
						   session->terminal->id, table,
						   clock_wall_ms());
	device_table_clear(&session->devices);
}

/* ---- error buffer ---- */

static void on_terminal_error(void *context, struct span line)
{
	health_terminal_error(context, line);
}

/* ---- replies ---- */

static bool on_reserve(void *context, uint32_t count)
{
	session_drop_batch(context);
	return session_reserve_room(context, count);
}

static void on_raise_limits(void *context, bool is_raised)
{
	struct session *session = context;
	session->is_limit_raised = is_raised;
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

/* So that a link that breaks after a few records is no riddle again after a restart. */
static void remember_batch(struct session *session)
{
	struct terminal *terminal = session->terminal;

	if (terminal->kept.batch == terminal->memory.batch)
		return;
	terminal->kept.batch = terminal->memory.batch;
	(void)terminal_record_keep(session->fleet->store, session->fleet->port,
				   terminal->id, &terminal->kept);
}

void session_abandon(struct session *session)
{
	struct terminal *terminal = session->terminal;

	smartcom_end(&session->driver);
	session_leave_line(session);
	session_leave_contest(session);
	if (terminal != NULL && terminal->session == session)
		terminal->session = NULL;
	if (terminal != NULL && terminal->id != 0 &&
	    session->driver.ended_in > SMARTCOM_OPENING) {
		terminal->memory = session->driver.memory;
		remember_batch(session);
		terminal->health.heard_at_ms = uv_now(session->fleet->loop);
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
	.quiet_ms = on_quiet,
	.address = on_address,
	.link_identity = on_link_identity,
	.registered = on_registered,
	.open = on_open,
	.device = on_device,
	.terminal_error = on_terminal_error,
	.measured = on_measured,
	.raise_limits = on_raise_limits,
	.reserve = on_reserve,
	.record = on_record,
	.commit = on_commit,
	.deletion_ended = on_deletion_ended,
	.event = on_driver_event,
	.round_ended = on_round_ended,
	.close = on_close,
};
