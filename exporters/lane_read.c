/* SPDX-License-Identifier: MIT */
/*
 * When a lane reads the log, and how much. It never polls: each wake-up tells where the
 * log ends, which is compared with where a batch could be full; the log itself is read
 * once for the age of the first telegram behind the cursor, and once for the batch.
 */
#include "exporters/lane_inner.h"

/* count telegrams were found, too few and too young for a batch. */
static void wait_for_more(struct lane *lane, uint32_t count)
{
	int64_t last = lane->batch.batch.last_id;
	int64_t seen = last > lane->log_end ? last : lane->log_end;
	/* Ids have gaps: so many positions at least are missing for a full batch. */
	lane->full_at = seen + lane->batch_count - count;
	lane->empty_to = count > 0 ? lane->cursor.position : seen;
	lane->batch.batch.count = 0;
	lane_recover(lane);
	lane_enter(lane, LANE_WAITING);
	lane_look(lane);
}

void lane_read(struct lane *lane)
{
	char error[EXPORTER_ERROR_MAX];
	bool is_again = lane->cursor.announced > lane->cursor.position;
	bool is_due = is_again || lane->is_due;
	int64_t until = is_again ? lane->cursor.announced : -1;
	uint32_t limit = is_again ? RUNNER_BATCH_MAX : lane->batch_count;
	lane_enter(lane, LANE_READING);
	int count =
		log_batch_read(&lane->batch, lane->cursor.position, until, limit, error);
	if (count < 0) {
		lane_fail(lane, error);
		return;
	}
	lane->is_due = false;
	if (count > 0)
		lane->oldest_ms = lane->batch.batch.telegrams[0].received_at_ms;
	else if (is_again) /* all of it was decoded again and stands at the end */
		lane->settled = until;
	if ((uint32_t)count >= lane->batch_count || (is_due && count > 0) || is_again)
		lane_advance(lane);
	else
		wait_for_more(lane, (uint32_t)count);
}

static void on_due(uv_timer_t *timer)
{
	struct lane *lane = timer->data;
	lane->is_due = true;
	lane_read(lane);
}

/* What is left of batch_age_ms for the first telegram behind the cursor. */
static uint64_t age_left_ms(struct lane *lane)
{
	const struct log_telegram *first;
	if (log_reader_next(lane->env->reader, lane->cursor.position, -1, 1, &first) == 1)
		lane->oldest_ms = first->received_at_ms;
	int64_t age_ms = lane->oldest_ms > 0 ? lane_now_ms() - lane->oldest_ms : 0;
	if (age_ms <= 0)
		return lane->batch_age_ms;
	uint64_t age = (uint64_t)age_ms;
	return age < lane->batch_age_ms ? lane->batch_age_ms - age : 0;
}

void lane_look(struct lane *lane)
{
	if (lane->state != LANE_WAITING || lane->log_end <= lane->cursor.position ||
	    lane->log_end <= lane->empty_to)
		return;
	if (lane->log_end >= lane->full_at) {
		uv_timer_stop(&lane->timer);
		lane_read(lane);
	} else if (!uv_is_active((uv_handle_t *)&lane->timer)) {
		uv_update_time(lane->env->loop);
		uv_timer_start(&lane->timer, on_due, age_left_ms(lane), 0);
		lane_show(lane);
	}
}
