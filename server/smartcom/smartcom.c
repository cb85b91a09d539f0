/* SPDX-License-Identifier: MIT */
/*
 * Happy path: GREETING if the terminal speaks first, ECHO_OFF, IDENTIFY, FIRMWARE,
 * OPENING, TABLE, ERRORS and COUNTING when they are due, then rounds of ROOM, FETCHING,
 * COMMITTING, SPACE, DELETING until a reply holds nothing new, then WAITING with a
 * PROBING now and then, and again.
 *
 * Failure modes:
 *  - no final result in time, a line or reply beyond its limit, more records than asked
 *    for: the link is closed (a late answer must not be taken for the next one);
 *  - ERROR: a probe or the tables do without, GET_OLDEST counts as "no records",
 * DEL_OLDEST is an event and an unknown outcome;
 *  - the store has no room: ROOM waits; the terminal keeps its data;
 *  - the terminal is not known: QUARANTINED, until its link ends;
 *  - the link ends at any moment: smartcom_end() decides what the next link must know.
 */
#include "server/smartcom/smartcom_states.h"

/* A record line of a telegram of about 120 bytes. */
enum { LINE_BYTES_USUAL = 300 };

struct state_row {
	const char *text;
	void (*enter)(struct smartcom *driver);
	/* for exchanges: a line of information (may be NULL), the final result */
	void (*on_info)(struct smartcom *driver, struct span line);
	void (*on_final)(struct smartcom *driver, bool is_ok);
};

/* clang-format off */
static const struct state_row rows[SMARTCOM_STATE_COUNT] = {
	[SMARTCOM_GREETING] = { "greeting", smartcom_enter_greeting, NULL, NULL },
	[SMARTCOM_ECHO_OFF] = { "echo_off", smartcom_enter_echo_off, NULL, smartcom_echo_off_final },
	[SMARTCOM_IDENTIFY] = { "identify", smartcom_enter_identify, smartcom_keep_answer, smartcom_identify_final },
	[SMARTCOM_FIRMWARE] = { "firmware", smartcom_enter_firmware, smartcom_keep_answer, smartcom_firmware_final },
	[SMARTCOM_OPENING] = { "opening", NULL, NULL, NULL },
	[SMARTCOM_QUARANTINED] = { "quarantined", smartcom_enter_quarantined, NULL, NULL },
	[SMARTCOM_TABLE] = { "device_table", smartcom_enter_table, smartcom_table_info, smartcom_table_final },
	[SMARTCOM_ERRORS] = { "error_buffer", smartcom_enter_errors, smartcom_errors_info, smartcom_errors_final },
	[SMARTCOM_COUNTING] = { "counting", smartcom_enter_counting, smartcom_counting_info, smartcom_counting_final },
	[SMARTCOM_ROOM] = { "waiting_for_room", smartcom_enter_room, NULL, NULL },
	[SMARTCOM_FETCHING] = { "fetching", smartcom_enter_fetching, smartcom_fetching_info, smartcom_fetching_final },
	[SMARTCOM_COMMITTING] = { "committing", NULL, NULL, NULL },
	[SMARTCOM_SPACE] = { "space", smartcom_enter_space, smartcom_space_info, smartcom_space_final },
	[SMARTCOM_DELETING] = { "deleting", smartcom_enter_deleting, NULL, smartcom_deleting_final },
	[SMARTCOM_WAITING] = { "waiting", smartcom_enter_waiting, NULL, NULL },
	[SMARTCOM_PROBING] = { "probing", smartcom_enter_probing, NULL, smartcom_probing_final },
	[SMARTCOM_CLOSED] = { "closed", NULL, NULL, NULL },
};
/* clang-format on */

void smartcom_enter(struct smartcom *driver, enum smartcom_state state)
{
	driver->state = state;
	if (rows[state].enter != NULL)
		rows[state].enter(driver);
}

uint64_t smartcom_now_ms(const struct smartcom *driver)
{
	return driver->ops->now_ms(driver->context);
}

void smartcom_fail(struct smartcom *driver, enum close_reason reason)
{
	smartcom_end(driver);
	driver->ops->close(driver->context, reason);
}

static uint64_t time_limit_ms(const struct smartcom *driver)
{
	uint64_t limit_ms = driver->settings->exchange_timeout_ms;
	uint64_t now_ms = smartcom_now_ms(driver);

	if (driver->state == SMARTCOM_PROBING &&
	    driver->settings->probe_timeout_ms < limit_ms)
		return driver->settings->probe_timeout_ms;
	if (driver->state >= SMARTCOM_OPENING)
		return limit_ms;
	uint64_t left_ms =
		driver->identify_by_ms > now_ms ? driver->identify_by_ms - now_ms : 1;
	return left_ms < limit_ms ? left_ms : limit_ms;
}

/* Sends driver->command and starts its time limit. */
void smartcom_exchange(struct smartcom *driver)
{
	driver->answer[0] = '\0';
	driver->ops->arm(driver->context, time_limit_ms(driver));
	driver->ops->send(driver->context, &driver->command);
}

void smartcom_exchange_plain(struct smartcom *driver, const char *text,
			     const char *prefix)
{
	at_command_plain(&driver->command, text, prefix);
	smartcom_exchange(driver);
}

void smartcom_keep_answer(struct smartcom *driver, struct span line)
{
	if (driver->answer[0] != '\0' || line.size >= sizeof(driver->answer))
		return;
	for (size_t i = 0; i < line.size; i++)
		if (line.data[i] <= ' ' || line.data[i] >= 0x7f)
			return;
	memcpy(driver->answer, line.data, line.size);
	driver->answer[line.size] = '\0';
}

void smartcom_init(struct smartcom *driver, const struct smartcom_settings *settings,
		   const struct smartcom_ops *ops, void *context)
{
	*driver = (struct smartcom){
		.settings = settings,
		.ops = ops,
		.context = context,
		.state = SMARTCOM_ECHO_OFF,
		.line_bytes = LINE_BYTES_USUAL,
		.space_bytes = -1,
		.stored_count = -1,
		.keep = 1,
		.memory = { .batch = settings->batch },
	};
	driver->identify_by_ms = smartcom_now_ms(driver) + settings->identify_timeout_ms;
}

void smartcom_start(struct smartcom *driver)
{
	if (driver->settings->waits_for_line)
		smartcom_enter(driver, SMARTCOM_GREETING);
	else
		smartcom_greeted(driver);
}

bool smartcom_is_in_exchange(const struct smartcom *driver)
{
	return rows[driver->state].on_final != NULL;
}

bool smartcom_on_line(struct smartcom *driver, struct span line)
{
	const struct state_row *row = &rows[driver->state];
	struct at_line read;

	if (driver->state == SMARTCOM_GREETING) {
		smartcom_take_greeting(driver, line);
		return true;
	}
	if (!smartcom_is_in_exchange(driver))
		return false;
	at_line_read(line, &driver->command, &read);
	driver->answers += read.kind == AT_LINE_INFO || read.kind == AT_LINE_OK ||
			   read.kind == AT_LINE_ERROR;
	if (read.kind == AT_LINE_INFO && row->on_info != NULL)
		row->on_info(driver, read.info);
	else if (read.kind == AT_LINE_OK || read.kind == AT_LINE_ERROR)
		row->on_final(driver, read.kind == AT_LINE_OK);
	return read.kind != AT_LINE_STRAY;
}

void smartcom_on_timer(struct smartcom *driver)
{
	if (driver->state == SMARTCOM_WAITING)
		smartcom_waited(driver);
	else if (driver->state == SMARTCOM_QUARANTINED)
		smartcom_probe(driver);
	else if (driver->state < SMARTCOM_OPENING &&
		 smartcom_now_ms(driver) >= driver->identify_by_ms)
		smartcom_fail(driver, CLOSE_IDENTIFY_TIMEOUT);
	else if (driver->state == SMARTCOM_GREETING)
		smartcom_greeted(driver);
	else if (driver->state == SMARTCOM_PROBING)
		smartcom_fail(driver, CLOSE_HALF_OPEN);
	else if (smartcom_is_in_exchange(driver))
		smartcom_fail(driver, CLOSE_EXCHANGE_TIMEOUT);
}

void smartcom_end(struct smartcom *driver)
{
	enum smartcom_state state = driver->state;

	if (state == SMARTCOM_CLOSED)
		return;
	driver->ended_in = state;
	driver->state = SMARTCOM_CLOSED;
	if (state == SMARTCOM_FETCHING)
		smartcom_batch_broke(driver);
	if (state == SMARTCOM_DELETING) {
		driver->memory.is_deletion_unknown = true;
		driver->memory.unknown_since_ms = smartcom_now_ms(driver);
	}
	smartcom_unmark(driver);
}

const char *smartcom_state_text(enum smartcom_state state)
{
	return rows[state].text;
}
