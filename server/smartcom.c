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
#include "server/smartcom.h"

#include <inttypes.h>
#include <stdio.h>

enum {
	LINE_BYTES_USUAL = 300, /* a record line of a telegram of about 120 bytes */
	ROUND_UNKNOWN = 64, /* meters of a terminal whose device table cannot be read */
	SPACE_TRUSTED_MS = 60000, /* the shortest reading interval of a terminal */
	SPACE_ROUNDS = 4, /* rounds of room that make asking again needless so long */
};

struct state_row {
	const char *text;
	void (*enter)(struct smartcom *driver);
	/* for exchanges: a line of information (may be NULL), the final result */
	void (*on_info)(struct smartcom *driver, struct span line);
	void (*on_final)(struct smartcom *driver, bool is_ok);
};

static const struct state_row rows[SMARTCOM_STATE_COUNT];

static void enter(struct smartcom *driver, enum smartcom_state state)
{
	driver->state = state;
	if (rows[state].enter != NULL)
		rows[state].enter(driver);
}

static uint64_t now_ms(const struct smartcom *driver)
{
	return driver->ops->now_ms(driver->context);
}

static void fail(struct smartcom *driver, enum close_reason reason)
{
	smartcom_end(driver);
	driver->ops->close(driver->context, reason);
}

/* Sends driver->command and starts its time limit. */
static void exchange(struct smartcom *driver)
{
	uint64_t timeout_ms = driver->settings->exchange_timeout_ms;
	if (driver->state < SMARTCOM_OPENING) {
		uint64_t now = now_ms(driver);
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
	exchange(driver);
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
	enter(driver, SMARTCOM_IDENTIFY);
}

static void identified(struct smartcom *driver, const char *identity)
{
	(void)snprintf(driver->identity, sizeof(driver->identity), "%s", identity);
	enter(driver, SMARTCOM_FIRMWARE);
}

static void enter_identify(struct smartcom *driver)
{
	static const char *const commands[] = {
		[SMARTCOM_PROBE_SERIAL] = "ATI4",
		[SMARTCOM_PROBE_IMEI] = "AT+GSN",
	};
	if (driver->probe == driver->settings->probe_count) {
		fail(driver, CLOSE_NOT_IDENTIFIED);
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
		enter(driver, SMARTCOM_IDENTIFY);
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
	if (driver->memory.batch == 0 || driver->memory.batch > driver->settings->batch)
		driver->memory.batch = driver->settings->batch;
	enter(driver, SMARTCOM_TABLE);
}

/* ---- device table ---- */

static void enter_table(struct smartcom *driver)
{
	at_command_device_table(&driver->command);
	exchange(driver);
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
	enter(driver, SMARTCOM_ROOM);
}

/* ---- fetch and commit ---- */

/* Records to ask for: what is kept back comes again, and at least one more must come. */
static uint32_t next_asked(const struct smartcom *driver)
{
	if (driver->keep > 1)
		return driver->memory.batch + driver->keep;
	return driver->memory.batch > 2 ? driver->memory.batch : 2;
}

static void enter_room(struct smartcom *driver)
{
	driver->ops->arm(driver->context, 0);
	if (driver->ops->reserve(driver->context, next_asked(driver)))
		enter(driver, SMARTCOM_FETCHING);
}

void smartcom_on_room(struct smartcom *driver)
{
	if (driver->state == SMARTCOM_ROOM)
		enter(driver, SMARTCOM_ROOM);
}

static bool is_settled(const struct smartcom *driver)
{
	return !driver->memory.is_deletion_unknown ||
	       now_ms(driver) - driver->memory.unknown_since_ms >=
		       driver->settings->settle_ms;
}

static void enter_fetching(struct smartcom *driver)
{
	driver->asked = next_asked(driver);
	driver->received = 0;
	driver->is_settled = is_settled(driver);
	at_command_get_oldest(&driver->command, driver->asked);
	exchange(driver);
}

static void fetching_info(struct smartcom *driver, struct span line)
{
	enum close_reason reason;

	driver->received++;
	if (line.size > driver->line_bytes)
		driver->line_bytes = line.size;
	if (driver->received > driver->asked)
		fail(driver, CLOSE_TOO_MANY_RECORDS);
	else if (!driver->ops->record(driver->context, line, &reason))
		fail(driver, reason);
}

/* Of the records committed before, at least the last was kept back: it must come again.
 */
static void check_overlap(struct smartcom *driver)
{
	if (!driver->memory.has_records)
		return;
	if (driver->received == 0)
		driver->ops->event(driver->context, "overlap_missing",
				   "the memory is empty, though a record was left in it: "
				   "records may have been deleted by somebody else");
	else if (!driver->commit.is_head_known)
		driver->ops->event(driver->context, "overlap_missing",
				   "the oldest record is not one that was left in the "
				   "memory: records between may have been overwritten or "
				   "deleted by somebody else");
}

/* An empty memory is answered by OK alone or by ERROR; both mean "no records". */
static void fetching_final(struct smartcom *driver, bool is_ok)
{
	(void)is_ok;
	driver->memory.batch *= 2;
	if (driver->memory.batch > driver->settings->batch)
		driver->memory.batch = driver->settings->batch;
	if (driver->received == 0) {
		check_overlap(driver);
		driver->memory.has_records = false;
		enter(driver, SMARTCOM_WAITING);
		return;
	}
	driver->is_marked = driver->is_settled && driver->received > 1;
	driver->state = SMARTCOM_COMMITTING;
	driver->ops->arm(driver->context, 0);
	driver->ops->commit(driver->context, driver->is_marked);
}

/* No DEL was sent after all: takes the durable mark back. */
static void unmark(struct smartcom *driver)
{
	if (!driver->is_marked)
		return;
	driver->is_marked = false;
	/* A mark of an earlier, unknown deletion must stay. */
	if (!driver->memory.is_deletion_unknown)
		driver->ops->deletion_ended(driver->context, false, 0);
}

/* Without a deletion there is more to see only if a longer reply may be asked for now. */
static void without_deletion(struct smartcom *driver)
{
	unmark(driver);
	bool is_more = driver->received == driver->asked && driver->commit.is_committed;
	enter(driver, is_more && next_asked(driver) > driver->asked ? SMARTCOM_ROOM
								    : SMARTCOM_WAITING);
}

/* ---- room in the terminal, and deletion ---- */

static uint32_t round_records(const struct smartcom *driver)
{
	uint32_t wired = driver->device_count > 0 ? driver->device_count : ROUND_UNKNOWN;
	return wired + driver->wireless_count;
}

static int64_t round_bytes(const struct smartcom *driver)
{
	return (int64_t)round_records(driver) * (int64_t)driver->line_bytes;
}

/*
 * Whether GET_SPACE must be asked before deleting. A recent answer with room for several
 * rounds is good enough: meters are read once a minute at most.
 */
static bool needs_space(const struct smartcom *driver)
{
	return driver->space_bytes < SPACE_ROUNDS * round_bytes(driver) ||
	       now_ms(driver) - driver->space_at_ms >= SPACE_TRUSTED_MS;
}

static void delete_some(struct smartcom *driver)
{
	driver->keep = driver->space_bytes >= round_bytes(driver)
			       ? 1
			       : round_records(driver) + 1;
	if (driver->commit.count > driver->keep)
		enter(driver, SMARTCOM_DELETING);
	else
		without_deletion(driver);
}

void smartcom_on_committed(struct smartcom *driver, const struct smartcom_commit *commit)
{
	if (driver->state != SMARTCOM_COMMITTING)
		return;
	driver->commit = *commit;
	if (commit->wireless_count > driver->wireless_count)
		driver->wireless_count = commit->wireless_count;
	if (!commit->is_committed) {
		without_deletion(driver);
		return;
	}
	check_overlap(driver);
	driver->memory.has_records = true;
	bool is_overlap_owed =
		driver->memory.is_deletion_unknown && !commit->is_head_known;
	if (!driver->is_marked) {
		without_deletion(driver);
	} else if (is_overlap_owed) {
		/* What was just committed is known when it comes again. */
		unmark(driver);
		enter(driver, SMARTCOM_ROOM);
	} else if (needs_space(driver))
		enter(driver, SMARTCOM_SPACE);
	else
		delete_some(driver);
}

static void enter_space(struct smartcom *driver)
{
	driver->space_bytes = -1;
	at_command_get_space(&driver->command);
	exchange(driver);
}

static void space_info(struct smartcom *driver, struct span line)
{
	int64_t bytes;
	if (at_line_number(line, &bytes) && bytes >= 0)
		driver->space_bytes = bytes;
}

static void space_final(struct smartcom *driver, bool is_ok)
{
	if (!is_ok)
		driver->space_bytes = -1;
	driver->space_at_ms = now_ms(driver);
	delete_some(driver);
}

static void enter_deleting(struct smartcom *driver)
{
	driver->deleting = driver->commit.count - driver->keep;
	driver->is_marked = false;
	at_command_del_oldest(&driver->command, driver->deleting);
	exchange(driver);
}

static void deleting_final(struct smartcom *driver, bool is_ok)
{
	if (is_ok) {
		driver->memory.is_deletion_unknown = false;
		driver->ops->deletion_ended(driver->context, true, driver->deleting);
		enter(driver, SMARTCOM_ROOM);
		return;
	}
	driver->memory.is_deletion_unknown = true;
	driver->memory.unknown_since_ms = now_ms(driver);
	driver->ops->event(
		driver->context, "delete_refused",
		"the terminal answered ERROR to DEL_OLDEST: its records stay, and "
		"its memory will fill up");
	enter(driver, SMARTCOM_WAITING);
}

/* ---- between rounds ---- */

static void enter_waiting(struct smartcom *driver)
{
	uint64_t wait_ms = driver->ops->interval_ms(driver->context);

	driver->ops->round_ended(driver->context);
	if (!is_settled(driver)) {
		uint64_t settled_ms =
			driver->memory.unknown_since_ms + driver->settings->settle_ms;
		uint64_t left_ms = settled_ms - now_ms(driver);
		if (left_ms < wait_ms)
			wait_ms = left_ms;
	}
	driver->ops->arm(driver->context, wait_ms > 0 ? wait_ms : 1);
}

void smartcom_on_collect(struct smartcom *driver)
{
	if (driver->state == SMARTCOM_WAITING)
		enter(driver, SMARTCOM_ROOM);
}

/* ---- the table, and what holds in every state ---- */

static const struct state_row rows[SMARTCOM_STATE_COUNT] = {
	[SMARTCOM_ECHO_OFF] = { "echo_off", enter_echo_off, NULL, echo_off_final },
	[SMARTCOM_IDENTIFY] = { "identify", enter_identify, keep_answer, identify_final },
	[SMARTCOM_FIRMWARE] = { "firmware", enter_firmware, keep_answer, firmware_final },
	[SMARTCOM_OPENING] = { "opening", NULL, NULL, NULL },
	[SMARTCOM_TABLE] = { "device_table", enter_table, table_info, table_final },
	[SMARTCOM_ROOM] = { "waiting_for_room", enter_room, NULL, NULL },
	[SMARTCOM_FETCHING] = { "fetching", enter_fetching, fetching_info,
				fetching_final },
	[SMARTCOM_COMMITTING] = { "committing", NULL, NULL, NULL },
	[SMARTCOM_SPACE] = { "space", enter_space, space_info, space_final },
	[SMARTCOM_DELETING] = { "deleting", enter_deleting, NULL, deleting_final },
	[SMARTCOM_WAITING] = { "waiting", enter_waiting, NULL, NULL },
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
	driver->identify_by_ms = now_ms(driver) + driver->settings->identify_timeout_ms;
	enter(driver, driver->settings->echo_off ? SMARTCOM_ECHO_OFF : SMARTCOM_IDENTIFY);
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
		enter(driver, SMARTCOM_ROOM);
	else if (driver->state < SMARTCOM_OPENING &&
		 now_ms(driver) >= driver->identify_by_ms)
		fail(driver, CLOSE_IDENTIFY_TIMEOUT);
	else if (smartcom_is_in_exchange(driver))
		fail(driver, CLOSE_EXCHANGE_TIMEOUT);
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
		driver->memory.unknown_since_ms = now_ms(driver);
	}
	unmark(driver);
}

const char *smartcom_state_text(enum smartcom_state state)
{
	return rows[state].text;
}
