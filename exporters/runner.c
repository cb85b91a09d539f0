/* SPDX-License-Identifier: MIT */
/*
 * The thread around the lanes (lane.h). Others reach it in one way: they set a wish under
 * the lock and send one async wake-up, which coalesces.
 *
 * The happy path: runner_start() makes everything while no loop runs; the thread starts
 * the lanes; each wake-up gives back the store's finished jobs and tells the lanes where
 * the log ends; runner_reload() hands over a list and waits until the thread has made of
 * it what is new (runner_slots.c); runner_stop() asks the lanes to finish, closes them
 * when all are idle, and joins the thread when the loop has run empty.
 *
 * Failure modes:
 *  - start fails half way: what was made is closed by running the loop on the caller's
 *    thread until it is empty;
 *  - a lane is not idle when the grace is over: it is closed as it is;
 *  - a plugin leaves handles open: they are closed for it, so that the loop ends;
 *  - the end of the log cannot be read: it is tried again after a second;
 *  - the store wakes us after the thread has ended (its jobs come back on store_close()):
 *    is_awake is false by then; runner_free() collects them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporters/runner_inner.h"
#include "storage/log_reader.h"

enum { LOOK_AGAIN_MS = 1000 };

/* ---- waking ---- */

static void wake_locked(struct runner *runner)
{
	if (runner->is_awake)
		uv_async_send(&runner->wake);
}

/* The store's writer thread: jobs have come back. */
static void on_store(void *context)
{
	struct runner *runner = context;
	uv_mutex_lock(&runner->lock);
	wake_locked(runner);
	uv_mutex_unlock(&runner->lock);
}

void runner_notify(struct runner *runner)
{
	uv_mutex_lock(&runner->lock);
	runner->has_grown = true;
	wake_locked(runner);
	uv_mutex_unlock(&runner->lock);
}

/* ---- the end ---- */

static void on_foreign_handle(uv_handle_t *handle, void *context)
{
	struct runner *runner = context;
	if (uv_is_closing(handle))
		return;
	runner->env.log(runner->env.log_context, "error", "",
			"a plugin left a handle of the loop open; closed for it");
	uv_close(handle, NULL);
}

/* Closes everything on the loop, which then runs empty. */
static void finish(struct runner *runner)
{
	runner->is_finished = true;
	uv_mutex_lock(&runner->lock);
	runner->is_awake = false;
	uv_mutex_unlock(&runner->lock);
	for (size_t i = 0; i < runner->slot_count; i++) {
		if (runner->slots[i].state == SLOT_CLOSED)
			continue;
		lane_close(runner->slots[i].lane);
		runner->slots[i].state = SLOT_CLOSED;
	}
	uv_close((uv_handle_t *)&runner->wake, NULL);
	uv_close((uv_handle_t *)&runner->grace, NULL);
	uv_close((uv_handle_t *)&runner->look_again, NULL);
	uv_walk(&runner->loop, on_foreign_handle, runner);
}

static void on_grace_over(uv_timer_t *timer)
{
	finish(timer->data);
}

/* May be called from inside a plugin: the lanes are closed on the next turn. */
static void on_idle(void *context)
{
	on_store(context);
}

static void begin_stop(struct runner *runner, uint64_t grace_ms)
{
	runner->is_stopping = true;
	uv_timer_stop(&runner->look_again);
	uv_timer_start(&runner->grace, on_grace_over, grace_ms, 0);
	for (size_t i = 0; i < runner->slot_count; i++)
		if (slot_is_active(&runner->slots[i]))
			lane_stop(runner->slots[i].lane);
}

/* ---- the thread ---- */

static void on_look_again(uv_timer_t *timer)
{
	runner_notify(timer->data);
}

static void look(struct runner *runner)
{
	int64_t log_end = log_reader_last(runner->env.reader);
	if (log_end < 0) {
		uv_timer_start(&runner->look_again, on_look_again, LOOK_AGAIN_MS, 0);
		return;
	}
	for (size_t i = 0; i < runner->slot_count; i++)
		if (slot_is_active(&runner->slots[i]))
			lane_wake(runner->slots[i].lane, log_end);
}

static void hear(struct runner *runner)
{
	for (size_t i = 0; i < runner->slot_count; i++)
		if (slot_is_active(&runner->slots[i]))
			lane_hear(runner->slots[i].lane);
}

static void reload(struct runner *runner, struct runner_reload *reload)
{
	reload->is_good = !runner->is_stopping && slots_set(runner, reload->exporters,
							    reload->count, reload->error);
	if (reload->is_good)
		look(runner);
	uv_mutex_lock(&runner->lock);
	runner->reload = NULL;
	uv_cond_signal(&runner->reloaded);
	uv_mutex_unlock(&runner->lock);
}

static void on_wake(uv_async_t *wake)
{
	struct runner *runner = wake->data;
	uv_mutex_lock(&runner->lock);
	bool has_grown = runner->has_grown;
	bool has_orders = runner->has_orders;
	bool must_stop = runner->must_stop;
	uint64_t grace_ms = runner->grace_ms;
	struct runner_reload *asked = runner->reload;
	runner->has_grown = false;
	runner->has_orders = false;
	uv_mutex_unlock(&runner->lock);
	uv_update_time(&runner->loop);

	store_port_dispatch(runner->env.port);
	if (asked)
		reload(runner, asked);
	if (must_stop && !runner->is_stopping)
		begin_stop(runner, grace_ms);
	if (has_grown && !runner->is_stopping)
		look(runner);
	if (has_orders && !runner->is_stopping)
		hear(runner);
	if (!runner->is_stopping)
		slots_settle(runner);
	else if (slots_are_idle(runner) && !runner->is_finished)
		finish(runner);
}

static void close_loop(struct runner *runner)
{
	uv_run(&runner->loop, UV_RUN_DEFAULT);
	int result = uv_loop_close(&runner->loop);
	if (result != 0) {
		fprintf(stderr, "%s:%d: the exporters' loop is not empty: %s\n", __FILE__,
			__LINE__, uv_strerror(result));
		abort();
	}
}

static void thread_main(void *context)
{
	struct runner *runner = context;
	look(runner);
	slots_settle(runner);
	close_loop(runner);
}

/* ---- birth and death ---- */

static struct runner *runner_new(struct store *store,
				 const struct runner_options *options)
{
	struct runner *runner = calloc(1, sizeof *runner);
	if (!runner)
		return NULL;
	runner->module_directory = strdup(options->module_directory);
	runner->database_path = strdup(options->database_path);
	if (!runner->module_directory || !runner->database_path ||
	    uv_mutex_init(&runner->lock) != 0)
		goto no_lock;
	if (uv_cond_init(&runner->reloaded) != 0)
		goto no_cond;
	if (uv_loop_init(&runner->loop) != 0)
		goto no_loop;
	if (uv_async_init(&runner->loop, &runner->wake, on_wake) != 0)
		goto no_wake;
	uv_timer_init(&runner->loop, &runner->grace);
	uv_timer_init(&runner->loop, &runner->look_again);
	runner->wake.data = runner->grace.data = runner->look_again.data = runner;
	runner->is_awake = true;
	runner->env = (struct lane_env){
		.store = store,
		.loop = &runner->loop,
		.module_directory = runner->module_directory,
		.database_path = runner->database_path,
		.log = options->log,
		.log_context = options->context,
		.on_idle = on_idle,
		.idle_context = runner,
	};
	return runner;
no_wake:
	uv_loop_close(&runner->loop);
no_loop:
	uv_cond_destroy(&runner->reloaded);
no_cond:
	uv_mutex_destroy(&runner->lock);
no_lock:
	free(runner->module_directory);
	free(runner->database_path);
	free(runner);
	return NULL;
}

static bool make_slots(struct runner *runner, const struct runner_options *options,
		       char error[EXPORTER_ERROR_MAX])
{
	runner->env.reader = log_reader_open(options->database_path, error);
	return runner->env.reader &&
	       slots_set(runner, options->exporters, options->exporter_count, error);
}

static bool start_thread(struct runner *runner, struct store *store,
			 char error[EXPORTER_ERROR_MAX])
{
	runner->env.port = store_port_new(store, on_store, runner);
	if (runner->env.port &&
	    uv_thread_create(&runner->thread, thread_main, runner) == 0)
		return true;
	runner->env.port = NULL; /* an open store keeps its ports: it stays, unused */
	snprintf(error, EXPORTER_ERROR_MAX, "cannot start the exporters' thread");
	return false;
}

struct runner *runner_start(struct store *store, const struct runner_options *options,
			    char error[EXPORTER_ERROR_MAX])
{
	struct runner *runner = runner_new(store, options);
	if (!runner) {
		snprintf(error, EXPORTER_ERROR_MAX,
			 "cannot make the exporters' loop: out of memory or of files");
		return NULL;
	}
	runner->is_running =
		make_slots(runner, options, error) && start_thread(runner, store, error);
	if (runner->is_running)
		return runner;
	finish(runner);
	close_loop(runner);
	runner_free(runner);
	return NULL;
}

size_t runner_status(struct runner *runner, struct runner_status *ret_status,
		     size_t limit)
{
	size_t count = 0;
	uv_mutex_lock(&runner->lock);
	for (size_t i = 0; i < runner->slot_count; i++) {
		if (!slot_is_active(&runner->slots[i]))
			continue;
		if (count < limit)
			lane_status(runner->slots[i].lane, &ret_status[count]);
		count++;
	}
	uv_mutex_unlock(&runner->lock);
	return count;
}

bool runner_order(struct runner *runner, const char *name, enum runner_order order,
		  int64_t value)
{
	bool is_found = false;
	uv_mutex_lock(&runner->lock);
	for (size_t i = 0; i < runner->slot_count; i++) {
		struct lane *lane = runner->slots[i].lane;
		if (!slot_is_active(&runner->slots[i]) ||
		    strcmp(lane_name(lane), name) != 0)
			continue;
		lane_order(lane, order, value);
		is_found = true;
	}
	runner->has_orders = true;
	wake_locked(runner);
	uv_mutex_unlock(&runner->lock);
	return is_found;
}

bool runner_reload(struct runner *runner, const struct runner_exporter *exporters,
		   size_t count, char error[EXPORTER_ERROR_MAX])
{
	struct runner_reload reload = { .exporters = exporters,
					.count = count,
					.error = error };
	snprintf(error, EXPORTER_ERROR_MAX, "the exporters are stopping");
	if (!runner->is_running)
		return false;
	uv_mutex_lock(&runner->lock);
	runner->reload = &reload;
	wake_locked(runner);
	while (runner->reload)
		uv_cond_wait(&runner->reloaded, &runner->lock);
	uv_mutex_unlock(&runner->lock);
	return reload.is_good;
}

void runner_stop(struct runner *runner, uint64_t grace_ms)
{
	if (!runner || !runner->is_running)
		return;
	uv_mutex_lock(&runner->lock);
	runner->must_stop = true;
	runner->grace_ms = grace_ms;
	wake_locked(runner);
	uv_mutex_unlock(&runner->lock);
	uv_thread_join(&runner->thread);
	runner->is_running = false;
	/* before the writer's connection: the last one to close empties the WAL, and a
	 * reader never does */
	log_reader_close(runner->env.reader);
	runner->env.reader = NULL;
}

void runner_free(struct runner *runner)
{
	if (!runner)
		return;
	if (runner->env.port)
		store_port_dispatch(runner->env.port); /* to lanes that are closed */
	store_port_free(runner->env.port);
	for (size_t i = 0; i < runner->slot_count; i++)
		lane_free(runner->slots[i].lane);
	log_reader_close(runner->env.reader);
	uv_cond_destroy(&runner->reloaded);
	uv_mutex_destroy(&runner->lock);
	free(runner->slots);
	free(runner->module_directory);
	free(runner->database_path);
	free(runner);
}
