/* SPDX-License-Identifier: MIT */
#include "server/collect.h"

#include "server/session/session.h"

enum { LOOK_EVERY_MS = 50 };

struct tally {
	uint64_t since_ms;
	uint32_t collected; /* terminals whose round ended after since_ms */
	uint32_t missing;   /* connected ones whose round did not */
	uint64_t records_new;
};

static void count_terminal(struct terminal *terminal, void *context)
{
	struct tally *tally = context;

	tally->records_new += terminal->records_new;
	if (terminal->rounds > 0 && terminal->round_ended_at_ms >= tally->since_ms)
		tally->collected++;
	else if (terminal->session != NULL)
		tally->missing++;
}

static struct tally count(const struct collect *collect, uint64_t since_ms)
{
	struct tally tally = { .since_ms = since_ms };
	terminal_table_each(collect->fleet->terminals, count_terminal, &tally);
	return tally;
}

/* True when the request is over. */
static bool look(struct collect *collect, struct collect_request *request)
{
	if (control_client_is_gone(request->client)) {
		control_reply(request->client, NULL);
		return true;
	}
	struct tally tally = count(collect, request->since_ms);
	if (tally.missing > 0 || tally.collected < request->wanted)
		return false;
	control_reply(request->client,
		      json_pack("{s:I, s:I}", "terminals", (json_int_t)tally.collected,
				"telegrams_new",
				(json_int_t)(tally.records_new - request->new_before)));
	return true;
}

static void on_look(uv_timer_t *timer)
{
	struct collect *collect = timer->data;
	bool is_waiting = false;

	for (size_t i = 0; i < COLLECT_MAX; i++) {
		struct collect_request *request = &collect->requests[i];
		if (request->client != NULL && look(collect, request))
			request->client = NULL;
		is_waiting |= request->client != NULL;
	}
	if (!is_waiting)
		(void)uv_timer_stop(timer);
}

void collect_init(struct collect *collect, struct fleet *fleet)
{
	*collect = (struct collect){ .fleet = fleet };
	(void)uv_timer_init(fleet->loop, &collect->timer);
	collect->timer.data = collect;
}

void collect_begin(struct collect *collect, const json_t *request,
		   struct control_client *client)
{
	struct collect_request *slot = collect->requests;

	while (slot < collect->requests + COLLECT_MAX && slot->client != NULL)
		slot++;
	if (slot == collect->requests + COLLECT_MAX) {
		control_reply(client,
			      json_pack("{s:s}", "error", "too many wait already"));
		return;
	}
	json_int_t wanted = json_integer_value(json_object_get(request, "terminals"));
	*slot = (struct collect_request){
		.client = client,
		.since_ms = uv_now(collect->fleet->loop),
		.wanted = wanted > 0 && wanted < UINT32_MAX ? (uint32_t)wanted : 0,
		.new_before = count(collect, 0).records_new,
	};
	fleet_collect(collect->fleet);
	(void)uv_timer_start(&collect->timer, on_look, LOOK_EVERY_MS, LOOK_EVERY_MS);
}

void collect_close(struct collect *collect)
{
	for (size_t i = 0; i < COLLECT_MAX; i++) {
		struct collect_request *request = &collect->requests[i];
		if (request->client != NULL)
			control_reply(
				request->client,
				json_pack("{s:s}", "error", "the daemon is stopping"));
		request->client = NULL;
	}
	uv_close((uv_handle_t *)&collect->timer, NULL);
}
