/* SPDX-License-Identifier: MIT */
/*
 * The happy path: OPENING asks for the cursor; READING takes the next batch from the log,
 * or goes WAITING until there is one; ANNOUNCING commits where the batch ends; DELIVERING
 * waits for the plugin's answers; MOVING commits the new position; and READING again. A
 * plugin that publishes ranges gets portion after portion first, READING and DELIVERING
 * in turn; when it ends the range, that is ANNOUNCED, then PUBLISHING, then MOVING.
 *
 * Failure modes:
 *  - the cursor was left announced ahead of its position (a crash, or a stop in between):
 *    the first READING takes exactly that range, whatever the batch size is now;
 *  - the log cannot be read, a commit fails, memory is out, the plugin says RETRY:
 *    BACKING_OFF, then the same step again; a range begins anew;
 *  - RETRY again and again: the circuit opens, and each attempt is a single telegram
 *    (or batch, where the plugin takes no less) until one goes through;
 *  - only part of a batch was taken: the cursor moves up to the first telegram that was
 *    not, and after the pause only what is open is delivered again;
 *  - the plugin says STOP: what was delivered moves the cursor, then REFUSED for five
 *    minutes, and one attempt: credentials are repaired at the sink as often as here;
 *  - the plugin never answers: DELIVERING until the end, seen in its lag;
 *  - an order changes the cursor: between two batches, SETTING;
 *  - the wall clock jumps: the age of a batch is measured once against it, cut to
 *    0..batch_age_ms, and waited for by the loop's monotonic timer.
 *
 * What comes next always follows from the lane's data (lane_advance()), so a step that
 * failed is taken again without remembering which it was.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporters/backoff.h"
#include "exporters/lane_inner.h"

enum { REFUSED_MS = 5 * 60 * 1000 };

#define TO(state) (1u << LANE_##state)
/* What lane_advance() may begin. */
#define ANY_STEP                                                                         \
	(TO(OPENING) | TO(READING) | TO(ANNOUNCING) | TO(DELIVERING) | TO(PUBLISHING) |  \
	 TO(MOVING) | TO(SETTING) | TO(BACKING_OFF) | TO(REFUSED) | TO(PAUSED) |         \
	 TO(CLOSED))

static const struct {
	unsigned next; /* states that may follow */
	enum runner_state shown;
} states[LANE_STATES] = {
	[LANE_CREATED] = { TO(OPENING) | TO(BACKING_OFF) | TO(CLOSED), RUNNER_WAITING },
	[LANE_OPENING] = { ANY_STEP, RUNNER_WAITING },
	[LANE_READING] = { ANY_STEP | TO(WAITING), RUNNER_WAITING },
	[LANE_WAITING] = { ANY_STEP, RUNNER_WAITING },
	[LANE_ANNOUNCING] = { ANY_STEP, RUNNER_DELIVERING },
	[LANE_DELIVERING] = { ANY_STEP, RUNNER_DELIVERING },
	[LANE_PUBLISHING] = { ANY_STEP, RUNNER_DELIVERING },
	[LANE_MOVING] = { ANY_STEP, RUNNER_DELIVERING },
	[LANE_SETTING] = { ANY_STEP, RUNNER_WAITING },
	[LANE_BACKING_OFF] = { ANY_STEP, RUNNER_BACKING_OFF },
	[LANE_REFUSED] = { ANY_STEP, RUNNER_REFUSED },
	[LANE_PAUSED] = { ANY_STEP, RUNNER_PAUSED },
	[LANE_CLOSED] = { 0, RUNNER_STOPPED },
};

void lane_log(const struct lane *lane, const char *severity, const char *text)
{
	lane->env->log(lane->env->log_context, severity, lane->name, text);
}

void lane_enter(struct lane *lane, enum lane_state state)
{
	if (!(states[lane->state].next & 1u << state)) {
		fprintf(stderr, "%s:%d: exporter %s: no way from state %d to %d\n",
			__FILE__, __LINE__, lane->name, (int)lane->state, (int)state);
		abort();
	}
	lane->state = state;
	lane->status.state = states[state].shown;
	if (state == LANE_BACKING_OFF && lane->is_broken)
		lane->status.state = RUNNER_BROKEN;
	lane_show(lane);
}

/* ---- trouble ---- */

void lane_note_trouble(struct lane *lane, const char *severity, const char *text)
{
	if (strcmp(lane->status.error, text) == 0)
		return;
	snprintf(lane->status.error, sizeof lane->status.error, "%s", text);
	lane_log(lane, severity, text);
}

void lane_recover(struct lane *lane)
{
	lane->attempt = 0;
	if (!lane->status.error[0])
		return;
	lane->status.error[0] = '\0';
	lane_log(lane, "info", "the trouble is over");
}

static void on_pause_over(uv_timer_t *timer)
{
	struct lane *lane = timer->data;
	lane->pause = EXPORTER_DELIVERED;
	lane_advance(lane);
}

static void rest(struct lane *lane, enum lane_state state, uint64_t wait_ms)
{
	lane->retry_after_ms = 0;
	uv_update_time(lane->env->loop);
	uv_timer_start(&lane->timer, on_pause_over, wait_ms, 0);
	lane_enter(lane, state);
	if (lane->is_stopping)
		lane_advance(lane);
}

static void back_off(struct lane *lane)
{
	uint64_t wait_ms = backoff_wait_ms(lane->attempt, backoff_random(&lane->random),
					   lane->retry_after_ms);
	lane->attempt++;
	lane->status.retried++;
	rest(lane, LANE_BACKING_OFF, wait_ms);
}

void lane_fail(struct lane *lane, const char *text)
{
	lane_note_trouble(lane, "warning", text);
	back_off(lane);
}

static void be_refused(struct lane *lane)
{
	char text[EXPORTER_ERROR_MAX];
	snprintf(text, sizeof text, "refused, tried again every five minutes: %.200s",
		 lane->delivery.reason);
	lane_note_trouble(lane, "error", text);
	rest(lane, LANE_REFUSED, REFUSED_MS);
}

/* ---- what comes next ---- */

static void close_down(struct lane *lane)
{
	uv_timer_stop(&lane->timer);
	lane_enter(lane, LANE_CLOSED);
	lane->env->on_idle(lane->env->idle_context);
}

/* An outage lies behind: the cursor stays, delivery goes on near the end of the log. */
static bool leap(struct lane *lane)
{
	struct cursor_state cursor = lane->cursor;
	enum lane_source source;
	int64_t behind = lane->log_end - cursor.position;
	if (!lane->is_newest_first || cursor.ahead_to > cursor.position ||
	    behind <= 2 * (int64_t)lane->batch_count || lane_is_again(lane, &source))
		return false;
	cursor.ahead_from = cursor.ahead_to = lane->log_end - lane->batch_count;
	lane_set_cursor(lane, &cursor);
	return true;
}

/* The range that was taken is complete. */
static bool is_range_over(const struct lane *lane)
{
	enum lane_source source;
	if (!lane->plugin->publish || lane->taken <= lane_base(lane, lane->source) ||
	    lane->source == LANE_DEAD)
		return false;
	if (lane_is_again(lane, &source))
		return lane->taken >= lane->cursor.announced;
	return lane->is_ending ||
	       (lane->source == LANE_BACKFILL && lane->taken >= lane->cursor.ahead_from);
}

static void end_range(struct lane *lane)
{
	if (lane->cursor.announced != lane->taken)
		lane_announce(lane, lane->taken);
	else
		lane_publish(lane);
}

/* Nothing is with the plugin or the store. */
static void go_on(struct lane *lane)
{
	bool is_empty = lane->batch.batch.count == 0;
	if (is_empty && is_range_over(lane))
		end_range(lane);
	else if (is_empty && leap(lane))
		return;
	else if (is_empty)
		lane_read(lane);
	else if (!lane->plugin->publish && lane->source != LANE_DEAD &&
		 lane->cursor.announced != lane->batch.batch.last_id)
		lane_announce(lane, lane->batch.batch.last_id);
	else
		lane_deliver(lane);
}

static bool can_move(const struct lane *lane)
{
	return lane->is_open && lane->source != LANE_DEAD &&
	       lane->settled > lane_base(lane, lane->source);
}

/* A batch was answered, and there was trouble with it. true: the lane rests. */
static bool take_rest(struct lane *lane)
{
	if (lane->pause == EXPORTER_STOP)
		be_refused(lane);
	else if (lane->pause == EXPORTER_RETRY)
		back_off(lane);
	return lane->pause != EXPORTER_DELIVERED;
}

void lane_advance(struct lane *lane)
{
	bool is_resting = lane->state == LANE_BACKING_OFF || lane->state == LANE_REFUSED;
	if (lane->is_stopping && (!can_move(lane) || is_resting))
		close_down(lane);
	else if (!lane->is_open)
		lane_open_cursor(lane);
	else if (can_move(lane))
		lane_move(lane);
	else if (lane_obey(lane))
		return;
	else if (lane->cursor.is_paused)
		lane_enter(lane, LANE_PAUSED);
	else if (!take_rest(lane))
		go_on(lane);
}
