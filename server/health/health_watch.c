/* SPDX-License-Identifier: MIT */
#include "server/health/health_watch.h"

#include "server/health/health.h"

static void on_look(uv_timer_t *timer)
{
	struct health_watch *watch = timer->data;
	health_look(watch->fleet);
}

void health_watch_init(struct health_watch *watch, struct fleet *fleet)
{
	*watch = (struct health_watch){ .fleet = fleet };
	(void)uv_timer_init(fleet->loop, &watch->timer);
	watch->timer.data = watch;
	(void)uv_timer_start(&watch->timer, on_look, HEALTH_LOOK_MS, HEALTH_LOOK_MS);
}

void health_watch_close(struct health_watch *watch)
{
	uv_close((uv_handle_t *)&watch->timer, NULL);
}
