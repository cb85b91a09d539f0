/* SPDX-License-Identifier: MIT */
#include "tests/unit/exporters/modules/scripted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct exporter_option options[] = {
	{ "control", EXPORTER_INTEGER, NULL, "address of a struct scripted; 0 refuses" },
	{ "wait", EXPORTER_DURATION, "1s", "checked, not used" },
	{ "room", EXPORTER_SIZE, "64KiB", "checked, not used" },
	{ "eager", EXPORTER_BOOLEAN, "false", "checked, not used" },
	{ NULL, EXPORTER_TEXT, NULL, NULL },
};

struct instance {
	const struct exporter_host *host;
	struct scripted *scripted;
	uv_timer_t timer;
	struct exporter_delivery *delivery, *last;
	uint32_t count;
	bool answers_in_destroy;
};

static void answer(struct instance *instance, uint32_t first, uint32_t count,
		   enum exporter_verdict verdict)
{
	instance->host->answer(instance->delivery, first, count, verdict, 0,
			       "the test says so");
}

static void deliver_all(struct instance *instance)
{
	answer(instance, 0, instance->count, EXPORTER_DELIVERED);
}

static void on_timer(uv_timer_t *timer)
{
	deliver_all(timer->data);
}

static void answer_one(struct instance *instance, uint32_t which,
		       enum exporter_verdict verdict)
{
	for (uint32_t i = 0; i < instance->count; i++)
		answer(instance, i, 1, i == which ? verdict : EXPORTER_DELIVERED);
}

static enum scripted_action note(struct scripted *scripted,
				 const struct exporter_batch *batch)
{
	pthread_mutex_lock(&scripted->lock);
	uint32_t number = scripted->call_count;
	if (number < SCRIPTED_CALLS) {
		scripted->calls[number] = (struct scripted_call){
			batch->first_id,
			batch->last_id,
			scripted->id_count,
			batch->count,
		};
		scripted->call_count++;
	}
	for (uint32_t i = 0; i < batch->count && scripted->id_count < SCRIPTED_IDS; i++)
		scripted->ids[scripted->id_count++] = batch->telegrams[i].id;
	pthread_mutex_unlock(&scripted->lock);
	return number < SCRIPTED_STEPS ? scripted->steps[number] : SCRIPTED_DELIVER;
}

static void misbehave(struct instance *instance, enum scripted_action action)
{
	if (action == SCRIPTED_TWICE)
		deliver_all(instance);
	if (action == SCRIPTED_OUTSIDE) {
		answer(instance, instance->count, 1, EXPORTER_DELIVERED);
		answer(instance, 0, UINT32_MAX, EXPORTER_DELIVERED);
		answer(instance, 0, 0, EXPORTER_DELIVERED);
	}
	if (action == SCRIPTED_STRANGE)
		answer(instance, 0, 1, (enum exporter_verdict)77);
	if (action == SCRIPTED_FOR_THE_LAST)
		instance->host->answer(instance->last, 0, 1, EXPORTER_STOP, 0,
				       "too late");
	if (action == SCRIPTED_LEAVE_HANDLE) {
		uv_timer_init(instance->host->loop, &instance->scripted->left);
		uv_timer_start(&instance->scripted->left, on_timer, 1000000, 0);
	}
	deliver_all(instance);
}

static void reject_whole(struct instance *instance)
{
	char payload[EXPORTER_KEPT_MAX + 3];
	memset(payload, 'p', EXPORTER_KEPT_MAX);
	/* A character of two bytes over the limit. */
	memcpy(payload + EXPORTER_KEPT_MAX - 1, "\xc3\xa4", sizeof "\xc3\xa4");
	instance->host->reject(instance->delivery, 0, "no such meter", payload,
			       "{\"error\":1}");
	if (instance->count > 1)
		answer(instance, 1, instance->count - 1, EXPORTER_DELIVERED);
}

static void remember(struct instance *instance)
{
	instance->host->remember(instance->host, "gone", "there");
	instance->host->remember(instance->host, "gone", "");
	instance->host->remember(instance->host, "key", "before");
	instance->host->remember(instance->host, "key", "remote");
	deliver_all(instance);
}

/* What the host knows is looked up at each batch, before anything is done with it. */
static void recall(struct instance *instance)
{
	const struct exporter_host *host = instance->host;
	struct scripted *scripted = instance->scripted;
	char text[sizeof scripted->recalled] = "-";
	(void)host->recall(host, "key", text, sizeof text);
	if (host->recall(host, "gone", text, sizeof text))
		snprintf(text, sizeof text, "gone is there");
	pthread_mutex_lock(&scripted->lock);
	memcpy(scripted->recalled, text, sizeof text);
	pthread_mutex_unlock(&scripted->lock);
}

static void deliver(void *self, const struct exporter_batch *batch,
		    struct exporter_delivery *delivery)
{
	struct instance *instance = self;
	recall(instance);
	enum scripted_action action = note(instance->scripted, batch);
	instance->last = instance->delivery;
	instance->delivery = delivery;
	instance->count = batch->count;
	if (action == SCRIPTED_DELIVER)
		deliver_all(instance);
	else if (action == SCRIPTED_RETRY)
		answer(instance, 0, batch->count, EXPORTER_RETRY);
	else if (action == SCRIPTED_REJECT_FIRST)
		answer_one(instance, 0, EXPORTER_REJECTED);
	else if (action == SCRIPTED_THIN_FIRST)
		answer_one(instance, 0, EXPORTER_THINNED);
	else if (action == SCRIPTED_RETRY_SECOND)
		answer_one(instance, 1, EXPORTER_RETRY);
	else if (action == SCRIPTED_STOP_SECOND)
		answer_one(instance, 1, EXPORTER_STOP);
	else if (action == SCRIPTED_LATER)
		uv_timer_start(&instance->timer, on_timer, 5, 0);
	else if (action == SCRIPTED_IN_DESTROY)
		instance->answers_in_destroy = true;
	else if (action == SCRIPTED_REJECT_WHOLE)
		reject_whole(instance);
	else if (action == SCRIPTED_REMEMBER)
		remember(instance);
	else if (action != SCRIPTED_NEVER)
		misbehave(instance, action);
}

static void *create(const struct exporter_host *host, const char *const *values,
		    char error[EXPORTER_ERROR_MAX])
{
	void *control = (void *)(uintptr_t)strtoull(values[0], NULL, 10);
	struct instance *instance = control ? calloc(1, sizeof *instance) : NULL;
	if (!instance) {
		snprintf(error, EXPORTER_ERROR_MAX, "refused: set control");
		return NULL;
	}
	instance->host = host;
	instance->scripted = control;
	uv_timer_init(host->loop, &instance->timer);
	instance->timer.data = instance;
	return instance;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void destroy(void *self)
{
	struct instance *instance = self;
	struct scripted *scripted = instance->scripted;
	if (instance->answers_in_destroy)
		deliver_all(instance);
	uv_close((uv_handle_t *)&instance->timer, on_closed);
	pthread_mutex_lock(&scripted->lock);
	scripted->is_destroyed = true;
	pthread_mutex_unlock(&scripted->lock);
}

static const struct exporter_plugin plugin = {
	.abi = EXPORTER_ABI,
	.size = sizeof plugin,
	.name = "scripted",
	.help = "does what a test says",
	.options = options,
	.create = create,
	.deliver = deliver,
	.destroy = destroy,
};

const struct exporter_plugin *readout_exporter(void)
{
	return &plugin;
}
