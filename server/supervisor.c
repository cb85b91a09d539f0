/* SPDX-License-Identifier: MIT */
#include "server/supervisor.h"

#include <inttypes.h>
#include <systemd/sd-daemon.h>
#include <time.h>

enum { US_PER_MS = 1000, HEARTBEATS_PER_PERIOD = 3 };

bool supervisor_is_writer_alive(const struct store_status *status, uint64_t transactions)
{
	return status->state != STORE_RUNNING || status->queued_bytes == 0 ||
	       status->transactions != transactions;
}

static void on_heartbeat(uv_timer_t *timer)
{
	struct supervisor *supervisor = timer->data;
	struct store_status status;

	store_status(supervisor->store, &status);
	if (supervisor_is_writer_alive(&status, supervisor->transactions))
		(void)sd_notify(0, "WATCHDOG=1");
	supervisor->transactions = status.transactions;
}

void supervisor_begin(struct supervisor *supervisor, uv_loop_t *loop, struct store *store)
{
	uint64_t period_us = 0;

	*supervisor = (struct supervisor){ .store = store };
	(void)uv_timer_init(loop, &supervisor->timer);
	supervisor->timer.data = supervisor;
	if (sd_watchdog_enabled(0, &period_us) > 0) {
		uint64_t every_ms = period_us / US_PER_MS / HEARTBEATS_PER_PERIOD;
		(void)uv_timer_start(&supervisor->timer, on_heartbeat, 0,
				     every_ms > 0 ? every_ms : 1);
	}
	supervisor_say_ready();
}

void supervisor_close(struct supervisor *supervisor)
{
	uv_close((uv_handle_t *)&supervisor->timer, NULL);
}

/* MONOTONIC_USEC is what Type=notify-reload wants beside RELOADING, from systemd 253 on.
 */
void supervisor_say_reloading(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	(void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
			 (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
}

void supervisor_say_ready(void)
{
	(void)sd_notify(0, "READY=1");
}

void supervisor_say_stopping(void)
{
	(void)sd_notify(0, "STOPPING=1");
}
