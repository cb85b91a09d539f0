/* SPDX-License-Identifier: MIT */
/* Looks at the health of the whole fleet now and then (health_look). Loop thread only. */
#ifndef READOUT_SERVER_HEALTH_HEALTH_WATCH_H
#define READOUT_SERVER_HEALTH_HEALTH_WATCH_H

#include "server/fleet.h"

struct health_watch {
	struct fleet *fleet;
	uv_timer_t timer;
};

void health_watch_init(struct health_watch *watch, struct fleet *fleet);
void health_watch_close(struct health_watch *watch);

#endif
