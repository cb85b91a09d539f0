/* SPDX-License-Identifier: MIT */
/*
 * What operators ask of an exporter that runs. An order is noted under the lock, taken
 * over on the lane's own thread, and carried out between two batches.
 */
#include "exporters/lane_inner.h"

void lane_order(struct lane *lane, enum runner_order order, int64_t value)
{
	uv_mutex_lock(&lane->lock);
	struct lane_orders *wishes = &lane->wishes;
	wishes->must_pause =
		order == RUNNER_PAUSE || (wishes->must_pause && order != RUNNER_RESUME);
	wishes->must_resume =
		order == RUNNER_RESUME || (wishes->must_resume && order != RUNNER_PAUSE);
	wishes->must_retry |= order == RUNNER_DEAD_RETRY;
	wishes->must_purge |= order == RUNNER_DEAD_PURGE;
	if (order == RUNNER_RESET) {
		wishes->must_reset = true;
		wishes->reset_to = value;
	}
	lane->has_wishes = true;
	uv_mutex_unlock(&lane->lock);
}

/* false: there is nothing new. */
static bool take_wishes(struct lane *lane)
{
	uv_mutex_lock(&lane->lock);
	bool has_wishes = lane->has_wishes;
	struct lane_orders wishes = lane->wishes;
	lane->wishes = (struct lane_orders){ .must_pause = false };
	lane->has_wishes = false;
	lane->status.is_obeying |= has_wishes;
	uv_mutex_unlock(&lane->lock);
	if (!has_wishes)
		return false;
	struct lane_orders *orders = &lane->orders;
	orders->must_pause =
		wishes.must_pause || (orders->must_pause && !wishes.must_resume);
	orders->must_resume =
		wishes.must_resume || (orders->must_resume && !wishes.must_pause);
	orders->must_retry |= wishes.must_retry;
	orders->must_purge |= wishes.must_purge;
	if (wishes.must_reset) {
		orders->must_reset = true;
		orders->reset_to = wishes.reset_to;
	}
	return true;
}

void lane_hear(struct lane *lane)
{
	static const bool rests[LANE_STATES] = {
		[LANE_WAITING] = true,
		[LANE_BACKING_OFF] = true,
		[LANE_REFUSED] = true,
		[LANE_PAUSED] = true,
	};
	if (!take_wishes(lane))
		return;
	lane_show(lane);
	if (!rests[lane->state])
		return;
	uv_timer_stop(&lane->timer);
	lane_advance(lane);
}

/* Letters are a matter of the store alone. */
static void obey_about_letters(struct lane *lane)
{
	if (lane->orders.must_purge &&
	    !dead_letter_remove(lane->env->store, lane->env->port, lane->name, 0))
		lane_note_trouble(lane, "warning", "out of memory to purge dead letters");
	if (lane->orders.must_retry) {
		lane->is_ending = true; /* an open range would hold them up */
		lane->dead_after = 0;
		lane->dead_until = lane->log_end;
	}
	lane->orders.must_purge = false;
	lane->orders.must_retry = false;
}

bool lane_obey(struct lane *lane)
{
	struct lane_orders *orders = &lane->orders;
	struct cursor_state cursor = lane->cursor;
	obey_about_letters(lane);
	bool is_changed = orders->must_reset ||
			  (orders->must_pause && !cursor.is_paused) ||
			  (orders->must_resume && cursor.is_paused);
	if (orders->must_pause || orders->must_resume)
		cursor.is_paused = orders->must_pause;
	if (orders->must_reset) {
		cursor = (struct cursor_state){ orders->reset_to, orders->reset_to, 0, 0,
						cursor.is_paused };
		lane->passed = 0;
		lane->empty_to = 0;
	}
	if (orders->must_resume || orders->must_reset) {
		lane->pause = EXPORTER_DELIVERED;
		lane->attempt = 0;
		lane->is_broken = false;
	}
	*orders = (struct lane_orders){ .must_pause = false };
	lane->status.is_obeying = is_changed;
	if (is_changed)
		lane_set_cursor(lane, &cursor);
	return is_changed;
}
