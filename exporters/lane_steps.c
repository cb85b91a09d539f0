/* SPDX-License-Identifier: MIT */
/*
 * The happy path: OPENING asks for the cursor; READING takes the next batch from the log,
 * or goes WAITING until there is one; ANNOUNCING commits where the batch ends; DELIVERING
 * waits for the plugin's answers; MOVING commits the new position; and READING again.
 *
 * Failure modes:
 *  - the cursor was left announced ahead of its position (a crash, or a stop in between):
 *    the first READING takes exactly that range, whatever the batch size is now;
 *  - the log cannot be read, a commit fails, memory is out, the plugin says RETRY:
 *    BACKING_OFF, then the same step again;
 *  - only part of a batch was taken: the cursor moves up to the first telegram that was
 *    not, and after the pause only what is open is delivered again;
 *  - the plugin says STOP: what was delivered moves the cursor, then STOPPED for good;
 *  - the plugin never answers: DELIVERING until the end, seen in its lag;
 *  - the wall clock jumps: the age of a batch is measured once against it, cut to
 *    0..batch_age_ms, and waited for by the loop's monotonic timer.
 *
 * What comes next always follows from the lane's data (advance()), so a step that failed
 * is taken again without remembering which it was.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporters/backoff.h"
#include "exporters/lane_inner.h"

#define TO(state) (1u << LANE_##state)

static const struct {
	unsigned next; /* states that may follow */
	enum runner_state shown;
} states[LANE_STATES] = {
	[LANE_CREATED] = { TO(OPENING) | TO(BACKING_OFF) | TO(CLOSED), RUNNER_WAITING },
	[LANE_OPENING] = { TO(READING) | TO(BACKING_OFF) | TO(CLOSED), RUNNER_WAITING },
	[LANE_READING] = { TO(WAITING) | TO(ANNOUNCING) | TO(DELIVERING) | TO(MOVING) |
				   TO(BACKING_OFF),
			   RUNNER_WAITING },
	[LANE_WAITING] = { TO(READING) | TO(CLOSED), RUNNER_WAITING },
	[LANE_ANNOUNCING] = { TO(DELIVERING) | TO(BACKING_OFF) | TO(CLOSED),
			      RUNNER_DELIVERING },
	[LANE_DELIVERING] = { TO(MOVING) | TO(BACKING_OFF) | TO(STOPPED) | TO(CLOSED),
			      RUNNER_DELIVERING },
	[LANE_MOVING] = { TO(READING) | TO(ANNOUNCING) | TO(DELIVERING) |
				  TO(BACKING_OFF) | TO(STOPPED) | TO(CLOSED),
			  RUNNER_DELIVERING },
	[LANE_BACKING_OFF] = { TO(OPENING) | TO(READING) | TO(ANNOUNCING) |
				       TO(DELIVERING) | TO(MOVING) | TO(BACKING_OFF) |
				       TO(CLOSED),
			       RUNNER_BACKING_OFF },
	[LANE_STOPPED] = { TO(CLOSED), RUNNER_STOPPED },
	[LANE_CLOSED] = { 0, RUNNER_STOPPED },
};

static void log_line(const struct lane *lane, const char *severity, const char *text)
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
	lane_show(lane);
}

/* ---- trouble ---- */

/* Notes a trouble; logs it when it is not the one that lasts already. */
static void note_trouble(struct lane *lane, const char *severity, const char *text)
{
	if (strcmp(lane->status.error, text) == 0)
		return;
	snprintf(lane->status.error, sizeof lane->status.error, "%s", text);
	log_line(lane, severity, text);
}

void lane_recover(struct lane *lane)
{
	lane->attempt = 0;
	if (!lane->status.error[0])
		return;
	lane->status.error[0] = '\0';
	log_line(lane, "info", "the trouble is over");
}

static void on_pause_over(uv_timer_t *timer)
{
	struct lane *lane = timer->data;
	if (lane->pause == EXPORTER_RETRY)
		lane->pause = EXPORTER_DELIVERED;
	lane_advance(lane);
}

static void back_off(struct lane *lane)
{
	uint64_t wait_ms = backoff_wait_ms(lane->attempt, backoff_random(&lane->random),
					   lane->retry_after_ms);
	lane->attempt++;
	lane->retry_after_ms = 0;
	lane->status.retried++;
	uv_update_time(lane->env->loop);
	uv_timer_start(&lane->timer, on_pause_over, wait_ms, 0);
	lane_enter(lane, LANE_BACKING_OFF);
	if (lane->is_stopping)
		lane_advance(lane);
}

void lane_fail(struct lane *lane, const char *text)
{
	note_trouble(lane, "warning", text);
	back_off(lane);
}

/* ---- the cursor ---- */

/* Takes the answer to a cursor job. false: the lane does not go on from here. */
static bool take_cursor(struct lane *lane, const struct cursor_state *cursor,
			enum store_result result)
{
	if (lane->state == LANE_CLOSED)
		return false;
	if (result != STORE_COMMITTED) {
		lane_fail(lane,
			  "the store did not commit the cursor; nothing is lost, see the "
			  "store's state");
		return false;
	}
	lane->cursor = *cursor;
	lane->status.position = cursor->position;
	return true;
}

static void on_opened(const struct cursor_state *cursor, enum store_result result,
		      void *context)
{
	struct lane *lane = context;
	if (!take_cursor(lane, cursor, result))
		return;
	lane->is_open = true;
	lane->settled = cursor->position;
	lane->full_at = cursor->position + lane->batch_count;
	lane_advance(lane);
}

static void on_announced(const struct cursor_state *cursor, enum store_result result,
			 void *context)
{
	struct lane *lane = context;
	if (take_cursor(lane, cursor, result))
		lane_advance(lane);
}

static void on_moved(const struct cursor_state *cursor, enum store_result result,
		     void *context)
{
	struct lane *lane = context;
	if (!take_cursor(lane, cursor, result))
		return;
	lane_memory_forget(&lane->memory, lane->memory.in_flight);
	lane->batch.batch.first_id = cursor->position + 1;
	lane->full_at = cursor->position + lane->batch_count;
	lane_advance(lane);
}

static void submit(struct lane *lane, enum lane_state state, bool is_submitted)
{
	if (is_submitted)
		lane_enter(lane, state);
	else
		lane_fail(lane, "out of memory for a job of the store");
}

static void open_cursor(struct lane *lane)
{
	submit(lane, LANE_OPENING,
	       cursor_open(lane->env->store, lane->env->port, lane->name, on_opened,
			   lane));
}

static void announce(struct lane *lane)
{
	submit(lane, LANE_ANNOUNCING,
	       cursor_announce(lane->env->store, lane->env->port, lane->name,
			       lane->batch.batch.last_id, on_announced, lane));
}

static void move(struct lane *lane)
{
	lane->memory.in_flight = lane->memory.count;
	submit(lane, LANE_MOVING,
	       cursor_move(lane->env->store, lane->env->port, lane->name, lane->settled,
			   lane->memory.notes, lane->memory.count, on_moved, lane));
}

/* ---- delivering ---- */

static bool is_settled(const void *delivery, uint32_t i)
{
	return delivery_is_settled(delivery, i);
}

/* All telegrams are answered: what they amount to. */
static void settle(struct lane *lane)
{
	struct delivery *answers = &lane->delivery;
	struct exporter_batch *batch = &lane->batch.batch;
	uint32_t delivered = delivery_count(answers, EXPORTER_DELIVERED);
	lane->status.delivered += delivered;
	lane->status.thinned += delivery_count(answers, EXPORTER_THINNED);
	lane->status.dead += delivery_count(answers, EXPORTER_REJECTED);
	log_batch_drop(&lane->batch, is_settled, answers);
	lane->settled = batch->count > 0 ? batch->telegrams[0].id - 1 : batch->last_id;
	lane->pause = answers->worst;
	lane->retry_after_ms = answers->retry_after_ms;
	lane->oldest_ms = batch->count > 0 ? batch->telegrams[0].received_at_ms : 0;
	if (delivered > 0) {
		lane->attempt = 0;
		lane->status.last_success_ms = lane_now_ms();
	}
	if (batch->count == 0)
		lane_recover(lane);
	if (answers->worst == EXPORTER_RETRY)
		note_trouble(lane, "warning", answers->reason);
	lane_advance(lane);
}

static void deliver(struct lane *lane)
{
	struct exporter_delivery *token =
		delivery_begin(&lane->delivery, lane->batch.batch.count);
	if (!token) {
		lane_fail(lane, "out of memory for a delivery");
		return;
	}
	lane_enter(lane, LANE_DELIVERING);
	lane->is_asking = true;
	lane->plugin->deliver(lane->instance, &lane->batch.batch, token);
	lane->is_asking = false;
	if (lane->delivery.open_count == 0)
		settle(lane);
}

/* Puts rejected telegrams aside. false: memory is out. */
static bool bury(struct lane *lane, uint32_t first, uint32_t count,
		 const struct dead_letter *letter)
{
	const struct exporter_telegram *telegrams = lane->batch.batch.telegrams;
	const char *reason = letter->reason;
	for (uint32_t i = first; i < first + count; i++)
		if (!dead_letter_add(lane->env->store, lane->env->port, lane->name,
				     telegrams[i].id, letter, lane_now_ms()))
			return false;
	if (strcmp(lane->rejection, reason) == 0)
		return true;
	snprintf(lane->rejection, sizeof lane->rejection, "%s", reason);
	char text[EXPORTER_ERROR_MAX + 64];
	snprintf(text, sizeof text,
		 "telegram %" PRId64 " is put aside as a dead letter: %s",
		 telegrams[first].id, reason);
	log_line(lane, "warning", text);
	return true;
}

/* Logged each time: a plugin that answers wrongly is a defect to be seen. */
static void log_mistake(const struct lane *lane, uint32_t first, uint32_t count,
			const char *mistake)
{
	char text[EXPORTER_ERROR_MAX];
	snprintf(text, sizeof text,
		 "the plugin \"%s\" answers %" PRIu32 " telegrams from %" PRIu32
		 " on, but %s: ignored; report it to the plugin's maker",
		 lane->plugin->name, count, first, mistake);
	log_line(lane, "error", text);
}

static void take_answer(struct exporter_delivery *token, uint32_t first, uint32_t count,
			enum exporter_verdict verdict, uint64_t retry_after_ms,
			const struct dead_letter *letter)
{
	struct lane *lane = token->owner;
	const char *reason = letter->reason;
	const char *mistake =
		delivery_mistake(&lane->delivery, token, first, count, verdict);
	if (lane->state != LANE_DELIVERING)
		mistake = "no batch is in flight";
	if (mistake) {
		log_mistake(lane, first, count, mistake);
		return;
	}
	if (verdict == EXPORTER_REJECTED && !bury(lane, first, count, letter)) {
		verdict = EXPORTER_RETRY;
		reason = "out of memory for a dead letter";
	}
	delivery_answer(&lane->delivery, first, count, verdict, retry_after_ms, reason);
	if (lane->delivery.open_count == 0 && !lane->is_asking)
		settle(lane);
}

void lane_answer(struct exporter_delivery *token, uint32_t first, uint32_t count,
		 enum exporter_verdict verdict, uint64_t retry_after_ms,
		 const char *reason)
{
	struct dead_letter letter = { reason ? reason : "the plugin gave no reason", "",
				      "" };
	take_answer(token, first, count, verdict, retry_after_ms, &letter);
}

void lane_reject(struct exporter_delivery *token, uint32_t telegram, const char *reason,
		 const char *payload, const char *reply)
{
	struct dead_letter letter = { reason, payload, reply };
	take_answer(token, telegram, 1, EXPORTER_REJECTED, 0, &letter);
}

/* ---- what comes next ---- */

static void stop_for_good(struct lane *lane)
{
	char text[EXPORTER_ERROR_MAX];
	snprintf(text, sizeof text, "stopped until readout is restarted: %.200s",
		 lane->delivery.reason);
	note_trouble(lane, "error", text);
	lane_enter(lane, LANE_STOPPED);
}

static void close_down(struct lane *lane)
{
	uv_timer_stop(&lane->timer);
	lane_enter(lane, LANE_CLOSED);
	lane->env->on_idle(lane->env->idle_context);
}

void lane_advance(struct lane *lane)
{
	bool can_move = lane->is_open && lane->settled > lane->cursor.position;
	if (lane->is_stopping && (!can_move || lane->state == LANE_BACKING_OFF))
		close_down(lane);
	else if (!lane->is_open)
		open_cursor(lane);
	else if (can_move)
		move(lane);
	else if (lane->pause == EXPORTER_STOP)
		stop_for_good(lane);
	else if (lane->pause == EXPORTER_RETRY)
		back_off(lane);
	else if (lane->batch.batch.count == 0)
		lane_read(lane);
	else if (lane->cursor.announced != lane->batch.batch.last_id)
		announce(lane);
	else
		deliver(lane);
}
