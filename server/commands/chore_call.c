/* SPDX-License-Identifier: MIT */
#include "server/commands/chore_call.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "server/commands/command.h"
#include "server/control.h"
#include "storage/store_lock.h"

enum { SILENCE_MS = 60000, BUSY_PAUSE_MS = 500 };

static int open_signals(void)
{
	sigset_t ends;
	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGINT);
	(void)sigaddset(&ends, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &ends, NULL);
	return signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Waits for Ctrl-C so long; true: it came. It stays true. */
static bool is_stopped_within(const struct chore_call *call, int timeout_ms)
{
	struct pollfd wait = { .fd = call->signals, .events = POLLIN };
	return poll(&wait, 1, timeout_ms) > 0;
}

bool chore_call_is_stopped(struct chore_call *call)
{
	return is_stopped_within(call, 0);
}

void chore_call_begin_apart(struct chore_call *call, const char *command,
			    const struct config *config)
{
	*call = (struct chore_call){ .command = command,
				     .config = config,
				     .signals = open_signals(),
				     .lock = -1,
				     .place = { .config = config } };
	progress_bar_begin(&call->bar, stderr);
}

bool chore_call_begin(struct chore_call *call, const char *command,
		      const struct config *config)
{
	char error[STORE_ERROR_MAX];

	chore_call_begin_apart(call, command, config);
	call->is_there = control_is_answered(config->control_path);
	if (call->is_there)
		return true;
	call->lock = store_lock_take(config->database_path, error);
	if (call->lock >= 0)
		return true;
	(void)fprintf(stderr,
		      "readout %s: no daemon answers at %s, and without one: %s\n",
		      command, config->control_path, error);
	return false;
}

/* ---- progress ---- */

static bool on_step(void *context, const struct progress_step *step)
{
	struct chore_call *call = context;
	progress_bar_step(&call->bar, step);
	return !chore_call_is_stopped(call);
}

struct progress chore_call_progress(struct chore_call *call)
{
	return (struct progress){ on_step, call };
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text != NULL ? text : "";
}

static bool on_progress(void *context, const json_t *progress)
{
	const struct progress_step step = {
		.phase = text_of(progress, "phase"),
		.unit = text_of(progress, "unit"),
		.done = json_integer_value(json_object_get(progress, "done")),
		.total = json_integer_value(json_object_get(progress, "total")),
	};
	return on_step(context, &step);
}

/* ---- here ---- */

/* The store takes the lock itself; nobody else can in between but another Readout. */
static bool open_store(struct chore_call *call, char error[STORE_ERROR_MAX])
{
	struct store_options options = {
		.path = call->config->database_path,
		.queue_limit_bytes = call->config->queue_limit,
		.layout_limit =
			2 * call->config->limits.layouts, /* the loop's, the chores' */
	};

	if (call->place.store != NULL)
		return true;
	store_lock_drop(call->lock);
	call->lock = -1;
	call->place.store = store_open(&options, error);
	if (call->place.store != NULL)
		call->place.caller = store_caller_new(call->place.store);
	return call->place.caller != NULL;
}

static json_t *run_here(struct chore_call *call, const json_t *request)
{
	char error[STORE_ERROR_MAX] = "out of memory";
	const struct progress progress = chore_call_progress(call);
	const struct chore *chore = chore_find(text_of(request, "command"));

	if (chore == NULL)
		return chore_error("no such chore");
	if (access(call->config->database_path, F_OK) != 0)
		return chore_error("there is no such file; is this the right --config?");
	if (chore->needs_writer && !open_store(call, error))
		return chore_error(error);
	return chore->run(&call->place, request, &progress);
}

/* ---- there ---- */

static json_t *run_there(struct chore_call *call, const json_t *request)
{
	char error[CONTROL_ERROR_MAX];
	json_t *reply;
	const struct progress_step waiting = { "waiting for the daemon", "", 0, 0 };

	for (;;) {
		reply = control_follow(call->config->control_path, request, SILENCE_MS,
				       on_progress, call, error);
		if (!json_is_true(json_object_get(reply, "busy")) ||
		    is_stopped_within(call, BUSY_PAUSE_MS))
			break;
		progress_bar_step(&call->bar, &waiting);
		json_decref(reply);
	}
	return reply != NULL ? reply : chore_error(error);
}

json_t *chore_call_run(struct chore_call *call, json_t *request)
{
	json_t *reply =
		call->is_there ? run_there(call, request) : run_here(call, request);
	const char *error = json_string_value(json_object_get(reply, "error"));

	json_decref(request);
	progress_bar_wipe(&call->bar);
	if (reply != NULL && error == NULL)
		return reply;
	(void)fprintf(stderr, "readout %s: %s\n", call->command,
		      error != NULL ? error : "out of memory");
	json_decref(reply);
	return NULL;
}

void chore_call_end(struct chore_call *call)
{
	struct store *store = call->place.store;

	progress_bar_wipe(&call->bar);
	if (store != NULL)
		store_close(store);
	chore_place_end(&call->place);
	store_free(store);
	store_lock_drop(call->lock);
	if (call->signals >= 0)
		(void)close(call->signals);
}

int chore_call_command(const char *command, const char *config_file, json_t *request,
		       int (*print)(const json_t *reply), int failed)
{
	struct chore_call call;
	struct config config;
	json_t *reply = NULL;
	int code = failed;

	if (!command_load_config(config_file, &config)) {
		json_decref(request);
		return failed;
	}
	if (chore_call_begin(&call, command, &config))
		reply = chore_call_run(&call, request);
	else
		json_decref(request);
	if (reply != NULL)
		code = print(reply);
	json_decref(reply);
	chore_call_end(&call);
	config_free(&config);
	return code;
}
