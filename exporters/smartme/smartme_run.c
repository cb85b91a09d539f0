/* SPDX-License-Identifier: MIT */
/*
 * The happy path: a batch is planned (smartme_plan.h); a token is got if there must be
 * one; the service's list of devices is read once, so that devices are adopted and what
 * the service has already is not sent twice; then values go out, one request in flight
 * per device and as many devices at once as there may be connections; each telegram is
 * answered when its last value is settled.
 *
 * Failure modes:
 *  - trouble that may pass, credentials refused, a redirect, a bad certificate: no new
 *    request is begun; when the last one under way has ended, the rest of the batch is
 *    answered "try again", not before what the service or the trouble demands;
 *  - a request whose outcome is in doubt (cut off, 5xx): the list is read again before
 *    the next value, and what the service has by then is not sent again;
 *  - credentials refused: GET /User must succeed before anything else is sent; a token is
 *    renewed once first;
 *  - a device that is gone: its id is forgotten and looked up anew once;
 *  - a record the service will never take: a dead letter with what was sent and replied.
 */
#include "exporters/smartme/smartme_run_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_MS = 24 * 3600 * 1000 };

uint64_t smartme_run_now_ms(const struct smartme_run *run)
{
	return uv_now(run->host->loop);
}

/* ---- answers to the host ---- */

static void answer(struct smartme_run *run, uint32_t telegram,
		   enum exporter_verdict verdict)
{
	run->plan.marks[telegram].is_answered = true;
	run->host->answer(run->delivery, telegram, 1, verdict, 0, NULL);
}

void smartme_run_settle(struct smartme_run *run, const struct smartme_item *item,
			enum smartme_settled how)
{
	struct smartme_mark *mark = &run->plan.marks[item->telegram];
	mark->is_sent |= how == SETTLED_SENT;
	if (--mark->open == 0 && !mark->is_answered)
		answer(run, item->telegram,
		       mark->is_sent ? EXPORTER_DELIVERED : EXPORTER_THINNED);
}

void smartme_run_reject(struct smartme_run *run, uint32_t telegram, const char *reason,
			const char *payload, const char *reply)
{
	struct smartme_mark *mark = &run->plan.marks[telegram];
	if (mark->is_answered)
		return;
	mark->is_answered = true;
	run->host->reject(run->delivery, telegram, reason, payload, reply);
}

/* Everything that is still open is to come again. */
static void give_back_rest(struct smartme_run *run)
{
	struct exporter_delivery *delivery = run->delivery;
	const struct smartme_plan *plan = &run->plan;
	uint32_t count = plan->batch->count;

	run->delivery = NULL;
	run->ready = NULL;
	run->last_ready = NULL;
	run->waiting = NULL;
	uv_timer_stop(&run->timer);
	for (uint32_t i = 0; i < count; i++)
		if (!plan->marks[i].is_answered)
			run->host->answer(delivery, i, 1, EXPORTER_RETRY,
					  run->retry_after_ms, run->reason);
}

void smartme_run_break_off_for(struct smartme_run *run, uint64_t retry_after_ms,
			       const char *reason)
{
	if (retry_after_ms > DAY_MS)
		retry_after_ms = DAY_MS;
	if (!run->is_broken_off || retry_after_ms > run->retry_after_ms)
		run->retry_after_ms = retry_after_ms;
	if (!run->is_broken_off)
		snprintf(run->reason, sizeof run->reason, "%s", reason);
	run->is_broken_off = true;
}

void smartme_run_break_off(struct smartme_run *run, const struct http_reply *reply,
			   const char *what)
{
	enum smartme_outcome outcome = smartme_reply_outcome(reply);
	uint64_t pause_ms = smartme_outcome_pause_ms(outcome);
	char reason[EXPORTER_ERROR_MAX];

	smartme_reply_text(reply, what, reason, sizeof reason);
	smartme_run_break_off_for(
		run, reply->retry_after_ms > pause_ms ? reply->retry_after_ms : pause_ms,
		reason);
	/* What was sent may have been taken all the same. */
	run->must_list = true;
	run->must_probe |=
		outcome == SMARTME_UNAUTHORIZED || outcome == SMARTME_FORBIDDEN;
}

/* ---- values ---- */

void smartme_run_enqueue(struct smartme_run *run, struct smartme_device *device)
{
	device->next_ready = NULL;
	if (run->ready)
		run->last_ready->next_ready = device;
	else
		run->ready = device;
	run->last_ready = device;
}

static struct smartme_device *take_ready(struct smartme_run *run)
{
	struct smartme_device *device = run->ready;
	if (device)
		run->ready = device->next_ready;
	return device;
}

/* When the device may get its next value, by the loop's clock. */
static uint64_t due_ms(const struct smartme_run *run, const struct smartme_device *device)
{
	return device->sent_at_ms == 0
		       ? 0
		       : device->sent_at_ms + run->settings.min_interval_ms;
}

static void on_interval_over(uv_timer_t *timer)
{
	struct smartme_run *run = timer->data;
	while (run->waiting) {
		struct smartme_device *device = run->waiting;
		run->waiting = device->next_ready;
		smartme_run_enqueue(run, device);
	}
	smartme_run_advance(run);
}

static void wait_for_interval(struct smartme_run *run)
{
	uint64_t first_ms = UINT64_MAX;
	uint64_t now_ms = smartme_run_now_ms(run);
	for (const struct smartme_device *d = run->waiting; d; d = d->next_ready)
		if (due_ms(run, d) < first_ms)
			first_ms = due_ms(run, d);
	uv_timer_start(&run->timer, on_interval_over,
		       first_ms > now_ms ? first_ms - now_ms : 1, 0);
}

static void send_values(struct smartme_run *run)
{
	struct smartme_device *device;
	while (!run->is_broken_off && run->in_flight < run->settings.connections &&
	       (device = take_ready(run))) {
		if (due_ms(run, device) <= smartme_run_now_ms(run)) {
			smartme_post_start(run, device);
		} else {
			device->next_ready = run->waiting;
			run->waiting = device;
		}
	}
	if (run->waiting && run->in_flight == 0 && !run->is_broken_off)
		wait_for_interval(run);
}

static bool is_empty(const struct smartme_run *run)
{
	return !run->ready && !run->waiting && run->in_flight == 0;
}

/* Goes on with the batch as far as it can just now. */
static void go_on(struct smartme_run *run)
{
	if (run->in_flight == 0 && !smartme_prepare_is_done(run))
		smartme_prepare(run);
	if (!run->is_broken_off && smartme_prepare_is_done(run))
		send_values(run);
}

void smartme_run_advance(struct smartme_run *run)
{
	if (!run->delivery || run->is_preparing)
		return;
	if (!run->is_broken_off && !is_empty(run))
		go_on(run);
	if (run->is_broken_off && run->in_flight == 0)
		give_back_rest(run);
	else if (is_empty(run))
		run->delivery = NULL;
}

/* ---- a batch ---- */

static void refuse(void *context, uint32_t telegram, const char *reason)
{
	smartme_run_reject(context, telegram, reason, "", "");
}

/* Of each device only the newest value of the batch goes out; the rest is thinned. */
static void thin(struct smartme_run *run)
{
	const struct smartme_plan *plan = &run->plan;
	for (uint32_t i = 0; i + 1 < plan->item_count; i++) {
		struct smartme_device *device = plan->items[i].device;
		if (plan->items[i + 1].device != device)
			continue;
		device->first_item = i + 1;
		smartme_run_settle(run, &plan->items[i], SETTLED_THINNED);
	}
}

static void begin(struct smartme_run *run)
{
	const struct smartme_plan *plan = &run->plan;
	for (uint32_t i = 0; i < plan->item_count; i++) {
		struct smartme_device *device = plan->items[i].device;
		device->owner = run;
		if (device->first_item == i)
			smartme_run_enqueue(run, device);
	}
}

void smartme_run_deliver(struct smartme_run *run, const struct exporter_batch *batch,
			 struct exporter_delivery *delivery)
{
	struct smartme_planner planner = { run->host, run->overrides, run->devices,
					   run->settings.mbus_url[0] != '\0' };
	run->delivery = delivery;
	run->is_broken_off = false;
	run->retry_after_ms = 0;
	run->has_renewed = false;
	if (!smartme_plan_make(&run->plan, &planner, batch, refuse, run)) {
		run->delivery = NULL;
		run->host->answer(delivery, 0, batch->count, EXPORTER_RETRY, 0,
				  "out of memory, or too many devices");
		return;
	}
	for (uint32_t i = 0; i < batch->count; i++)
		if (run->plan.marks[i].open == 0 && !run->plan.marks[i].is_answered)
			answer(run, i, EXPORTER_DELIVERED);
	if (run->settings.min_interval_ms > 0)
		thin(run);
	begin(run);
	smartme_run_advance(run);
}

/* ---- life ---- */

struct smartme_run *smartme_run_new(const struct exporter_host *host,
				    const struct smartme_settings *settings,
				    struct smartme_auth *auth,
				    struct smartme_overrides *overrides,
				    struct http_client *http)
{
	struct smartme_run *run = calloc(1, sizeof *run);
	struct smartme_devices *devices = smartme_devices_new();
	if (!run || !devices) {
		free(run);
		smartme_devices_free(devices);
		return NULL;
	}
	run->host = host;
	run->settings = *settings;
	run->auth = auth;
	run->overrides = overrides;
	run->http = http;
	run->devices = devices;
	(void)uv_timer_init(host->loop, &run->timer);
	run->timer.data = run;
	return run;
}

static void on_closed(uv_handle_t *handle)
{
	struct smartme_run *run = handle->data;
	smartme_prepare_forget(run);
	smartme_plan_free(&run->plan);
	smartme_devices_free(run->devices);
	smartme_overrides_free(run->overrides);
	smartme_auth_free(run->auth);
	free(run);
}

void smartme_run_close(struct smartme_run *run)
{
	if (!run)
		return;
	run->delivery = NULL;
	http_client_close(run->http);
	uv_close((uv_handle_t *)&run->timer, on_closed);
}

const struct smartme_overrides *smartme_run_overrides(const struct smartme_run *run)
{
	return run->overrides;
}
