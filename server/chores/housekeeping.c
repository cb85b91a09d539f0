/* SPDX-License-Identifier: MIT */
/*
 * The happy path is:
 * - an order comes, a thread is started with a copy of the request;
 * - the thread notes its steps; a timer tells the last one to the client;
 * - the thread ends and wakes the loop, which joins it and replies.
 *
 * Possible failure modes are:
 * - Another chore runs: the order is refused, with {"busy": true}.
 * - The client hangs up: the chore is told to stop at its next step.
 * - The daemon stops: the client is told, the chore stops, and a chore that waits for a
 *   store in trouble gets its answer from store_close().
 */
#include "server/chores/housekeeping.h"

#include <stdio.h>

enum {
	TELL_EVERY_MS = 200,
	RETENTION_FIRST_MS = 60 * 1000,
	RETENTION_EVERY_MS = 3600 * 1000,
};

static bool on_step(void *context, const struct progress_step *step)
{
	struct housekeeping *housekeeping = context;
	pthread_mutex_lock(&housekeeping->mutex);
	housekeeping->step = *step;
	bool is_wanted = !housekeeping->is_cancelled;
	pthread_mutex_unlock(&housekeeping->mutex);
	return is_wanted;
}

static void run_chore(void *argument)
{
	struct housekeeping *housekeeping = argument;
	const struct progress progress = { on_step, housekeeping };
	housekeeping->reply = housekeeping->chore->run(&housekeeping->place,
						       housekeeping->request, &progress);
	(void)uv_async_send(&housekeeping->finished);
}

static void cancel(struct housekeeping *housekeeping)
{
	pthread_mutex_lock(&housekeeping->mutex);
	housekeeping->is_cancelled = true;
	pthread_mutex_unlock(&housekeeping->mutex);
}

static void join(struct housekeeping *housekeeping)
{
	(void)uv_thread_join(&housekeeping->thread);
	if (housekeeping->client != NULL)
		control_reply(housekeeping->client, housekeeping->reply);
	else
		json_decref(housekeeping->reply);
	json_decref(housekeeping->request);
	housekeeping->client = NULL;
	housekeeping->reply = NULL;
	housekeeping->request = NULL;
	housekeeping->chore = NULL;
}

/* What an import or a redecode has added is for the exporters as well. */
static void wake_exporters(struct housekeeping *housekeeping)
{
	if (housekeeping->fleet->runner != NULL)
		runner_notify(housekeeping->fleet->runner);
}

static void on_finished(uv_async_t *async)
{
	struct housekeeping *housekeeping = async->data;
	(void)uv_timer_stop(&housekeeping->tell);
	if (housekeeping->chore == NULL)
		return;
	join(housekeeping);
	wake_exporters(housekeeping);
}

static void on_tell(uv_timer_t *timer)
{
	struct housekeeping *housekeeping = timer->data;
	wake_exporters(housekeeping);
	if (housekeeping->client == NULL)
		return;
	if (control_client_is_gone(housekeeping->client))
		cancel(housekeeping);
	pthread_mutex_lock(&housekeeping->mutex);
	struct progress_step step = housekeeping->step;
	pthread_mutex_unlock(&housekeeping->mutex);
	control_progress(housekeeping->client,
			 json_pack("{s:s, s:s, s:I, s:I}", "phase", step.phase, "unit",
				   step.unit, "done", (json_int_t)step.done, "total",
				   (json_int_t)step.total));
}

static void refuse_busy(const struct housekeeping *housekeeping,
			struct control_client *client)
{
	char text[120];
	(void)snprintf(text, sizeof(text),
		       "the daemon is busy with a %s; one at a time, try again later",
		       housekeeping->chore->name);
	control_reply(client, json_pack("{s:s, s:b}", "error", text, "busy", 1));
}

static void use_latest(struct housekeeping *housekeeping)
{
	if (housekeeping->in_use == housekeeping->latest)
		return;
	config_snapshot_release(housekeeping->in_use);
	housekeeping->in_use = config_snapshot_hold(housekeeping->latest);
	chore_place_take_config(&housekeeping->place, &housekeeping->in_use->config);
}

/* false: there is no such chore, or no memory for it. */
static bool start(struct housekeeping *housekeeping, const json_t *request,
		  struct control_client *client)
{
	use_latest(housekeeping);
	housekeeping->chore =
		chore_find(json_string_value(json_object_get(request, "command")));
	housekeeping->request = json_deep_copy(request);
	housekeeping->client = client;
	housekeeping->reply = NULL;
	housekeeping->step = (struct progress_step){ .phase = "starting", .unit = "" };
	housekeeping->is_cancelled = false;
	if (housekeeping->chore != NULL && housekeeping->request != NULL &&
	    uv_thread_create(&housekeeping->thread, run_chore, housekeeping) == 0) {
		(void)uv_timer_start(&housekeeping->tell, on_tell, TELL_EVERY_MS,
				     TELL_EVERY_MS);
		return true;
	}
	json_decref(housekeeping->request);
	housekeeping->request = NULL;
	housekeeping->client = NULL;
	housekeeping->chore = NULL;
	return false;
}

void housekeeping_begin(struct housekeeping *housekeeping, const json_t *request,
			struct control_client *client)
{
	if (housekeeping->chore != NULL)
		refuse_busy(housekeeping, client);
	else if (!start(housekeeping, request, client))
		control_reply(client, chore_error("no such chore, or no memory for it"));
}

/* When another chore runs, in the next hour. */
static void on_hour(uv_timer_t *timer)
{
	struct housekeeping *housekeeping = timer->data;
	json_t *request = json_pack("{s:s}", "command", "retention");

	if (housekeeping->chore == NULL && request != NULL)
		(void)start(housekeeping, request, NULL);
	json_decref(request);
}

void housekeeping_take_config(struct housekeeping *housekeeping,
			      struct config_snapshot *snapshot)
{
	const struct config_retention *retention = &snapshot->config.retention;
	bool is_wanted = retention->raw_ms + retention->readings_ms > 0;
	bool is_on = uv_is_active((const uv_handle_t *)&housekeeping->hourly) != 0;

	(void)config_snapshot_hold(snapshot);
	config_snapshot_release(housekeeping->latest);
	housekeeping->latest = snapshot;
	if (is_wanted && !is_on)
		(void)uv_timer_start(&housekeeping->hourly, on_hour, RETENTION_FIRST_MS,
				     RETENTION_EVERY_MS);
	else if (!is_wanted)
		(void)uv_timer_stop(&housekeeping->hourly);
}

bool housekeeping_init(struct housekeeping *housekeeping, struct fleet *fleet,
		       struct config_snapshot *snapshot)
{
	*housekeeping = (struct housekeeping){
		.fleet = fleet,
		.place = { .store = fleet->store,
			   .caller = store_caller_new(fleet->store) },
	};
	(void)pthread_mutex_init(&housekeeping->mutex, NULL);
	(void)uv_async_init(fleet->loop, &housekeeping->finished, on_finished);
	(void)uv_timer_init(fleet->loop, &housekeeping->tell);
	(void)uv_timer_init(fleet->loop, &housekeeping->hourly);
	housekeeping->hourly.data = housekeeping;
	housekeeping_take_config(housekeeping, snapshot);
	housekeeping->finished.data = housekeeping;
	housekeeping->tell.data = housekeeping;
	return housekeeping->place.caller != NULL;
}

void housekeeping_close(struct housekeeping *housekeeping)
{
	cancel(housekeeping);
	if (housekeeping->client != NULL)
		control_reply(housekeeping->client,
			      chore_error("the daemon is stopping; order it again"));
	housekeeping->client = NULL;
	uv_close((uv_handle_t *)&housekeeping->tell, NULL);
	uv_close((uv_handle_t *)&housekeeping->hourly, NULL);
}

void housekeeping_end(struct housekeeping *housekeeping)
{
	if (housekeeping->chore != NULL)
		join(housekeeping);
	uv_close((uv_handle_t *)&housekeeping->finished, NULL);
	chore_place_end(&housekeeping->place);
	config_snapshot_release(housekeeping->in_use);
	config_snapshot_release(housekeeping->latest);
	(void)pthread_mutex_destroy(&housekeeping->mutex);
}
