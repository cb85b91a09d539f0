/* SPDX-License-Identifier: MIT */
#include "server/clock.h"
#include "server/health/health_parts.h"

#include <inttypes.h>
#include <stdio.h>

enum {
	MINUTE_MS = 60000,
	/* A score of this many links within about ten minutes is a storm; it is over
	 * below the second. */
	STORM_LINKS = 10,
	STORM_OVER_LINKS = 2,
	/* What is not seen again for so long is over. */
	FORGOTTEN_MS = 60 * MINUTE_MS,
	START_GRACE_MS = 15 * MINUTE_MS,
};

/* ---- links ---- */

/* Each link counts one, and the count falls by a tenth a minute. */
static double score_now(const struct terminal_health *health, uint64_t now_ms)
{
	double score = health->link_score;
	uint64_t minutes = (now_ms - health->scored_at_ms) / MINUTE_MS;

	for (; minutes > 0 && score > 0.01; minutes--)
		score *= 0.9;
	return score;
}

static void score_link(struct fleet *fleet, struct terminal *terminal)
{
	struct terminal_health *health = &terminal->health;
	uint64_t now_ms = uv_now(fleet->loop);
	char detail[160];

	health->link_score = score_now(health, now_ms) + 1;
	health->scored_at_ms = now_ms;
	if (health->link_score < STORM_LINKS)
		return;
	(void)snprintf(
		detail, sizeof(detail),
		"it has dialled in %d times within about ten minutes: its link does "
		"not hold, look at its signal, or at who closes it",
		STORM_LINKS);
	condition_is(fleet, terminal, CONDITION_STORM, "", detail);
}

void health_connected(struct session *session)
{
	struct fleet *fleet = session->fleet;
	struct terminal *terminal = session->terminal;

	terminal->health.heard_at_ms = uv_now(fleet->loop);
	meter_health_table_begins(terminal);
	condition_is_not(fleet, terminal, CONDITION_SILENT, "", "it has dialled in");
	score_link(fleet, terminal);
}

/* ---- memory ---- */

static void take_space(struct session *session, int64_t bytes)
{
	struct fleet *fleet = session->fleet;
	struct terminal *terminal = session->terminal;
	int64_t limit = session->settings->collecting.fill_percent;
	char detail[200];

	if (bytes > terminal->kept.space_max) {
		terminal->kept.space_max = bytes;
		(void)terminal_record_keep(fleet->store, fleet->port, terminal->id,
					   &terminal->kept);
	}
	int64_t used = 100 - bytes * 100 / (terminal->kept.space_max + 1);
	(void)snprintf(
		detail, sizeof(detail),
		"%" PRId64 " bytes are free, %" PRId64
		" percent of the most that ever were; a full memory overwrites its "
		"oldest records",
		bytes, 100 - used);
	if (used >= limit)
		condition_is(fleet, terminal, CONDITION_MEMORY_FULL, "", detail);
	else if (used < limit - limit / 4)
		condition_is_not(fleet, terminal, CONDITION_MEMORY_FULL, "", detail);
}

static void take_unreached(struct session *session, int64_t count)
{
	char detail[200];

	(void)snprintf(
		detail, sizeof(detail),
		"nothing is deleted and its memory has grown beyond one reply: its "
		"newest %" PRId64
		" records cannot be read; raise terminals.reply_limit, or delete",
		count);
	if (count > 0)
		condition_is(session->fleet, session->terminal, CONDITION_UNREACHED, "",
			     detail);
	else
		condition_is_not(session->fleet, session->terminal, CONDITION_UNREACHED,
				 "", "all of its records can be read again");
}

static void take_unreadable(struct session *session, int64_t is_unreadable)
{
	if (is_unreadable != 0)
		condition_is(session->fleet, session->terminal, CONDITION_UNREADABLE, "",
			     "its oldest record passes terminals.large_record_limit, so "
			     "nothing behind it is read; raise that limit");
	else
		condition_is_not(session->fleet, session->terminal, CONDITION_UNREADABLE,
				 "", "its oldest record could be read");
}

void health_measured(struct session *session, enum smartcom_measure what, int64_t value)
{
	static void (*const takers[SMARTCOM_MEASURES])(struct session *, int64_t) = {
		[SMARTCOM_STORED] = health_errors_listed,
		[SMARTCOM_SPACE_LEFT] = take_space,
		[SMARTCOM_UNREACHED] = take_unreached,
		[SMARTCOM_UNREADABLE] = take_unreadable,
	};
	session->terminal->measures[what] = value;
	takers[what](session, value);
}

/* ---- rounds and time ---- */

void health_round_ended(struct session *session)
{
	struct terminal_health *health = &session->terminal->health;
	const struct smartcom *driver = &session->driver;

	health->heard_at_ms = uv_now(session->fleet->loop);
	if (driver->received < driver->asked)
		health->drained_at_ms = health->heard_at_ms;
}

/* Only the length of the silence is taken from the wall clock; it begins to count anew
 * with the machine, for the loop's clock does. */
void health_last_heard(const struct fleet *fleet, struct terminal *terminal,
		       int64_t wall_ms)
{
	uint64_t now_ms = uv_now(fleet->loop);
	int64_t unheard_ms = clock_wall_ms() - wall_ms;

	terminal->health.heard_at_ms = now_ms;
	if (unheard_ms > 0)
		terminal->health.heard_at_ms -=
			(uint64_t)unheard_ms < now_ms ? (uint64_t)unheard_ms : now_ms;
}

static uint64_t unheard_ms(const struct fleet *fleet, const struct terminal *terminal)
{
	return uv_now(fleet->loop) - terminal->health.heard_at_ms;
}

bool health_is_silent(const struct fleet *fleet, const struct terminal *terminal)
{
	const struct terminal_settings *settings =
		settings_table_find(fleet->settings, terminal->identity);
	return terminal->session == NULL &&
	       unheard_ms(fleet, terminal) >= settings->collecting.silent_ms;
}

/* After a start the fleet has some time to dial in again before it is called silent. */
static bool is_start(const struct fleet *fleet, uint64_t silent_ms)
{
	uint64_t grace_ms = silent_ms < START_GRACE_MS ? silent_ms : START_GRACE_MS;
	return uv_now(fleet->loop) - fleet->started_at_ms < grace_ms;
}

static void look_for_silence(struct fleet *fleet, struct terminal *terminal,
			     uint64_t silent_ms)
{
	char detail[160];

	if (terminal->session != NULL || terminal->row == 0 ||
	    unheard_ms(fleet, terminal) < silent_ms || is_start(fleet, silent_ms))
		return;
	(void)snprintf(detail, sizeof(detail),
		       "not connected, and nothing was heard of it for %" PRIu64
		       " minutes; silent_after is %" PRIu64,
		       unheard_ms(fleet, terminal) / MINUTE_MS, silent_ms / MINUTE_MS);
	condition_is(fleet, terminal, CONDITION_SILENT, "", detail);
}

/* Conditions that nothing ends but that they are not seen again. */
static void look_for_ends(struct fleet *fleet, struct terminal *terminal)
{
	const struct condition *taken =
		condition_find(terminal, CONDITION_NAME_TAKEN, "");

	if (taken != NULL && uv_now(fleet->loop) - taken->seen_at_ms > FORGOTTEN_MS)
		condition_is_not(fleet, terminal, CONDITION_NAME_TAKEN, "",
				 "nobody else has claimed its name for an hour");
	if (score_now(&terminal->health, uv_now(fleet->loop)) < STORM_OVER_LINKS)
		condition_is_not(fleet, terminal, CONDITION_STORM, "",
				 "its links hold again");
}

static void look(struct terminal *terminal, void *context)
{
	struct fleet *fleet = context;
	const struct terminal_settings *settings =
		settings_table_find(fleet->settings, terminal->identity);

	look_for_silence(fleet, terminal, settings->collecting.silent_ms);
	if (terminal->condition_count > 0)
		look_for_ends(fleet, terminal);
	if (terminal->session != NULL)
		meter_health_look(fleet, terminal, settings->collecting.missing_ms);
}

void health_look(struct fleet *fleet)
{
	terminal_table_each(fleet->terminals, look, fleet);
}
