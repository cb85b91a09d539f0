/* SPDX-License-Identifier: MIT */
/*
 * What is below server/links/link.h, simulated: a link of a terminal carries one command
 * to it and a reply back, in pieces, late, not at all, or another one.
 */
#include <stdio.h>
#include <stdlib.h>

#include "server/session/session.h"
#include "tests/year/clock.h"
#include "tests/year/year.h"

static struct year *year_of(const struct link *link)
{
	return link->hub->loop->data;
}

static void count(struct terminal_sim *terminal, enum fault fault)
{
	terminal->year->faults[fault]++;
}

/* ---- the end of a link ---- */

/* The command in flight may still arrive: a deletion is executed later, or never. */
static void leave_command(struct terminal_sim *terminal)
{
	bool is_deletion = strstr(terminal->command, "DEL_OLDEST") != NULL &&
			   terminal->command_at_ms != UINT64_MAX;

	if (is_deletion && terminal->late_count < LATE_MAX &&
	    dice_below(&terminal->dice, 2) == 0) {
		terminal->late[terminal->late_count].at_ms =
			clock_now_ms() + dice_below(&terminal->dice, SETTLE_MS);
		terminal->late[terminal->late_count++].count =
			(uint32_t)strtoul(strrchr(terminal->command, ',') + 1, NULL, 10);
		count(terminal, FAULT_LATE_DELETIONS);
	}
	terminal->command_at_ms = UINT64_MAX;
	terminal->reply_at_ms = UINT64_MAX;
	terminal->is_breaking = false;
}

static void detach(struct terminal_sim *terminal)
{
	struct year *year = terminal->year;

	if (terminal->link == NULL)
		return;
	leave_command(terminal);
	terminal->link->tcp.data = NULL;
	terminal->link = NULL;
	terminal->connect_at_ms = clock_now_ms() + 5 * SECOND_MS +
				  dice_below(&terminal->dice, 10 * MINUTE_MS);
	if (terminal->connect_at_ms < year->offline_until_ms)
		terminal->connect_at_ms =
			year->offline_until_ms + dice_below(&terminal->dice, HOUR_MS);
}

void network_break(struct terminal_sim *terminal, bool is_told)
{
	struct link *link = terminal->link;

	if (link == NULL)
		return;
	detach(terminal);
	if (is_told)
		link->events->ended(link, CLOSE_PEER_CLOSED, NULL);
	else
		count(terminal, FAULT_HALF_OPEN_LINKS);
}

/* ---- server/links/link.h ---- */

void link_init(struct link *link, struct link_hub *hub, struct link_way *way,
	       const struct link_events *events)
{
	*link = (struct link){ .hub = hub, .way = way, .events = events };
}

bool link_accept(struct link *link, uv_stream_t *listening)
{
	struct terminal_sim *terminal = listening->data;

	link->tcp.data = terminal;
	terminal->link = link;
	link->port = 1560;
	(void)snprintf(link->address, sizeof(link->address), "192.0.2.%u",
		       terminal->number);
	return true;
}

void link_start(struct link *link)
{
	link->is_open = true;
	link->events->known(link);
	link->events->opened(link);
}

bool link_connect(struct link *link, uv_connect_t *request,
		  const struct sockaddr *address)
{
	(void)link;
	(void)request;
	(void)address;
	return false;
}

/* Slow for some: each way takes up to five seconds. */
static uint64_t delay_ms(struct terminal_sim *terminal)
{
	bool is_slow = dice_permille(&terminal->dice, 20);
	return 1 + dice_below(&terminal->dice, is_slow ? 5000 : 100);
}

bool link_write(struct link *link, const char *data, size_t size)
{
	struct terminal_sim *terminal = link->tcp.data;

	if (terminal == NULL)
		return true; /* half-open: it goes nowhere */
	if (size >= COMMAND_MAX)
		abort();
	(void)snprintf(terminal->command, sizeof(terminal->command), "%.*s",
		       (int)size - 1, data);
	terminal->command_at_ms = clock_now_ms() + delay_ms(terminal);
	return true;
}

bool link_is_writing(const struct link *link)
{
	(void)link;
	return false;
}

void link_identity(const struct link *link, char ret_identity[LINK_IDENTITY_MAX])
{
	(void)link;
	ret_identity[0] = '\0';
}

void link_close(struct link *link)
{
	struct year *year = year_of(link);

	if (link->is_closing)
		return;
	link->is_closing = true;
	if (link->tcp.data != NULL)
		detach(link->tcp.data);
	if (year->closing_count == sizeof(year->closing) / sizeof(year->closing[0]))
		abort();
	year->closing[year->closing_count++] = link;
}

/* ---- connecting ---- */

void network_connect(struct terminal_sim *terminal)
{
	struct year *year = terminal->year;
	uv_stream_t door = { .data = terminal };

	if (clock_now_ms() < year->offline_until_ms) {
		terminal->connect_at_ms =
			year->offline_until_ms + dice_below(&terminal->dice, HOUR_MS);
		return;
	}
	if (!session_accept(&year->fleet, &year->way, &door))
		abort();
}

/* ---- commands and replies ---- */

static bool is_telling_who(const char *command)
{
	return strncmp(command, "ATE", 3) == 0 || strncmp(command, "ATI", 3) == 0;
}

/* The reply of another command; this one is executed, or not. */
static char *wrong_reply(struct terminal_sim *terminal)
{
	static const char *const others[] = { "AT", "AT^SCDATA=\"GET_OLDEST\",3",
					      "AT^SCDATA=\"GET_SPACE\"", "AT^SCAMS?" };
	if (dice_below(&terminal->dice, 2) == 0)
		free(answer_command(terminal, terminal->command));
	count(terminal, FAULT_WRONG_REPLIES);
	return answer_command(terminal, others[dice_below(&terminal->dice, 4)]);
}

static char *joined(const char *first, char *second)
{
	char *both = NULL;
	if (asprintf(&both, "%s%s", first, second) < 0)
		abort();
	free(second);
	return both;
}

static char *stale_half(struct terminal_sim *terminal)
{
	const char *last = terminal->last_reply;
	size_t from = dice_below(&terminal->dice, (uint32_t)strlen(last) + 1);

	count(terminal, FAULT_STALE_HALVES);
	return joined(last + from, answer_command(terminal, terminal->command));
}

static char *double_reply(struct terminal_sim *terminal)
{
	char *first = answer_command(terminal, terminal->command);
	char *both = joined(first, answer_command(terminal, terminal->command));

	free(first);
	count(terminal, FAULT_DOUBLE_COMMANDS);
	return both;
}

/* A lie about who it is would be another terminal: of that it does not lie. */
static char *reply_of(struct terminal_sim *terminal)
{
	static char *(*const lies[])(struct terminal_sim *) = { wrong_reply, stale_half,
								double_reply };
	bool is_lie = terminal->troubles & TROUBLE_LIES && !terminal->year->is_calm &&
		      !is_telling_who(terminal->command) &&
		      terminal->last_reply != NULL && dice_permille(&terminal->dice, 4);
	char *reply = is_lie ? lies[dice_below(&terminal->dice, 3)](terminal)
			     : answer_command(terminal, terminal->command);

	free(terminal->last_reply);
	terminal->last_reply = strdup(reply);
	return reply;
}

/* Of a thousand exchanges. */
static uint32_t break_permille(const struct terminal_sim *terminal)
{
	if (terminal->year->is_calm)
		return 0;
	return terminal->troubles & TROUBLE_LINK ? 30 : 2;
}

static void break_somewhere(struct terminal_sim *terminal)
{
	if (!dice_permille(&terminal->dice, break_permille(terminal)))
		return;
	terminal->is_breaking = true;
	terminal->reply_size =
		dice_below(&terminal->dice, (uint32_t)terminal->reply_size + 1);
	count(terminal, FAULT_BROKEN_REPLIES);
}

void network_deliver_command(struct terminal_sim *terminal)
{
	uint32_t permille = break_permille(terminal);

	if (dice_permille(&terminal->dice, permille / 2)) {
		count(terminal, FAULT_LOST_COMMANDS);
		network_break(terminal, dice_below(&terminal->dice, 4) != 0);
		return;
	}
	terminal->command_at_ms = UINT64_MAX;
	free(terminal->reply);
	terminal->reply = reply_of(terminal);
	terminal->reply_size = strlen(terminal->reply);
	terminal->reply_sent = 0;
	if (dice_permille(&terminal->dice, permille / 2)) {
		count(terminal, FAULT_SWALLOWED_REPLIES);
		return;
	}
	terminal->reply_at_ms = clock_now_ms() + delay_ms(terminal);
	break_somewhere(terminal);
}

/* Some of it, mostly all. The server may close the link while it takes it. */
void network_deliver_reply(struct terminal_sim *terminal)
{
	struct link *link = terminal->link;
	size_t left = terminal->reply_size - terminal->reply_sent;
	size_t size = left;
	char *bytes;

	if (left > 1 && dice_permille(&terminal->dice, 100))
		size = 1 + dice_below(&terminal->dice, (uint32_t)left);
	bytes = strndup(terminal->reply + terminal->reply_sent, size);
	terminal->reply_sent += size;
	bool is_end = terminal->reply_sent == terminal->reply_size;
	bool is_break = is_end && terminal->is_breaking;
	terminal->reply_at_ms = is_end ? UINT64_MAX : clock_now_ms() + delay_ms(terminal);
	if (size > 0)
		link->events->bytes(link, bytes, size);
	free(bytes);
	if (is_break)
		network_break(terminal, dice_below(&terminal->dice, 4) != 0);
}

void network_deliver_late(struct terminal_sim *terminal, uint32_t late)
{
	uint32_t deleted = terminal->late[late].count;

	terminal->late[late] = terminal->late[--terminal->late_count];
	terminal_sim_delete(terminal, deleted);
}

void network_run_closed(struct year *year)
{
	while (year->closing_count > 0) {
		struct link *link = year->closing[--year->closing_count];
		link->events->closed(link);
	}
}
