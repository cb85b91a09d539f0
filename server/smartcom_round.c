/* SPDX-License-Identifier: MIT */
/*
 * The rounds of the dialogue: fetch, commit, delete, wait. This is where a record could
 * be lost, so read the four rules at the top of smartcom.h first.
 *
 * Happy path: ROOM, FETCHING, COMMITTING, SPACE (unless there was plenty lately),
 * DELETING, and again, until a reply holds nothing that could be deleted; then WAITING.
 *
 * Failure modes: see smartcom.c.
 */
#include "server/smartcom_states.h"

enum {
	/* meters of a terminal whose device table cannot be read */
	ROUND_UNKNOWN = 64,
	/* the shortest reading interval of a terminal */
	ROUND_MS = 60000,
	/* the longest reply asked for where nothing may be deleted */
	KEPT_RECORDS_MAX = 4096,
};

/* ---- fetch and commit ---- */

/* Without deletions a reply must hold the whole memory for its end to be seen. */
uint32_t smartcom_batch_limit(const struct smartcom *driver)
{
	return driver->settings->keep_records ? KEPT_RECORDS_MAX
					      : driver->settings->batch;
}

/* Records to ask for: what is kept back comes again, and at least one more must come. */
static uint32_t next_asked(const struct smartcom *driver)
{
	if (driver->keep > 1)
		return driver->memory.batch + driver->keep;
	return driver->memory.batch > 2 ? driver->memory.batch : 2;
}

void smartcom_enter_room(struct smartcom *driver)
{
	driver->ops->arm(driver->context, 0);
	if (driver->ops->reserve(driver->context, next_asked(driver)))
		smartcom_enter(driver, SMARTCOM_FETCHING);
}

void smartcom_on_room(struct smartcom *driver)
{
	if (driver->state == SMARTCOM_ROOM)
		smartcom_enter(driver, SMARTCOM_ROOM);
}

static bool is_settled(const struct smartcom *driver)
{
	return !driver->memory.is_deletion_unknown ||
	       smartcom_now_ms(driver) - driver->memory.unknown_since_ms >=
		       driver->settings->settle_ms;
}

void smartcom_enter_fetching(struct smartcom *driver)
{
	driver->asked = next_asked(driver);
	driver->received = 0;
	driver->fetched_at_ms = smartcom_now_ms(driver);
	driver->head_records = 0;
	driver->head_bytes = 0;
	driver->is_settled = is_settled(driver);
	at_command_get_oldest(&driver->command, driver->asked);
	smartcom_exchange(driver);
}

/* How many records one reading of all meters makes. */
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
 * How many rounds of its meters a terminal may store from since_ms until a DEL sent now
 * is executed: at the latest when its exchange has timed out and the settling time is
 * over.
 */
static int64_t rounds_since(const struct smartcom *driver, uint64_t since_ms)
{
	uint64_t at_risk_ms = smartcom_now_ms(driver) - since_ms +
			      driver->settings->exchange_timeout_ms +
			      driver->settings->settle_ms;
	return (int64_t)(at_risk_ms / ROUND_MS) + 1;
}

/* The same from a GET sent now, if its DEL is sent within ROUND_MS. */
static int64_t risk_rounds(const struct smartcom *driver)
{
	return rounds_since(driver, smartcom_now_ms(driver)) + 1;
}

/*
 * How many of the oldest records a round can push out of a full ring. The ring counts
 * bytes: a round of telegrams pushes out more records where short ones stand at its head.
 * What a record takes in the terminal's memory is not known; it is at most its line, of
 * which the payload is hex digits, and at least half of it.
 */
static void note_head(struct smartcom *driver, size_t line_bytes)
{
	if (driver->head_bytes >= risk_rounds(driver) * round_bytes(driver))
		return;
	driver->head_bytes += (int64_t)line_bytes / 2;
	driver->head_records = driver->received;
}

void smartcom_fetching_info(struct smartcom *driver, struct span line)
{
	enum close_reason reason;

	driver->received++;
	if (line.size > driver->line_bytes)
		driver->line_bytes = line.size;
	note_head(driver, line.size);
	if (driver->received > driver->asked)
		smartcom_fail(driver, CLOSE_TOO_MANY_RECORDS);
	else if (!driver->ops->record(driver->context, line, &reason))
		smartcom_fail(driver, reason);
}

/* Of the records committed before, at least the last was kept back: it must come again.
 */
static void check_overlap(struct smartcom *driver)
{
	if (driver->memory.has_records && !driver->commit.is_head_known)
		driver->ops->event(driver->context, "overlap_missing",
				   "the oldest record is not one that was left in the "
				   "memory: records between may have been overwritten or "
				   "deleted by somebody else");
}

/* OK without a record: the memory is empty. ERROR may mean that, or that it was busy. */
static void note_empty(struct smartcom *driver, bool is_ok)
{
	if (!is_ok || !driver->memory.has_records)
		return;
	driver->memory.has_records = false;
	driver->ops->event(driver->context, "overlap_missing",
			   "the memory is empty, though a record was left in it: records "
			   "may have been deleted by somebody else");
}

/*
 * An empty memory is answered by OK alone or by ERROR. Records that end in ERROR are
 * kept, but how far they reach is not certain: nothing is deleted.
 */
void smartcom_fetching_final(struct smartcom *driver, bool is_ok)
{
	driver->memory.batch *= 2;
	if (driver->memory.batch > smartcom_batch_limit(driver))
		driver->memory.batch = smartcom_batch_limit(driver);
	if (driver->received == 0) {
		note_empty(driver, is_ok);
		smartcom_enter(driver, SMARTCOM_WAITING);
		return;
	}
	driver->is_marked = is_ok && !driver->settings->keep_records &&
			    driver->is_settled && driver->received > 1;
	driver->state = SMARTCOM_COMMITTING;
	driver->ops->arm(driver->context, 0);
	driver->ops->commit(driver->context, driver->is_marked);
}

/* No DEL was sent after all: takes the durable mark back. */
void smartcom_unmark(struct smartcom *driver)
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
	smartcom_unmark(driver);
	bool is_more = driver->received == driver->asked && driver->commit.is_committed;
	smartcom_enter(driver, is_more && next_asked(driver) > driver->asked
				       ? SMARTCOM_ROOM
				       : SMARTCOM_WAITING);
}

/* ---- room in the terminal, and deletion ---- */

/* Whether nothing can be pushed out between the last GET_SPACE and a DEL sent now. */
static bool has_space(const struct smartcom *driver)
{
	return driver->space_bytes >=
	       rounds_since(driver, driver->space_at_ms) * round_bytes(driver);
}

/* What must be kept back: one record, or whatever the rounds may push out and one. */
static uint32_t records_to_keep(const struct smartcom *driver)
{
	if (has_space(driver))
		return 1;
	uint64_t elapsed_ms = smartcom_now_ms(driver) - driver->fetched_at_ms;
	if (driver->head_bytes < risk_rounds(driver) * round_bytes(driver) ||
	    elapsed_ms >= ROUND_MS)
		return 2 * driver->received; /* nothing now; the next reply is longer */
	return driver->head_records + 1;
}

static void delete_some(struct smartcom *driver)
{
	driver->keep = records_to_keep(driver) + driver->commit.retained;
	if (driver->commit.count > driver->keep)
		smartcom_enter(driver, SMARTCOM_DELETING);
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
		smartcom_unmark(driver);
		smartcom_enter(driver, SMARTCOM_ROOM);
	} else if (has_space(driver))
		delete_some(driver);
	else
		smartcom_enter(driver, SMARTCOM_SPACE);
}

void smartcom_enter_space(struct smartcom *driver)
{
	driver->space_bytes = -1;
	driver->space_at_ms = smartcom_now_ms(driver);
	at_command_get_space(&driver->command);
	smartcom_exchange(driver);
}

void smartcom_space_info(struct smartcom *driver, struct span line)
{
	int64_t bytes;
	if (at_line_number(line, &bytes) && bytes >= 0)
		driver->space_bytes = bytes;
}

void smartcom_space_final(struct smartcom *driver, bool is_ok)
{
	if (!is_ok)
		driver->space_bytes = -1;
	delete_some(driver);
}

void smartcom_enter_deleting(struct smartcom *driver)
{
	driver->deleting = driver->commit.count - driver->keep;
	driver->is_marked = false;
	at_command_del_oldest(&driver->command, driver->deleting);
	smartcom_exchange(driver);
}

void smartcom_deleting_final(struct smartcom *driver, bool is_ok)
{
	if (is_ok) {
		driver->memory.is_deletion_unknown = false;
		driver->ops->deletion_ended(driver->context, true, driver->deleting);
		smartcom_enter(driver, SMARTCOM_ROOM);
		return;
	}
	driver->memory.is_deletion_unknown = true;
	driver->memory.unknown_since_ms = smartcom_now_ms(driver);
	driver->ops->event(
		driver->context, "delete_refused",
		"the terminal answered ERROR to DEL_OLDEST: its records stay, and "
		"its memory will fill up");
	smartcom_enter(driver, SMARTCOM_WAITING);
}

/* ---- between rounds ---- */

void smartcom_enter_waiting(struct smartcom *driver)
{
	uint64_t wait_ms = driver->ops->interval_ms(driver->context);

	driver->ops->round_ended(driver->context);
	if (!is_settled(driver)) {
		uint64_t settled_ms =
			driver->memory.unknown_since_ms + driver->settings->settle_ms;
		uint64_t left_ms = settled_ms - smartcom_now_ms(driver);
		if (left_ms < wait_ms)
			wait_ms = left_ms;
	}
	driver->ops->arm(driver->context, wait_ms > 0 ? wait_ms : 1);
}

void smartcom_on_collect(struct smartcom *driver)
{
	if (driver->state == SMARTCOM_WAITING)
		smartcom_enter(driver, SMARTCOM_ROOM);
}
