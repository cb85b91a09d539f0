/* SPDX-License-Identifier: MIT */
#include "exporters/lane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exporters/lane_inner.h"

static void on_log(const struct exporter_host *host, const char *severity,
		   const char *text)
{
	const struct lane *lane = (const struct lane *)host; /* its first member */
	lane->env->log(lane->env->log_context, severity, lane->name, text);
}

int64_t lane_now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool check(const struct runner_exporter *exporter, char error[EXPORTER_ERROR_MAX])
{
	size_t size = strlen(exporter->name);
	if (size == 0 || size >= sizeof((struct lane *)0)->name) {
		snprintf(error, EXPORTER_ERROR_MAX,
			 "the name of an exporter must have 1 to 63 bytes");
		return false;
	}
	if (exporter->batch_count < 1 || exporter->batch_count > RUNNER_BATCH_MAX) {
		snprintf(error, EXPORTER_ERROR_MAX,
			 "exporter %s: a batch must have 1 to %d telegrams, not %u",
			 exporter->name, RUNNER_BATCH_MAX, exporter->batch_count);
		return false;
	}
	return true;
}

/* The age of a batch where nobody has set it: the plugin knows its sink. */
static uint64_t age_of(const struct lane *lane, const struct runner_exporter *exporter)
{
	const struct exporter_plugin *plugin = lane->plugin;
	if (exporter->batch_age_ms != RUNNER_AGE_DEFAULT)
		return exporter->batch_age_ms;
	for (size_t i = 0; plugin->age_option && plugin->options[i].name; i++)
		if (strcmp(plugin->options[i].name, plugin->age_option) == 0)
			return strtoull(lane->values[i], NULL, 10);
	return RUNNER_AGE_MS;
}

static bool copy_configuration(struct lane *lane, const struct runner_exporter *exporter,
			       char error[EXPORTER_ERROR_MAX])
{
	const struct log_filter *filter = &exporter->filter;
	lane->has_filter = filter->terminals.count + filter->meters.count +
				   filter->media.count + filter->places.count +
				   filter->quantities.count >
			   0;
	lane->fingerprint = runner_exporter_text(exporter);
	if (lane->fingerprint && log_filter_copy(filter, &lane->filter))
		return true;
	snprintf(error, EXPORTER_ERROR_MAX, "out of memory");
	return false;
}

/* Everything that can go wrong for reasons of configuration. */
static bool load(struct lane *lane, const struct runner_exporter *exporter,
		 char error[EXPORTER_ERROR_MAX])
{
	lane->module = exporter_module_open(lane->env->module_directory, exporter->plugin,
					    error);
	if (!lane->module)
		return false;
	lane->plugin = exporter_module_plugin(lane->module);
	lane->values = exporter_values_new(lane->plugin, exporter->settings,
					   exporter->setting_count, error);
	if (!lane->values ||
	    !log_batch_open(&lane->batch, lane->env->database_path, error))
		return false;
	lane->batch_age_ms = age_of(lane, exporter);
	error[0] = '\0';
	lane->instance = lane->plugin->create(&lane->host,
					      (const char *const *)lane->values, error);
	return lane->instance != NULL;
}

static void wrap_error(const char *exporter, char error[EXPORTER_ERROR_MAX])
{
	char inner[EXPORTER_ERROR_MAX];
	snprintf(inner, sizeof inner, "%s", error);
	snprintf(error, EXPORTER_ERROR_MAX, "exporter %s: %.190s", exporter,
		 inner[0] ? inner : "the plugin gave no reason");
}

struct lane *lane_new(const struct lane_env *env, const struct runner_exporter *exporter,
		      char error[EXPORTER_ERROR_MAX])
{
	if (!check(exporter, error))
		return NULL;
	struct lane *lane = calloc(1, sizeof *lane);
	if (!lane || uv_mutex_init(&lane->lock) != 0) {
		snprintf(error, EXPORTER_ERROR_MAX, "out of memory");
		free(lane);
		return NULL;
	}
	lane->env = env;
	lane->host = (struct exporter_host){
		.size = sizeof lane->host,
		.loop = env->loop,
		.log = on_log,
		.answer = lane_answer,
		.reject = lane_reject,
		.remember = lane_remember,
		.recall = lane_recall,
		.end_range = lane_end_range,
	};
	snprintf(lane->name, sizeof lane->name, "%s", exporter->name);
	snprintf(lane->status.name, sizeof lane->status.name, "%s", exporter->name);
	lane->batch_count = exporter->batch_count;
	lane->batch_bytes = exporter->batch_bytes;
	lane->is_newest_first = exporter->is_newest_first;
	delivery_init(&lane->delivery, lane);
	if (!copy_configuration(lane, exporter, error) || !load(lane, exporter, error)) {
		wrap_error(exporter->name, error);
		lane_free(lane);
		return NULL;
	}
	if (uv_random(NULL, NULL, &lane->random, sizeof lane->random, 0, NULL) != 0 ||
	    lane->random == 0)
		lane->random = uv_hrtime() | 1;
	uv_timer_init(env->loop, &lane->timer);
	lane->timer.data = lane;
	lane_show(lane);
	return lane;
}

void lane_start(struct lane *lane)
{
	lane_advance(lane);
}

void lane_wake(struct lane *lane, int64_t log_end)
{
	lane->log_end = log_end;
	lane_show(lane);
	lane_look(lane);
}

void lane_stop(struct lane *lane)
{
	lane->is_stopping = true;
	if (lane->state != LANE_DELIVERING && lane->state != LANE_PUBLISHING &&
	    lane->state != LANE_MOVING)
		lane_advance(lane);
}

void lane_close(struct lane *lane)
{
	if (lane->state != LANE_CLOSED)
		lane_enter(lane, LANE_CLOSED);
	lane->plugin->destroy(lane->instance);
	lane->instance = NULL;
	uv_close((uv_handle_t *)&lane->timer, NULL);
}

void lane_free(struct lane *lane)
{
	if (!lane)
		return;
	log_batch_close(&lane->batch);
	delivery_close(&lane->delivery);
	lane_memory_close(&lane->memory);
	log_filter_free(&lane->filter);
	free(lane->fingerprint);
	exporter_values_free(lane->values);
	exporter_module_close(lane->module);
	uv_mutex_destroy(&lane->lock);
	free(lane);
}

void lane_show(struct lane *lane)
{
	int64_t lag = lane_lag(lane);
	lane->status.lag_telegrams = lag;
	uv_mutex_lock(&lane->lock);
	lane->shown = lane->status;
	lane->shown_oldest_ms = lag > 0 ? lane->oldest_ms : 0;
	uv_mutex_unlock(&lane->lock);
}

void lane_status(struct lane *lane, struct runner_status *ret_status)
{
	uv_mutex_lock(&lane->lock);
	*ret_status = lane->shown;
	ret_status->is_obeying |= lane->has_wishes;
	int64_t oldest_ms = lane->shown_oldest_ms;
	uv_mutex_unlock(&lane->lock);
	int64_t age = oldest_ms > 0 ? (int64_t)time(NULL) - oldest_ms / 1000 : 0;
	ret_status->lag_seconds = age > 0 ? age : 0;
}

bool lane_is_idle(const struct lane *lane)
{
	return lane->state == LANE_CLOSED;
}

const char *lane_name(const struct lane *lane)
{
	return lane->name;
}

const char *lane_fingerprint(const struct lane *lane)
{
	return lane->fingerprint;
}
