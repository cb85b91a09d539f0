/* SPDX-License-Identifier: MIT */
/*
 * A batch with its plugin: handed over, answered telegram by telegram, and what the
 * answers amount to. A plugin that publishes ranges takes portions first; only the answer
 * to publish() lets the cursor move.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporters/lane_inner.h"

static bool is_settled(const void *delivery, uint32_t i)
{
	return delivery_is_settled(delivery, i);
}

/* The circuit opens with too many failures in a row and closes with one success. */
static void count_outcome(struct lane *lane, uint32_t delivered)
{
	if (delivered > 0) {
		lane->attempt = 0;
		lane->is_broken = false;
		lane->status.last_success_ms = lane_now_ms();
	}
	if (lane->delivery.worst == EXPORTER_RETRY &&
	    lane->attempt + 1 >= RUNNER_BREAKER && !lane->is_broken) {
		lane->is_broken = true;
		lane_log(lane, "warning",
			 "failed too often in a row: from now on one telegram is tried "
			 "until one goes through");
	}
}

/* Letters whose telegrams went through are taken away. */
static void forget_letters(struct lane *lane, uint32_t count)
{
	const struct exporter_telegram *telegrams = lane->batch.batch.telegrams;
	for (uint32_t i = 0; i < count; i++) {
		bool is_done = delivery_has(&lane->delivery, i, EXPORTER_DELIVERED) ||
			       delivery_has(&lane->delivery, i, EXPORTER_THINNED);
		if (is_done && !dead_letter_remove(lane->env->store, lane->env->port,
						   lane->name, telegrams[i].id))
			lane_note_trouble(lane, "warning",
					  "out of memory to take a dead letter away");
	}
}

/* How far the source is done with when these answers are in. */
static void move_on(struct lane *lane)
{
	const struct exporter_batch *batch = &lane->batch.batch;
	int64_t done = batch->count > 0 ? batch->telegrams[0].id - 1 : batch->last_id;
	if (lane->source == LANE_DEAD)
		lane->dead_after = done;
	else if (!lane->plugin->publish)
		lane->settled = done;
	else if (batch->count == 0)
		lane->taken = done;
}

/* A range begins anew: what the plugin took of it is forgotten on both sides. */
static void drop_range(struct lane *lane)
{
	lane->batch.batch.count = 0;
	lane->taken = lane_base(lane, lane->source);
	lane->taken_count = 0;
	lane->is_ending = false;
}

/* Portions are no success: the sink has nothing of them yet. */
static void count_delivered(struct lane *lane)
{
	uint32_t delivered = delivery_count(&lane->delivery, EXPORTER_DELIVERED);
	uint32_t thinned = delivery_count(&lane->delivery, EXPORTER_THINNED);
	bool is_portion = lane->plugin->publish && lane->source != LANE_DEAD;
	lane->status.thinned += thinned;
	lane->status.dead += delivery_count(&lane->delivery, EXPORTER_REJECTED);
	if (is_portion)
		lane->taken_count += delivered;
	else
		lane->status.delivered += delivered;
	count_outcome(lane, is_portion ? 0 : delivered + thinned);
	if (!is_portion && lane->batch.batch.count == 0 &&
	    lane->delivery.worst == EXPORTER_DELIVERED)
		lane_recover(lane);
}

static void take_pause(struct lane *lane)
{
	const struct delivery *answers = &lane->delivery;
	lane->pause = answers->worst;
	lane->retry_after_ms = answers->retry_after_ms;
	if (answers->worst == EXPORTER_RETRY)
		lane_note_trouble(lane, "warning", answers->reason);
}

/* All telegrams are answered: what they amount to. */
static void settle(struct lane *lane)
{
	struct delivery *answers = &lane->delivery;
	struct exporter_batch *batch = &lane->batch.batch;
	if (lane->source == LANE_DEAD)
		forget_letters(lane, answers->count);
	log_batch_drop(&lane->batch, answers->count, is_settled, answers);
	move_on(lane);
	if (lane->plugin->publish && answers->worst != EXPORTER_DELIVERED)
		drop_range(lane);
	lane->oldest_ms = batch->count > 0 ? batch->telegrams[0].received_at_ms : 0;
	count_delivered(lane);
	take_pause(lane);
	lane_advance(lane);
}

/* The answer to publish(). */
static void settle_range(struct lane *lane)
{
	bool is_published = delivery_has(&lane->delivery, 0, EXPORTER_DELIVERED);
	count_outcome(lane, is_published);
	if (is_published) {
		lane->settled = lane->taken;
		lane->status.delivered += lane->taken_count;
		lane->taken_count = 0;
		lane->is_ending = false;
		lane_recover(lane);
	} else {
		drop_range(lane);
	}
	take_pause(lane);
	lane_advance(lane);
}

static void finish(struct lane *lane)
{
	if (lane->state == LANE_PUBLISHING)
		settle_range(lane);
	else
		settle(lane);
}

void lane_deliver(struct lane *lane)
{
	struct exporter_batch *batch = &lane->batch.batch;
	bool is_probe = lane->is_broken && !lane->plugin->takes_whole_batches &&
			!lane->plugin->publish;
	struct exporter_delivery *token =
		delivery_begin(&lane->delivery, is_probe ? 1 : batch->count);
	if (!token) {
		lane_fail(lane, "out of memory for a delivery");
		return;
	}
	lane->offered = *batch;
	lane->offered.count = is_probe ? 1 : batch->count;
	lane->offered.begins = lane->taken <= lane_base(lane, lane->source);
	lane->offered.is_retry = lane->source == LANE_DEAD;
	lane_enter(lane, LANE_DELIVERING);
	lane->is_asking = true;
	lane->plugin->deliver(lane->instance, &lane->offered, token);
	lane->is_asking = false;
	if (lane->delivery.open_count == 0)
		finish(lane);
}

void lane_publish(struct lane *lane)
{
	struct exporter_delivery *token = delivery_begin(&lane->delivery, 1);
	if (!token) {
		lane_fail(lane, "out of memory for a delivery");
		return;
	}
	lane_enter(lane, LANE_PUBLISHING);
	lane->is_asking = true;
	lane->plugin->publish(lane->instance, lane_base(lane, lane->source) + 1,
			      lane->taken, token);
	lane->is_asking = false;
	if (lane->delivery.open_count == 0)
		finish(lane);
}

void lane_end_range(const struct exporter_host *host)
{
	struct lane *lane = (struct lane *)(uintptr_t)host; /* its first member */
	lane->is_ending = true;
	if (lane->state != LANE_WAITING)
		return;
	uv_timer_stop(&lane->timer);
	lane_advance(lane);
}

/* ---- answers ---- */

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
	lane_log(lane, "warning", text);
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
	lane_log(lane, "error", text);
}

static const char *find_mistake(const struct lane *lane,
				const struct exporter_delivery *token, uint32_t first,
				uint32_t count, enum exporter_verdict verdict)
{
	if (lane->state != LANE_DELIVERING && lane->state != LANE_PUBLISHING)
		return "no batch is in flight";
	return delivery_mistake(&lane->delivery, token, first, count, verdict);
}

static void take_answer(struct exporter_delivery *token, uint32_t first, uint32_t count,
			enum exporter_verdict verdict, uint64_t retry_after_ms,
			const struct dead_letter *letter)
{
	struct lane *lane = token->owner;
	const char *reason = letter->reason;
	const char *mistake = find_mistake(lane, token, first, count, verdict);
	if (mistake) {
		log_mistake(lane, first, count, mistake);
		return;
	}
	bool is_range = lane->state == LANE_PUBLISHING;
	if (verdict == EXPORTER_REJECTED && is_range) {
		verdict = EXPORTER_RETRY; /* no letter holds a range */
	} else if (verdict == EXPORTER_REJECTED && !bury(lane, first, count, letter)) {
		verdict = EXPORTER_RETRY;
		reason = "out of memory for a dead letter";
	}
	delivery_answer(&lane->delivery, first, count, verdict, retry_after_ms, reason);
	if (lane->delivery.open_count == 0 && !lane->is_asking)
		finish(lane);
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
