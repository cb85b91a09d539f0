/* SPDX-License-Identifier: MIT */
/*
 * Happy path: connect, answer, read the meters every interval.
 *
 * What goes wrong: a link that closes is dialled again after a wait that doubles while
 * nobody talks to us. A reader whose deletion is under way is protected in one point, as
 * the slowness of a real terminal protects it: a full memory overwrites at most one round
 * of readings between a GET_OLDEST and its DEL_OLDEST. Real rounds are minutes apart;
 * here they may be milliseconds. One round of bytes, that is: when the oldest records are
 * short (a failed read has no payload) it overwrites more records than it makes, and a
 * reader that keeps back a round counted in records deletes what it never saw.
 */
#include "tests/simulator/outstation.h"

#include <time.h>

enum {
	BACKOFF_DOUBLINGS_MAX = 5,
};

static void on_record_left(void *owner, const struct record *record,
			   enum record_fate fate)
{
	const struct outstation *outstation = owner;

	if (outstation->ledger != NULL)
		ledger_write(outstation->ledger, &outstation->terminal, record, fate);
}

void outstation_init(struct outstation *outstation, const struct options *options,
		     uint32_t number, const struct sockaddr *address,
		     struct ledger *ledger, uv_loop_t *loop)
{
	*outstation = (struct outstation){ .address = address, .ledger = ledger };
	terminal_init(&outstation->terminal, options, number, time(NULL), on_record_left,
		      outstation);
	for (int i = 0; i < OUTSTATION_LINKS; i++)
		link_init(&outstation->links[i], outstation, &outstation->terminal, loop);
	uv_timer_init(loop, &outstation->round_timer);
	uv_timer_init(loop, &outstation->late_timer);
	outstation->round_timer.data = outstation;
	outstation->late_timer.data = outstation;
}

void outstation_make_round(struct outstation *outstation, bool is_table_only)
{
	terminal_make_round(&outstation->terminal, time(NULL), is_table_only);
}

/* See above: a second overwriting round within one exchange has to wait. */
static bool is_round_due(const struct outstation *outstation)
{
	const struct terminal *terminal = &outstation->terminal;
	uint64_t now_ms = uv_now(outstation->round_timer.loop);
	bool is_exchange = outstation->get_at_ms != 0 &&
			   now_ms - outstation->get_at_ms < terminal->options->silence_ms;

	if (uv_is_active((const uv_handle_t *)&outstation->late_timer))
		return false;
	return !is_exchange || !terminal->is_round_since_get ||
	       ring_space(&terminal->ring) >= terminal_round_space(terminal);
}

static void on_round(uv_timer_t *timer)
{
	struct outstation *outstation = timer->data;

	if (terminal_is_finished(&outstation->terminal))
		uv_timer_stop(timer);
	else if (is_round_due(outstation))
		outstation_make_round(outstation, false);
}

void outstation_start(struct outstation *outstation)
{
	struct terminal *terminal = &outstation->terminal;
	uint32_t interval_ms = terminal->options->interval_ms;

	link_connect(&outstation->links[0], outstation->address);
	outstation->connects++;
	if (interval_ms != 0)
		uv_timer_start(&outstation->round_timer, on_round,
			       1 + dice_below(&terminal->dice, interval_ms), interval_ms);
}

void outstation_stop(struct outstation *outstation)
{
	outstation->is_stopping = true;
	for (int i = 0; i < OUTSTATION_LINKS; i++)
		link_shut_down(&outstation->links[i]);
	uv_close((uv_handle_t *)&outstation->round_timer, NULL);
	uv_close((uv_handle_t *)&outstation->late_timer, NULL);
}

void outstation_free(struct outstation *outstation)
{
	struct ring *ring = &outstation->terminal.ring;

	for (uint64_t i = 0; i < ring->count; i++)
		on_record_left(outstation, ring_at(ring, ring->first + i), RECORD_KEPT);
	terminal_free(&outstation->terminal);
}

static void on_reconnect(uv_timer_t *timer)
{
	struct link *link = timer->data;

	link->outstation->connects++;
	link_connect(link, link->outstation->address);
}

/* From half of the wait to the whole: a thousand terminals do not come back at once. */
void outstation_link_closed(struct outstation *outstation, struct link *link)
{
	struct terminal *terminal = &outstation->terminal;
	uint64_t wait_ms = terminal->options->reconnect_ms;

	if (link->is_heard)
		outstation->failures = 0;
	else if (outstation->failures < BACKOFF_DOUBLINGS_MAX)
		outstation->failures++;
	for (int i = 0; i < OUTSTATION_LINKS; i++) {
		if (outstation->links[i].state != LINK_IDLE)
			return; /* another link serves */
	}
	outstation->get_at_ms = 0;
	if (outstation->is_stopping)
		return;
	wait_ms <<= outstation->failures;
	wait_ms = wait_ms / 2 + dice_below(&terminal->dice, (uint32_t)(wait_ms / 2) + 1);
	uv_timer_start(&link->timer, on_reconnect, wait_ms, 0);
}

void outstation_note_get(struct outstation *outstation)
{
	outstation->terminal.is_round_since_get = false;
	outstation->get_at_ms = uv_now(outstation->round_timer.loop);
}

bool outstation_can_delete_later(const struct outstation *outstation)
{
	return !uv_is_active((const uv_handle_t *)&outstation->late_timer);
}

static void on_late_delete(uv_timer_t *timer)
{
	struct outstation *outstation = timer->data;

	ring_delete_oldest(&outstation->terminal.ring, outstation->late_count);
}

void outstation_delete_later(struct outstation *outstation, uint32_t count)
{
	struct terminal *terminal = &outstation->terminal;

	outstation->late_count = count;
	uv_timer_start(&outstation->late_timer, on_late_delete,
		       1 + dice_below(&terminal->dice, terminal->options->late_delete_ms),
		       0);
}

static struct link *idle_link(struct outstation *outstation)
{
	for (int i = 0; i < OUTSTATION_LINKS; i++) {
		if (outstation->links[i].state == LINK_IDLE)
			return &outstation->links[i];
	}
	return NULL;
}

bool outstation_can_duplicate(const struct outstation *outstation)
{
	return outstation->links[0].state == LINK_IDLE ||
	       outstation->links[1].state == LINK_IDLE;
}

void outstation_duplicate(struct outstation *outstation)
{
	struct link *link = idle_link(outstation);

	if (link == NULL)
		return;
	outstation->connects++;
	link_connect(link, outstation->address);
}
