/* SPDX-License-Identifier: MIT */
/*
 * What committed records say of their terminal: its clock and its counter; and of its
 * meters (meter_health.h).
 *
 * The clock: a record cannot be made before the memory was last read to its end, or it
 * would have been in it, nor after it has come. So a new record's stamp has to lie
 * between these two moments, give or take clock_tolerance, by a clock that is right. The
 * reverse does not hold: where the moments lie further apart than the clock is wrong, a
 * stamp may fall between them by chance, and only many in a row say that it is right.
 */
#include <inttypes.h>
#include <stdio.h>

#include "server/clock.h"
#include "server/health/health_parts.h"

/* ---- the clock ---- */

enum { CLOCK_RIGHT_IN_A_ROW = 16 };

static void clock_is_wrong(struct session *session, int64_t seconds, const char *how)
{
	struct terminal_health *health = &session->terminal->health;
	char detail[240];

	health->clock_error_s = seconds;
	health->clock_right_count = 0;
	(void)snprintf(detail, sizeof(detail),
		       "its clock is at least %" PRId64
		       " s %s; set it, or terminals.clock_offset if it keeps another "
		       "time on purpose",
		       seconds, how);
	condition_is(session->fleet, session->terminal, CONDITION_CLOCK_WRONG, "",
		     detail);
}

/* A stamp that lies within window_s fits a right clock. Is it one? */
static bool is_clock_right(struct terminal_health *health, int64_t window_s)
{
	if (health->clock_error_s <= window_s &&
	    ++health->clock_right_count < CLOCK_RIGHT_IN_A_ROW &&
	    health->clock_error_s > 0)
		return false;
	health->clock_error_s = 0;
	return true;
}

static void check_clock(struct session *session, const struct store_telegram *record)
{
	struct terminal_health *health = &session->terminal->health;
	int64_t tolerance_s =
		(int64_t)(session->settings->collecting.clock_tolerance_ms / 1000);
	int64_t now_s = clock_wall_ms() / 1000;
	uint64_t since_ms = uv_now(session->fleet->loop) - health->drained_at_ms;
	int64_t earliest_s = now_s - (int64_t)(since_ms / 1000);

	if (record->stamp < TELEGRAM_STAMP_PLAUSIBLE)
		condition_is(session->fleet, session->terminal, CONDITION_CLOCK_WRONG, "",
			     "its clock is not set: records carry times before 2014, and "
			     "the time of their arrival is taken instead");
	else if (record->read_at > now_s + tolerance_s)
		clock_is_wrong(session, record->read_at - now_s, "ahead");
	else if (health->drained_at_ms == 0)
		return;
	else if (record->read_at < earliest_s - tolerance_s)
		clock_is_wrong(session, earliest_s - record->read_at, "behind");
	else if (is_clock_right(health, (int64_t)(since_ms / 1000) + tolerance_s))
		condition_is_not(session->fleet, session->terminal, CONDITION_CLOCK_WRONG,
				 "", "its clock is right again");
}

/* ---- the counter ---- */

/*
 * The counter of a terminal only rises. A new record below the one before it is a sign
 * that the terminal was reset or its memory restored.
 */
static void check_sequence(struct session *session, const struct store_telegram *record)
{
	const struct terminal_health *health = &session->terminal->health;
	char detail[160];

	if (!health->has_last || record->sequence >= health->last_sequence ||
	    record->stamp == 0)
		return;
	(void)snprintf(detail, sizeof(detail),
		       "sequence number %" PRId64 " follows %" PRId64
		       ": the terminal's counter has begun again",
		       record->sequence, health->last_sequence);
	session_event(session, "info", "sequence_reset", detail);
}

/* ---- all of them ---- */

static void keep_last(struct terminal_health *health, const struct store_telegram *record)
{
	health->has_last = true;
	health->last_sequence = record->sequence;
	health->last_stamp = record->stamp;
}

void health_committed(struct session *session, const struct telegram_batch *batch)
{
	struct terminal_health *health = &session->terminal->health;
	const struct store_telegram *newest = NULL;

	health->heard_at_ms = uv_now(session->fleet->loop);
	for (uint32_t i = 0; i < telegram_batch_count(batch); i++) {
		const struct store_telegram *record = telegram_batch_get(batch, i);
		enum telegram_outcome outcome = telegram_batch_outcome(batch, i);
		if (outcome != TELEGRAM_KNOWN && outcome != TELEGRAM_REFUSED) {
			check_sequence(session, record);
			meter_health_record(session->fleet, session->terminal, record);
			newest = record;
		}
		keep_last(health, record);
	}
	if (newest != NULL)
		check_clock(session, newest);
}
