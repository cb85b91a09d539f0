/* SPDX-License-Identifier: MIT */
#include "server/store_watch.h"

enum { LOOK_EVERY_MS = 1000 };

static const struct {
	enum log_severity severity;
	const char *event;
	const char *advice;
} changes[] = {
	[STORE_RUNNING] = { LOG_NOTE, "store_running", "writing again" },
	[STORE_DEGRADED] = { LOG_ERROR, "store_degraded",
			     "nothing is deleted from terminals, writing is tried again "
			     "every "
			     "minute at least; check disk space and permissions" },
	[STORE_FAILED] = { LOG_ERROR, "store_failed",
			   "writing has stopped for good and terminals keep their data; "
			   "keep "
			   "the file, and restore a backup" },
};

static void on_look(uv_timer_t *timer)
{
	struct store_watch *watch = timer->data;
	struct store_status status;
	struct log_line line;

	fleet_offer_room(watch->fleet);
	log_sweep(watch->fleet->log);
	store_status(watch->fleet->store, &status);
	if (status.state == watch->state)
		return;
	watch->state = status.state;
	if (!log_begin(&line, watch->fleet->log, changes[status.state].severity,
		       changes[status.state].event, NULL))
		return;
	log_text(&line, "database", watch->database_path);
	if (status.state != STORE_RUNNING)
		log_text(&line, "error", status.error);
	log_text(&line, "advice", changes[status.state].advice);
	log_end(&line);
}

void store_watch_init(struct store_watch *watch, struct fleet *fleet,
		      const char *database_path)
{
	*watch = (struct store_watch){
		.fleet = fleet,
		.database_path = database_path,
		.state = STORE_RUNNING,
	};
	(void)uv_timer_init(fleet->loop, &watch->timer);
	watch->timer.data = watch;
	(void)uv_timer_start(&watch->timer, on_look, LOOK_EVERY_MS, LOOK_EVERY_MS);
}

void store_watch_close(struct store_watch *watch)
{
	uv_close((uv_handle_t *)&watch->timer, NULL);
}
