/* SPDX-License-Identifier: MIT */
/*
 * Happy path: at the start the days are submitted, then a slice; while slices say there
 * is more the next follows at once, otherwise when something was committed since.
 *
 * Failure modes: a slice that comes back refused is logged and tried again a minute
 * later; while the disk is in trouble slices wait in the store's queue like all jobs.
 */
#include "server/follower.h"

#include <stdlib.h>

#include "server/clock.h"
#include "server/time_zone.h"
#include "storage/consumption/consumption.h"
#include "storage/telegram_batch.h"

enum { NEXT_MS = 5, BUSY_MS = 1000, LOOK_MS = 2000, REFUSED_MS = 60000 };
enum { BUSY_BYTES = 256 * 1024, DAYS_MAX = 36500 };

#define DAY_MS  INT64_C(86400000)
#define AHEAD_S INT64_C(34560000) /* 400 days */

static void on_look(uv_timer_t *timer);

static void look_after(struct follower *follower, uint64_t ms)
{
	(void)uv_timer_start(&follower->timer, on_look, ms, 0);
}

/* Once a day, so that there are days ahead however long the daemon runs. */
static void set_calendar(struct follower *follower)
{
	int64_t now_ms = clock_wall_ms();
	if (follower->calendar_ms != 0 && now_ms - follower->calendar_ms < DAY_MS)
		return;
	struct calendar_day *days = calloc(DAYS_MAX, sizeof *days);
	if (days == NULL)
		return;
	size_t count = time_zone_days(TELEGRAM_STAMP_PLAUSIBLE, now_ms / 1000 + AHEAD_S,
				      DAYS_MAX, days);
	if (calendar_submit(follower->fleet->store, follower->fleet->port, days, count))
		follower->calendar_ms = now_ms;
	free(days);
}

static void on_slice(bool has_more, enum store_result result, const char *error,
		     void *context)
{
	struct follower *follower = context;
	struct store_status status;
	struct log_line line;
	follower->is_under_way = false;
	if (follower->is_closed)
		return;
	follower->jobs_committed = UINT64_MAX;
	store_status(follower->fleet->store, &status);
	if (result == STORE_COMMITTED) {
		bool is_busy = status.queued_bytes > BUSY_BYTES;
		look_after(follower, !has_more ? LOOK_MS : is_busy ? BUSY_MS : NEXT_MS);
	}
	if (result == STORE_COMMITTED && !has_more)
		follower->jobs_committed = status.jobs_committed;
	if (result == STORE_COMMITTED)
		return;
	look_after(follower, REFUSED_MS);
	if (log_begin(&line, follower->fleet->log, LOG_WARN, "consumption", NULL)) {
		log_text(&line, "error", error);
		log_text(
			&line, "advice",
			"the views of consumption and gaps stand still, readings do not; "
			"tried again in a minute");
		log_end(&line);
	}
}

static void on_look(uv_timer_t *timer)
{
	struct follower *follower = timer->data;
	struct store_status status;
	set_calendar(follower);
	store_status(follower->fleet->store, &status);
	if (!follower->is_under_way && status.jobs_committed != follower->jobs_committed)
		follower->is_under_way =
			consumption_submit(follower->fleet->store, follower->fleet->port,
					   on_slice, follower);
	if (!follower->is_under_way)
		look_after(follower, LOOK_MS);
}

void follower_init(struct follower *follower, struct fleet *fleet)
{
	*follower = (struct follower){ .fleet = fleet, .jobs_committed = UINT64_MAX };
	(void)uv_timer_init(fleet->loop, &follower->timer);
	follower->timer.data = follower;
	look_after(follower, NEXT_MS);
}

void follower_close(struct follower *follower)
{
	follower->is_closed = true;
	uv_close((uv_handle_t *)&follower->timer, NULL);
}
