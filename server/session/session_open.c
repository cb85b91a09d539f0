/* SPDX-License-Identifier: MIT */
/*
 * Who a session turned out to be, and whether it may be that: known, unknown or
 * forbidden, proved where it must be, and alone.
 *
 * Happy path: find the terminal and its settings, take it over, open it in the store, go
 * on with the dialogue.
 *
 * Failure modes: the terminal is forbidden, unknown, one too many, or its name is not
 * proved (the link is closed, or stays in quarantine); the store does not take it in (the
 * link is closed).
 *
 * Two links of one name: a serial number is plain text and proves nothing. A newcomer
 * with that name as its TLS identity replaces the older link at once. Any other has to
 * wait until the older link has been asked whether anybody is there (AT): if it answers,
 * the newcomer is refused, if not within terminals.probe_timeout, it is replaced. So a
 * terminal behind a dead mobile link gets in again, and two devices with one serial
 * number do not throw each other out for ever.
 */
#include <stdio.h>

#include "server/clock.h"
#include "server/health/health.h"
#include "server/session/session_parts.h"
#include "storage/terminal_record.h"

enum { CONTEST_LOOK_MS = 100 };

static bool has_proved(const struct session *session, const char *identity)
{
	return session->link_identity[0] != '\0' &&
	       strcmp(session->link_identity, identity) == 0;
}

/* ---- open it in the store ---- */

static void opened(const struct terminal_state *state, enum store_result result,
		   void *context)
{
	struct session *session = context;
	struct terminal *terminal = session->terminal;

	if (result == STORE_COMMITTED && terminal->id == 0) {
		terminal->id = state->id;
		terminal->row = state->id;
		terminal->kept = state->kept;
		terminal->memory = (struct smartcom_memory){
			.has_records = state->has_records,
			.is_deletion_unknown = state->is_deletion_begun,
			.unknown_since_ms = uv_now(session->fleet->loop),
			.batch = state->kept.batch,
			.batch_trusted = state->kept.batch,
		};
	}
	if (!session->is_closing && result != STORE_COMMITTED)
		session_close(session, CLOSE_STORE);
	if (!session->is_closing) {
		health_connected(session);
		smartcom_on_opened(&session->driver, &terminal->memory);
	}
	session_release(session);
}

static void log_connected(struct session *session)
{
	struct log_line line;

	if (!log_begin(&line, session->fleet->log, LOG_NOTE, "terminal_connected",
		       session->driver.identity))
		return;
	log_text(&line, "from", session->link.address);
	log_number(&line, "port", session->link.port);
	log_text(&line, "firmware", session->driver.answer);
	log_end(&line);
}

/*
 * The older link is closed first: what it left undecided is in terminal->memory when the
 * new one goes on.
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

static void admit(struct session *session, struct terminal *terminal)
{
	struct fleet *fleet = session->fleet;
	const struct smartcom *driver = &session->driver;

	take_over(session, terminal);
	log_connected(session);
	(void)snprintf(session->peer, sizeof(session->peer), "%s", driver->identity);
	session->holds++;
	if (!terminal_record_open(fleet->store, fleet->port, driver->identity,
				  session->link.address, driver->answer, clock_wall_ms(),
				  opened, session)) {
		session->holds--;
		session_close(session, CLOSE_OUT_OF_MEMORY);
	}
}

/* ---- two links of one name ---- */

static void refuse_name(struct session *session, struct terminal *terminal)
{
	char detail[CONDITION_DETAIL_MAX];

	(void)snprintf(
		detail, sizeof(detail),
		"%s claimed to be this terminal, which is connected from %s and "
		"answers: the newcomer was refused. Two devices with one name? Give "
		"one of them another, or a TLS identity",
		session->link.address, terminal->session->link.address);
	condition_is(session->fleet, terminal, CONDITION_NAME_TAKEN, "", detail);
	session_close(session, CLOSE_NAME_TAKEN);
}

static void on_contest_look(uv_timer_t *timer)
{
	struct session *session = timer->data;
	struct terminal *terminal = session->contested;
	struct session *older = terminal->session;
	bool is_late = uv_now(session->fleet->loop) >= session->contest_until_ms;

	if (older != NULL && older->driver.answers != session->contest_answers) {
		session_leave_contest(session);
		refuse_name(session, terminal);
	} else if (older == NULL || is_late) {
		session_leave_contest(session);
		admit(session, terminal);
	}
}

static void enter_contest(struct session *session, struct terminal *terminal)
{
	if (terminal->claimant != NULL) {
		refuse_name(session, terminal);
		return;
	}
	terminal->claimant = session;
	session->contested = terminal;
	session->contest_answers = terminal->session->driver.answers;
	session->contest_until_ms =
		uv_now(session->fleet->loop) + session->driver.settings->probe_timeout_ms;
	smartcom_probe(&terminal->session->driver);
	(void)uv_timer_start(&session->timer, on_contest_look, CONTEST_LOOK_MS,
			     CONTEST_LOOK_MS);
}

void session_leave_contest(struct session *session)
{
	if (session->contested == NULL)
		return;
	session->contested->claimant = NULL;
	session->contested = NULL;
	(void)uv_timer_stop(&session->timer);
}

/* ---- may it be that? ---- */

static bool is_proved_enough(const struct session *session, const char *identity,
			     const struct terminal_settings *settings)
{
	if (has_proved(session, identity))
		return true;
	return !settings->needs_tls &&
	       (!settings->needs_registration || session->driver.is_registered);
}

/* ---- settings ---- */

void session_take_settings(struct session *session)
{
	struct settings_table *latest = settings_table_hold(session->fleet->settings);

	settings_table_release(session->settings_table);
	session->settings_table = latest;
	session->settings = settings_table_find(latest, session->driver.identity);
	session->driver.settings = &session->settings->driver;
}

/* false: it was closed. */
static bool session_may_stay(struct session *session)
{
	const char *identity = session->driver.identity;
	const struct terminal_settings *settings =
		settings_table_find(session->fleet->settings, identity);

	if (settings->is_forbidden)
		session_close(session, CLOSE_FORBIDDEN);
	else if (!is_proved_enough(session, identity, settings))
		session_close(session, CLOSE_NOT_PROVEN);
	return !session->is_closing;
}

/* Who has no name yet gets them with it; who is in a round, at its end. */
void session_renew_settings(struct session *session)
{
	bool has_name = session->driver.state >= SMARTCOM_OPENING;

	if (session->is_closing || !has_name || !session_may_stay(session) ||
	    !smartcom_takes_settings(&session->driver))
		return;
	session_take_settings(session);
	smartcom_on_settings(&session->driver);
}

/* ---- unknown ones ---- */

static void turn_away(struct session *session)
{
	struct log_line line;

	if (session->fleet->unknown == UNKNOWN_REFUSED) {
		session_close(session, CLOSE_UNKNOWN_TERMINAL);
		return;
	}
	if (log_begin(&line, session->fleet->log, LOG_WARN, "quarantined",
		      session->driver.identity)) {
		log_text(&line, "from", session->link.address);
		log_text(&line, "advice",
			 "unknown: connected, but not read; name it under "
			 "known_terminals to let it in");
		log_end(&line);
	}
	smartcom_quarantine(&session->driver);
}

void session_open(struct session *session)
{
	struct fleet *fleet = session->fleet;
	const char *identity = session->driver.identity;
	struct terminal *terminal = terminal_table_find(fleet->terminals, identity);

	if (!session_may_stay(session))
		return;
	session_take_settings(session);
	if (terminal == NULL && !session->settings->is_known &&
	    fleet->unknown != UNKNOWN_ACCEPTED) {
		turn_away(session);
		return;
	}
	if (terminal == NULL)
		terminal = terminal_table_add(fleet->terminals, identity);
	if (terminal == NULL)
		session_close(session, CLOSE_LIMIT_TERMINALS);
	else if (terminal->session == NULL || has_proved(session, identity))
		admit(session, terminal);
	else
		enter_contest(session, terminal);
}
