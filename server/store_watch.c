/* SPDX-License-Identifier: MIT */
#include "server/store_watch.h"

#include <malloc.h>

#include "storage/event.h"

enum { LOOK_EVERY_MS = 1000, TRIM_EVERY_LOOKS = 60 };

/*
 * The event waits in the queue with everything else: what began while the store could not
 * write is in the database as soon as it can.
 */
static void tell(struct store_watch *watch, const struct store_notice *notice)
{
	struct fleet *fleet = watch->fleet;
	struct store_event event = {
		.at_ms = notice->at_ms,
		.kind = notice->kind,
		.severity = notice->severity,
		.detail = notice->detail,
	};
	struct log_line line;

	(void)event_submit(fleet->store, fleet->port, &event);
	if (!log_begin(&line, fleet->log, log_severity_parse(notice->severity),
		       notice->kind, NULL))
		return;
	log_text(&line, "database", watch->database_path);
	log_text(&line, "detail", notice->detail);
	log_end(&line);
}

static void on_look(uv_timer_t *timer)
{
	struct store_watch *watch = timer->data;
	struct store_notice notice;

	fleet_offer_room(watch->fleet);
	log_sweep(watch->fleet->log);
	while (store_next_notice(watch->fleet->store, &notice))
		tell(watch, &notice);
	/* What a storm took and gave back goes back to the system, too. */
	if (++watch->looks % TRIM_EVERY_LOOKS == 0)
		(void)malloc_trim(0);
}

void store_watch_init(struct store_watch *watch, struct fleet *fleet,
		      const char *database_path)
{
	*watch = (struct store_watch){
		.fleet = fleet,
		.database_path = database_path,
	};
	(void)uv_timer_init(fleet->loop, &watch->timer);
	watch->timer.data = watch;
	(void)uv_timer_start(&watch->timer, on_look, LOOK_EVERY_MS, LOOK_EVERY_MS);
}

void store_watch_close(struct store_watch *watch)
{
	uv_close((uv_handle_t *)&watch->timer, NULL);
}
