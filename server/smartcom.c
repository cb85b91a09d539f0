/* SPDX-License-Identifier: MIT */
/*
 * Happy path: ECHO_OFF, IDENTIFY, FIRMWARE, OPENING, TABLE, then rounds of ROOM,
 * FETCHING, COMMITTING, SPACE, DELETING until a reply holds nothing new, then WAITING,
 * and again.
 *
 * Failure modes:
 *  - no final result in time, a line or reply beyond its limit, more records than asked
 *    for: the link is closed (a late answer must not be taken for the next one);
 *  - ERROR: a probe or the tables do without, GET_OLDEST counts as "no records",
 * DEL_OLDEST is an event and an unknown outcome;
 *  - the store has no room: ROOM waits; the terminal keeps its data;
 *  - the link ends at any moment: smartcom_end() decides what the next link must know.
 */
#include "server/smartcom_states.h"

#include <stdio.h>

/* A record line of a telegram of about 120 bytes. */
enum { LINE_BYTES_USUAL = 300 };

struct state_row {
	const char *text;
	void (*enter)(struct smartcom *driver);
	/* for exchanges: a line of information (may be NULL), the final result */
	void (*on_info)(struct smartcom *driver, struct span line);
	void (*on_final)(struct smartcom *driver, bool is_ok);
};

static const struct state_row rows[SMARTCOM_STATE_COUNT];

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

/* Sends driver->command and starts its time limit. */
void smartcom_exchange(struct smartcom *driver)
{
	uint64_t timeout_ms = driver->settings->exchange_timeout_ms;
	if (driver->state < SMARTCOM_OPENING) {
		uint64_t now = smartcom_now_ms(driver);
		uint64_t left_ms =
			driver->identify_by_ms > now ? driver->identify_by_ms - now : 1;
		if (left_ms < timeout_ms)
			timeout_ms = left_ms;
	}
	driver->answer[0] = '\0';
	driver->ops->arm(driver->context, timeout_ms);
	driver->ops->send(driver->context, &driver->command);
}

static void exchange_plain(struct smartcom *driver, const char *text, const char *prefix)
{
	at_command_plain(&driver->command, text, prefix);
	smartcom_exchange(driver);
}

/* Keeps the first line of an answer, if it can be text of an identity. */
static void keep_answer(struct smartcom *driver, struct span line)
{
	if (driver->answer[0] != '\0' || line.size >= sizeof(driver->answer))
		return;
	for (size_t i = 0; i < line.size; i++)
		if (line.data[i] <= ' ' || line.data[i] >= 0x7f)
			return;
	memcpy(driver->answer, line.data, line.size);
	driver->answer[line.size] = '\0';
}

/* ---- who is it ---- */

static void enter_echo_off(struct smartcom *driver)
{
	exchange_plain(driver, "ATE0", "");
}

/* A terminal that refuses ATE0 goes on echoing, and at_line_read() knows echoes. */
static void echo_off_final(struct smartcom *driver, bool is_ok)
{
	(void)is_ok;
	smartcom_enter(driver, SMARTCOM_IDENTIFY);
}

static void identified(struct smartcom *driver, const char *identity)
{
	(void)snprintf(driver->identity, sizeof(driver->identity), "%s", identity);
	smartcom_enter(driver, SMARTCOM_FIRMWARE);
}

static void enter_identify(struct smartcom *driver)
{
	static const char *const commands[] = {
		[SMARTCOM_PROBE_SERIAL] = "ATI4",
		[SMARTCOM_PROBE_IMEI] = "AT+GSN",
	};
	if (driver->probe == driver->settings->probe_count) {
		smartcom_fail(driver, CLOSE_NOT_IDENTIFIED);
		return;
	}
	enum smartcom_probe probe = driver->settings->probes[driver->probe];
	if (probe == SMARTCOM_PROBE_ADDRESS)
		identified(driver, driver->ops->address(driver->context));
	else
		exchange_plain(driver, commands[probe], "");
}

static void identify_final(struct smartcom *driver, bool is_ok)
{
	driver->probe++;
	if (is_ok && driver->answer[0] != '\0')
		identified(driver, driver->answer);
	else
		smartcom_enter(driver, SMARTCOM_IDENTIFY);
}

static void enter_firmware(struct smartcom *driver)
{
	exchange_plain(driver, "ATI3", "");
}

static void firmware_final(struct smartcom *driver, bool is_ok)
{
	driver->state = SMARTCOM_OPENING;
	driver->ops->arm(driver->context, 0);
	driver->ops->open(driver->context, driver->identity, is_ok ? driver->answer : "");
}

void smartcom_on_opened(struct smartcom *driver, const struct smartcom_memory *memory)
{
	if (driver->state != SMARTCOM_OPENING)
		return;
	driver->memory = *memory;
	if (driver->memory.batch == 0 ||
	    driver->memory.batch > smartcom_batch_limit(driver))
		driver->memory.batch = driver->settings->batch;
	smartcom_enter(driver, SMARTCOM_TABLE);
}

/* ---- device table ---- */

static void enter_table(struct smartcom *driver)
{
	at_command_device_table(&driver->command);
	smartcom_exchange(driver);
}

static void table_info(struct smartcom *driver, struct span line)
{
	driver->ops->device(driver->context, line);
	if (memchr(line.data, '>', line.size) != NULL)
		driver->device_count++;
}

static void table_final(struct smartcom *driver, bool is_ok)
{
	if (is_ok)
		driver->ops->device(driver->context, span_of(NULL, 0));
	smartcom_enter(driver, SMARTCOM_ROOM);
}

/* ---- the table, and what holds in every state ---- */

static const struct state_row rows[SMARTCOM_STATE_COUNT] = {
	[SMARTCOM_ECHO_OFF] = { "echo_off", enter_echo_off, NULL, echo_off_final },
	[SMARTCOM_IDENTIFY] = { "identify", enter_identify, keep_answer, identify_final },
	[SMARTCOM_FIRMWARE] = { "firmware", enter_firmware, keep_answer, firmware_final },
	[SMARTCOM_OPENING] = { "opening", NULL, NULL, NULL },
	[SMARTCOM_TABLE] = { "device_table", enter_table, table_info, table_final },
	[SMARTCOM_ROOM] = { "waiting_for_room", smartcom_enter_room, NULL, NULL },
	[SMARTCOM_FETCHING] = { "fetching", smartcom_enter_fetching,
				smartcom_fetching_info, smartcom_fetching_final },
	[SMARTCOM_COMMITTING] = { "committing", NULL, NULL, NULL },
	[SMARTCOM_SPACE] = { "space", smartcom_enter_space, smartcom_space_info,
			     smartcom_space_final },
	[SMARTCOM_DELETING] = { "deleting", smartcom_enter_deleting, NULL,
				smartcom_deleting_final },
	[SMARTCOM_WAITING] = { "waiting", smartcom_enter_waiting, NULL, NULL },
	[SMARTCOM_CLOSED] = { "closed", NULL, NULL, NULL },
};

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
		.keep = 1,
		.memory = { .batch = settings->batch },
	};
}

void smartcom_start(struct smartcom *driver)
{
	driver->identify_by_ms =
		smartcom_now_ms(driver) + driver->settings->identify_timeout_ms;
	smartcom_enter(driver, driver->settings->echo_off ? SMARTCOM_ECHO_OFF
							  : SMARTCOM_IDENTIFY);
}

bool smartcom_is_in_exchange(const struct smartcom *driver)
{
	return rows[driver->state].on_final != NULL;
}

bool smartcom_on_line(struct smartcom *driver, struct span line)
{
	const struct state_row *row = &rows[driver->state];
	struct at_line read;

	if (!smartcom_is_in_exchange(driver))
		return false;
	at_line_read(line, &driver->command, &read);
	if (read.kind == AT_LINE_INFO && row->on_info != NULL)
		row->on_info(driver, read.info);
	else if (read.kind == AT_LINE_OK || read.kind == AT_LINE_ERROR)
		row->on_final(driver, read.kind == AT_LINE_OK);
	return read.kind != AT_LINE_STRAY;
}

void smartcom_on_timer(struct smartcom *driver)
{
	if (driver->state == SMARTCOM_WAITING)
		smartcom_enter(driver, SMARTCOM_ROOM);
	else if (driver->state < SMARTCOM_OPENING &&
		 smartcom_now_ms(driver) >= driver->identify_by_ms)
		smartcom_fail(driver, CLOSE_IDENTIFY_TIMEOUT);
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
	if (state == SMARTCOM_FETCHING && driver->memory.batch > 1)
		driver->memory.batch /= 2;
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
