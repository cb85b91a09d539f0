/* SPDX-License-Identifier: MIT */
/*
 * When a lane reads the log, and how much. It never polls: each wake-up tells where the
 * log ends, which is compared with where a batch could be full; the log itself is read
 * once for the age of the first telegram behind the cursor, and once for the batch.
 *
 * What the filter leaves out is passed over in large steps without taking its values
 * apart, and the cursor follows now and then: a commit for each would cost more than to
 * look at some of it again after a restart.
 */
#include "exporters/lane_inner.h"

enum {
	SCAN_ROWS = 20000, /* passed over in one go; other lanes wait meanwhile */
	PASS_STEP = 1000,  /* positions worth a commit of the cursor */
};

static const struct log_filter *filter_of(const struct lane *lane)
{
	return lane->has_filter ? &lane->filter : NULL;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Where reading goes on. */
static int64_t read_from(const struct lane *lane)
{
	int64_t base = lane_base(lane, lane->source);
	if (lane->source == LANE_DEAD)
		return lane->dead_after;
	if (lane->plugin->publish)
		base = later(base, lane->taken);
	return lane->source == LANE_LOG ? later(base, lane->passed) : base;
}

static bool has_open_range(const struct lane *lane)
{
	return lane->plugin->publish && lane->taken > lane_base(lane, lane->source);
}

/* Positions that are missing at least for a full batch, by count or by bytes. */
static int64_t missing(const struct lane *lane, uint32_t count)
{
	int64_t by_count = lane->batch_count - count;
	uint64_t bytes = lane->batch.bytes;
	if (lane->batch_bytes == 0 || count == 0 || bytes == 0)
		return by_count;
	uint64_t each = bytes / count + 1;
	uint64_t left = lane->batch_bytes > bytes ? lane->batch_bytes - bytes : 0;
	int64_t by_bytes = (int64_t)(left / each) + 1;
	return by_bytes < by_count ? by_bytes : by_count;
}

/* count telegrams were found, too few and too young for a batch. */
static void wait_for_more(struct lane *lane, uint32_t count)
{
	int64_t seen = later(lane->batch.batch.last_id, lane->log_end);
	/* Ids have gaps: so many positions at least are missing for a full batch. */
	lane->full_at = seen + missing(lane, count);
	lane->empty_to = count > 0 ? lane_base(lane, LANE_LOG) : seen;
	lane->batch.batch.count = 0;
	if (!lane->is_broken && !has_open_range(lane))
		lane_recover(lane);
	lane_enter(lane, LANE_WAITING);
	lane_look(lane);
}

/* Nothing of the old source is open: what is settled and taken counts from the new one.
 */
static void turn_to(struct lane *lane, enum lane_source source)
{
	lane->source = source;
	lane->settled = lane_base(lane, source);
	lane->taken = lane->settled;
}

/* The source for the next batch, and whether it is one that was announced before. */
static bool choose_source(struct lane *lane)
{
	enum lane_source source;
	bool is_again = lane_is_again(lane, &source);
	if (has_open_range(lane))
		return is_again;
	if (!is_again)
		source = lane->dead_until > lane->dead_after ? LANE_DEAD : LANE_LOG;
	turn_to(lane, source);
	return is_again;
}

/* Reads from the lane's source. The number of telegrams; -1: failed, and dealt with. */
static int read_batch(struct lane *lane, bool is_again)
{
	char error[EXPORTER_ERROR_MAX];
	bool is_dead = lane->source == LANE_DEAD;
	bool is_whole = is_again && !lane->plugin->publish;
	struct log_query query = {
		.after = read_from(lane),
		.until = -1,
		.limit = is_whole ? RUNNER_BATCH_MAX : lane->batch_count,
		.byte_limit = is_whole ? 0 : lane->batch_bytes,
		.scan_limit = SCAN_ROWS,
		.filter = is_dead ? NULL : filter_of(lane),
		.dead_of = is_dead ? lane->name : NULL,
	};
	if (is_again)
		query.until = lane->cursor.announced;
	else if (is_dead)
		query.until = lane->dead_until;
	else if (lane->source == LANE_BACKFILL)
		query.until = lane->cursor.ahead_from;
	int count = log_batch_read(&lane->batch, &query, error);
	if (count < 0)
		lane_fail(lane, error);
	else if (count > 0 && lane->source != LANE_DEAD)
		lane->oldest_ms = lane->batch.batch.telegrams[0].received_at_ms;
	return count;
}

/* Nothing that is wanted stands up to the end of what was read. */
static void pass_over(struct lane *lane, bool is_again)
{
	int64_t last = lane->batch.batch.last_id;
	if (lane->source == LANE_DEAD) {
		lane->dead_after = lane->batch.is_full ? last : lane->dead_until;
		lane_read(lane);
		return;
	}
	if (lane->plugin->publish && has_open_range(lane)) {
		lane->taken = later(lane->taken, last);
	} else if (is_again || lane->source == LANE_BACKFILL || lane->batch.is_full ||
		   last - lane_base(lane, LANE_LOG) >= PASS_STEP) {
		lane->settled = last;
	} else {
		lane->passed = last;
		wait_for_more(lane, 0);
		return;
	}
	lane_advance(lane);
}

static bool is_ready(const struct lane *lane, int count, bool is_due)
{
	return (uint32_t)count >= lane->batch_count || lane->batch.is_full ||
	       (is_due && count > 0) || lane->source != LANE_LOG;
}

/* Nothing to do behind the log's end, and something was left out before. */
static bool can_fill(const struct lane *lane, bool is_again)
{
	return lane->cursor.ahead_to > lane->cursor.position && !is_again &&
	       lane->source == LANE_LOG && !has_open_range(lane);
}

/* What was read makes a batch, or is passed over, or is waited with. */
static void take_batch(struct lane *lane, int count, bool is_again, bool is_due)
{
	bool is_at_end = lane->source == LANE_LOG && !is_again && !lane->batch.is_full &&
			 lane->batch.batch.last_id <= read_from(lane);
	if (count == 0 && !is_at_end)
		pass_over(lane, is_again);
	else if (count > 0 && is_ready(lane, count, is_due))
		lane_advance(lane);
	else
		wait_for_more(lane, (uint32_t)count);
}

void lane_read(struct lane *lane)
{
	lane_enter(lane, LANE_READING);
	bool is_again = choose_source(lane);
	bool is_due = lane->is_due || is_again || lane->is_broken;
	int count = read_batch(lane, is_again);
	if (count >= 0 && can_fill(lane, is_again) && !is_ready(lane, count, is_due)) {
		turn_to(lane, LANE_BACKFILL);
		count = read_batch(lane, false);
	}
	if (count < 0)
		return;
	lane->is_due = false;
	take_batch(lane, count, is_again, is_due);
}

static void on_due(uv_timer_t *timer)
{
	struct lane *lane = timer->data;
	lane->is_due = true;
	lane_read(lane);
}

/*
 * What is left of batch_age_ms for the first telegram behind the cursor. false: nothing
 * there is wanted.
 */
static bool age_left(struct lane *lane, uint64_t *ret_left_ms)
{
	struct log_found found;
	struct log_query query = { .after = read_from(lane),
				   .until = -1,
				   .limit = 1,
				   .scan_limit = SCAN_ROWS,
				   .filter = filter_of(lane) };
	*ret_left_ms = lane->batch_age_ms;
	if (!log_reader_find(lane->env->reader, &query, &found))
		return true;
	if (found.count == 0 && !found.is_full) {
		lane->passed = later(lane->passed, found.last);
		return false;
	}
	if (found.count == 1)
		lane->oldest_ms = found.telegrams[0].received_at_ms;
	int64_t age_ms = lane->oldest_ms > 0 ? lane_now_ms() - lane->oldest_ms : 0;
	if (age_ms > 0)
		*ret_left_ms = (uint64_t)age_ms < lane->batch_age_ms
				       ? lane->batch_age_ms - (uint64_t)age_ms
				       : 0;
	return true;
}

void lane_look(struct lane *lane)
{
	uint64_t left_ms;
	if (lane->state != LANE_WAITING || lane->log_end <= read_from(lane) ||
	    lane->log_end <= lane->empty_to)
		return;
	if (lane->log_end >= lane->full_at) {
		uv_timer_stop(&lane->timer);
		lane_read(lane);
	} else if (!uv_is_active((uv_handle_t *)&lane->timer) &&
		   age_left(lane, &left_ms)) {
		uv_update_time(lane->env->loop);
		uv_timer_start(&lane->timer, on_due, left_ms, 0);
	}
	lane_show(lane);
}
