/* SPDX-License-Identifier: MIT */
/*
 * Happy path: store, decoder, terminals known from before, exporters, control socket,
 * listeners; the loop runs; a signal comes; listeners and links are closed (what arrived
 * whole is committed), exporters stop, the store commits what is queued, everything is
 * freed.
 *
 * Failure modes: any step of the start fails: the steps before it are undone and the exit
 * code is 1. A store that cannot commit while stopping: links wait for STOP_GRACE_MS,
 * then what was not committed is abandoned; terminals still have it.
 */
#include "server/daemon.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/exporter_setup.h"
#include "server/follower.h"
#include "server/health/health_watch.h"
#include "server/loop_delay.h"
#include "server/meter_keys.h"
#include "server/orders.h"
#include "server/paths.h"
#include "server/recall.h"
#include "server/session/session.h"
#include "server/store_watch.h"
#include "server/supervisor.h"
#include "server/time_zone.h"
#include "server/ways.h"

enum { STOP_GRACE_MS = 5000, STOP_LOOK_MS = 20, ANSWERS_A_TURN = 64 };

struct daemon {
	struct config_snapshot *snapshot; /* it started with; held: what cannot change */
	const struct config *config;      /* of snapshot */
	struct log *log;
	uv_loop_t loop;
	uv_async_t store_wake;
	uv_signal_t sigterm;
	uv_signal_t sigint;
	uv_signal_t sighup;
	uv_timer_t stop_timer;
	uint64_t stop_by_ms;
	struct store_status last_status; /* once the store is closed */
	bool is_stopping;
	struct control *control;
	struct orders orders;
	struct store_watch store_watch;
	struct follower follower;
	struct loop_delay loop_delay;
	struct supervisor supervisor;
	struct health_watch health_watch;
	struct reload reload;
	struct ways *ways;
	struct fleet fleet; /* large: holds the read buffer */
};

/* ---- the store's port ---- */

static void wake_loop(void *context)
{
	struct daemon *daemon = context;
	(void)uv_async_send(&daemon->store_wake);
}

static void on_store_wake(uv_async_t *async)
{
	struct daemon *daemon = async->data;
	/* The rest in the next turn: answers of the store lead to commands. */
	if (store_port_dispatch_some(daemon->fleet.port, ANSWERS_A_TURN))
		(void)uv_async_send(async);
	fleet_offer_room(&daemon->fleet);
}

/* ---- stopping ---- */

static void close_ways(struct daemon *daemon)
{
	ways_close(daemon->ways);
	daemon->ways = NULL;
	daemon->reload.ways = NULL;
}

/* The loop ends when the last link is gone, or the grace is over. */
static void on_stop_look(uv_timer_t *timer)
{
	struct daemon *daemon = timer->data;
	if (daemon->fleet.session_count == 0 ||
	    uv_now(&daemon->loop) >= daemon->stop_by_ms)
		uv_stop(&daemon->loop);
}

static void on_stop_signal(uv_signal_t *handle, int number)
{
	struct daemon *daemon = handle->data;

	if (daemon->is_stopping)
		return;
	daemon->is_stopping = true;
	supervisor_say_stopping();
	log_message(daemon->log, LOG_NOTE, "stopping",
		    number == SIGTERM ? "SIGTERM received" : "SIGINT received");
	close_ways(daemon);
	fleet_stop(&daemon->fleet);
	daemon->stop_by_ms = uv_now(&daemon->loop) + STOP_GRACE_MS;
	(void)uv_timer_start(&daemon->stop_timer, on_stop_look, 1, STOP_LOOK_MS);
}

static void on_reload_signal(uv_signal_t *handle, int number)
{
	struct daemon *daemon = handle->data;

	(void)number;
	if (!daemon->is_stopping)
		json_decref(reload_run(&daemon->reload));
}

/* ---- starting, step by step; each returns false after logging why ---- */

static bool refuse(struct daemon *daemon, const char *what, const char *why)
{
	struct log_line line;
	if (log_begin(&line, daemon->log, LOG_ERROR, "cannot_start", NULL)) {
		log_text(&line, "step", what);
		log_text(&line, "message", why);
		log_end(&line);
	}
	return false;
}

static bool raise_file_limit(struct daemon *daemon)
{
	return fleet_raise_file_limit(&daemon->fleet) ||
	       refuse(daemon, "open files",
		      "the limit of open files is too low to work with; raise it "
		      "(ulimit -n, LimitNOFILE)");
}

static bool take_settings(struct daemon *daemon)
{
	return fleet_take_settings(&daemon->fleet, daemon->config) ||
	       refuse(daemon, "settings", "out of memory");
}

static bool start_store(struct daemon *daemon)
{
	const struct config *config = daemon->config;
	struct store_options options = {
		.path = config->database_path,
		.queue_limit_bytes = config->queue_limit,
		.layout_limit = 2 * config->limits.layouts, /* the loop's, the chores' */
		.wal_limit_bytes = config->wal_limit,
	};
	char error[STORE_ERROR_MAX];

	daemon->fleet.store = store_open(&options, error);
	if (daemon->fleet.store == NULL)
		return refuse(daemon, "store", error);
	daemon->fleet.port = store_port_new(daemon->fleet.store, wake_loop, daemon);
	return daemon->fleet.port != NULL || refuse(daemon, "store", "out of memory");
}

static bool start_fleet(struct daemon *daemon)
{
	const struct config *config = daemon->config;
	struct fleet *fleet = &daemon->fleet;
	char error[STORE_ERROR_MAX];

	daemon->reload.keys = meter_keys_new(config);
	if (daemon->reload.keys == NULL)
		return refuse(daemon, "keys", "out of memory");
	fleet->intake =
		intake_new(config->limits.layouts, config->terminals.clock_offset_ms,
			   daemon->reload.keys);
	if (fleet->intake != NULL)
		intake_limit_line(fleet->intake, config->terminals.line_limit);
	fleet->terminals = terminal_table_new(config->limits.terminals);
	fleet->addresses = address_count_new(config->limits.connections);
	if (fleet->intake == NULL || fleet->terminals == NULL || fleet->addresses == NULL)
		return refuse(daemon, "terminals", "out of memory");
	if (!recall_terminals(fleet, config->database_path, error))
		return refuse(daemon, "terminals", error);
	if (!orders_init(&daemon->orders, fleet, daemon->snapshot, &daemon->reload,
			 &daemon->loop_delay))
		return refuse(daemon, "orders", "out of memory");
	store_watch_init(&daemon->store_watch, fleet, config->database_path);
	follower_init(&daemon->follower, fleet);
	health_watch_init(&daemon->health_watch, fleet);
	return true;
}

static bool start_exporters(struct daemon *daemon)
{
	char error[EXPORTER_ERROR_MAX];

	return exporter_setup_apply(daemon->config, &daemon->fleet, error) ||
	       refuse(daemon, "exporters", error);
}

static bool start_control(struct daemon *daemon)
{
	char error[CONTROL_ERROR_MAX];

	daemon->control = control_new(&daemon->loop, daemon->config->control_path,
				      orders_table, &daemon->orders, error);
	return daemon->control != NULL || refuse(daemon, "control socket", error);
}

static bool start_ways(struct daemon *daemon)
{
	char error[WAYS_ERROR_MAX];

	daemon->ways = ways_new(&daemon->fleet, daemon->config, error);
	daemon->reload.ways = daemon->ways;
	return daemon->ways != NULL || refuse(daemon, "listeners", error);
}

static bool start_supervisor(struct daemon *daemon)
{
	supervisor_begin(&daemon->supervisor, &daemon->loop, daemon->fleet.store);
	return true;
}

static void init_loop(struct daemon *daemon)
{
	uv_loop_t *loop = &daemon->loop;

	(void)uv_loop_init(loop);
	daemon->fleet.hub.loop = loop;
	link_turn_init(&daemon->fleet.hub.turn, loop);
	loop_delay_init(&daemon->loop_delay, loop);
	(void)uv_async_init(loop, &daemon->store_wake, on_store_wake);
	(void)uv_timer_init(loop, &daemon->stop_timer);
	(void)uv_signal_init(loop, &daemon->sigterm);
	(void)uv_signal_init(loop, &daemon->sigint);
	(void)uv_signal_init(loop, &daemon->sighup);
	daemon->store_wake.data = daemon;
	daemon->stop_timer.data = daemon;
	daemon->sigterm.data = daemon;
	daemon->sigint.data = daemon;
	daemon->sighup.data = daemon;
	(void)uv_signal_start(&daemon->sigterm, on_stop_signal, SIGTERM);
	(void)uv_signal_start(&daemon->sigint, on_stop_signal, SIGINT);
	(void)uv_signal_start(&daemon->sighup, on_reload_signal, SIGHUP);
	/* A peer that hangs up is an error of its write, not the end of the daemon. */
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	(void)sigaction(SIGPIPE, &ignore, NULL);
}

/* ---- the end: whatever was started is undone, in the reverse order ---- */

static void close_handle(uv_handle_t *handle, void *context)
{
	(void)context;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

static void finish(struct daemon *daemon)
{
	struct fleet *fleet = &daemon->fleet;

	close_ways(daemon);
	fleet_stop(fleet);
	if (daemon->orders.fleet != NULL) {
		orders_close(&daemon->orders);
		store_watch_close(&daemon->store_watch);
		follower_close(&daemon->follower);
		health_watch_close(&daemon->health_watch);
	}
	control_close(daemon->control);
	runner_stop(fleet->runner, STOP_GRACE_MS);
	if (fleet->store != NULL)
		store_close(fleet->store);
	if (daemon->orders.fleet != NULL)
		orders_end(&daemon->orders);
	if (fleet->port != NULL)
		store_port_dispatch(fleet->port);
	if (fleet->store != NULL)
		store_status(fleet->store, &daemon->last_status);
	loop_delay_close(&daemon->loop_delay);
	link_turn_close(&daemon->fleet.hub.turn);
	if (daemon->supervisor.store != NULL)
		supervisor_close(&daemon->supervisor);
	close_handle((uv_handle_t *)&daemon->store_wake, NULL);
	close_handle((uv_handle_t *)&daemon->stop_timer, NULL);
	close_handle((uv_handle_t *)&daemon->sigterm, NULL);
	close_handle((uv_handle_t *)&daemon->sigint, NULL);
	close_handle((uv_handle_t *)&daemon->sighup, NULL);
	(void)uv_run(&daemon->loop, UV_RUN_DEFAULT);
	runner_free(fleet->runner);
	store_port_free(fleet->port);
	store_free(fleet->store);
	intake_free(fleet->intake);
	reload_end(&daemon->reload);
	terminal_table_free(fleet->terminals);
	settings_table_release(fleet->settings);
	address_count_free(fleet->addresses);
	if (uv_loop_close(&daemon->loop) != 0)
		abort(); /* a handle was left: a defect of ours, not of the world */
}

static void log_stopped(struct daemon *daemon)
{
	if (daemon->last_status.state == STORE_RUNNING)
		log_message(daemon->log, LOG_NOTE, "stopped",
			    "all that was received is on disk");
	else
		log_message(
			daemon->log, LOG_WARN, "stopped",
			"the store was in trouble: what was not committed was given up "
			"and not deleted; the terminals still have it");
}

int daemon_run(const char *file, struct config_snapshot *snapshot, struct log *log)
{
	static bool (*const steps[])(struct daemon *) = {
		take_settings,   raise_file_limit, start_store, start_fleet,
		start_exporters, start_control,    start_ways,  start_supervisor,
	};
	struct daemon *daemon = calloc(1, sizeof(*daemon));
	size_t step = 0;

	if (daemon == NULL)
		return 1;
	daemon->snapshot = config_snapshot_hold(snapshot);
	daemon->config = &snapshot->config;
	daemon->reload = (struct reload){ .file = file,
					  .current = config_snapshot_hold(snapshot),
					  .fleet = &daemon->fleet,
					  .housekeeping = &daemon->orders.housekeeping };
	daemon->log = log;
	daemon->fleet.loop = &daemon->loop;
	daemon->fleet.log = log;
	time_zone_use(snapshot->config.time_zone);
	init_loop(daemon);
	daemon->fleet.started_at_ms = uv_now(&daemon->loop);
	while (step < sizeof(steps) / sizeof(steps[0]) && steps[step](daemon))
		step++;
	bool is_started = step == sizeof(steps) / sizeof(steps[0]);
	if (is_started)
		(void)uv_run(&daemon->loop, UV_RUN_DEFAULT);
	finish(daemon);
	if (is_started)
		log_stopped(daemon);
	config_snapshot_release(daemon->snapshot);
	free(daemon);
	return is_started ? 0 : 1;
}
