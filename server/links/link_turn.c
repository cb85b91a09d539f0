/* SPDX-License-Identifier: MIT */
#include "server/links/link_turn.h"

#include "server/links/link_parts.h"

enum { TURN_NS = 1000000, RESUMED_A_TURN = 4 };

/* libuv sleeps between prepare and the callbacks of descriptors: a new turn begins. */
static void on_prepare(uv_prepare_t *prepare)
{
	struct link_turn *turn = prepare->data;
	turn->spent_ns = 0;
}

static struct link *take_first(struct link_turn *turn)
{
	struct link *link = turn->first;

	if (link != NULL)
		link_turn_forget(turn, link);
	return link;
}

static void on_idle(uv_idle_t *idle)
{
	struct link_turn *turn = idle->data;

	for (int i = 0; i < RESUMED_A_TURN; i++) {
		struct link *link = take_first(turn);
		if (link == NULL)
			break;
		link_resume(link);
	}
	if (turn->first == NULL)
		(void)uv_idle_stop(idle);
}

void link_turn_init(struct link_turn *turn, uv_loop_t *loop)
{
	*turn = (struct link_turn){ 0 };
	(void)uv_prepare_init(loop, &turn->prepare);
	(void)uv_idle_init(loop, &turn->idle);
	turn->prepare.data = turn;
	turn->idle.data = turn;
	(void)uv_prepare_start(&turn->prepare, on_prepare);
}

void link_turn_close(struct link_turn *turn)
{
	uv_close((uv_handle_t *)&turn->prepare, NULL);
	uv_close((uv_handle_t *)&turn->idle, NULL);
}

bool link_turn_has_time(const struct link_turn *turn)
{
	return turn->spent_ns < TURN_NS;
}

void link_turn_spend(struct link_turn *turn, uint64_t begun_ns)
{
	turn->spent_ns += uv_hrtime() - begun_ns;
}

void link_turn_put_off(struct link_turn *turn, struct link *link)
{
	(void)uv_read_stop((uv_stream_t *)&link->tcp);
	link->is_put_off = true;
	link->put_off_after = turn->last;
	link->put_off_before = NULL;
	if (turn->last != NULL)
		turn->last->put_off_before = link;
	else
		turn->first = link;
	turn->last = link;
	(void)uv_idle_start(&turn->idle, on_idle);
}

void link_turn_forget(struct link_turn *turn, struct link *link)
{
	if (!link->is_put_off)
		return;
	link->is_put_off = false;
	if (link->put_off_after != NULL)
		link->put_off_after->put_off_before = link->put_off_before;
	else
		turn->first = link->put_off_before;
	if (link->put_off_before != NULL)
		link->put_off_before->put_off_after = link->put_off_after;
	else
		turn->last = link->put_off_after;
}
