/* SPDX-License-Identifier: MIT */
/*
 * Fetch and commit. This is where a record could be lost, so read the four rules at the
 * top of smartcom.h first.
 *
 * Happy path: ROOM, FETCHING, COMMITTING; then smartcom_delete.c, unless nothing may be
 * deleted; and again, until a reply holds nothing that could be; then WAITING.
 *
 * Failure modes: see smartcom.c. A record that passes the limits of line or reply though
 * no fewer can be asked for is fetched under one-off limits: first by itself (n = 1),
 * then with the next one, so that it can be deleted.
 */
#include "server/smartcom/smartcom_states.h"

void smartcom_enter_room(struct smartcom *driver)
{
	driver->ops->arm(driver->context, 0);
	if (driver->ops->reserve(driver->context, smartcom_batch_next(driver)))
		smartcom_enter(driver, SMARTCOM_FETCHING);
}

void smartcom_on_room(struct smartcom *driver)
{
	if (driver->state == SMARTCOM_ROOM)
		smartcom_enter(driver, SMARTCOM_ROOM);
}

bool smartcom_is_settled(const struct smartcom *driver)
{
	return !driver->memory.is_deletion_unknown ||
	       smartcom_now_ms(driver) - driver->memory.unknown_since_ms >=
		       driver->settings->settle_ms;
}

void smartcom_enter_fetching(struct smartcom *driver)
{
	driver->asked = smartcom_batch_next(driver);
	driver->received = 0;
	driver->fetched_at_ms = smartcom_now_ms(driver);
	driver->head_records = 0;
	driver->head_bytes = 0;
	driver->is_settled = smartcom_is_settled(driver);
	driver->is_too_long = false;
	driver->has_long_line = false;
	driver->ops->raise_limits(driver->context, driver->memory.is_head_large);
	at_command_get_oldest(&driver->command, driver->asked);
	smartcom_exchange(driver);
}

void smartcom_fetching_info(struct smartcom *driver, struct span line)
{
	enum close_reason reason;

	driver->received++;
	if (line.size > driver->line_bytes)
		driver->line_bytes = line.size;
	if (driver->settings->line_bytes > 0 && line.size > driver->settings->line_bytes)
		driver->has_long_line = true;
	smartcom_note_head(driver, line.size);
	if (driver->received > driver->asked)
		smartcom_fail(driver, CLOSE_TOO_MANY_RECORDS);
	else if (!driver->ops->record(driver->context, line, &reason))
		smartcom_fail(driver, reason);
}

void smartcom_on_too_long(struct smartcom *driver)
{
	driver->is_too_long = driver->state == SMARTCOM_FETCHING;
}

/* Of the records committed before, at least the last was kept back: it must come again.
 */
static void check_overlap(struct smartcom *driver)
{
	if (!driver->memory.has_records || driver->commit.is_head_known ||
	    driver->commit.is_gap_told)
		return;
	driver->ops->event(driver->context, "overlap_missing",
			   "the oldest record is not one that was left in the memory: "
			   "records between were overwritten by newer ones, or deleted "
			   "by somebody else; how many is not known");
}

/* A whole reply under the one-off limits: how to go on. */
static void note_large(struct smartcom *driver)
{
	if (!driver->memory.is_head_large)
		return;
	driver->ops->measured(driver->context, SMARTCOM_UNREADABLE, 0);
	if (driver->asked > 1 || driver->received == 0)
		driver->memory.is_head_large = driver->has_long_line;
	driver->is_large_probed = true;
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
	smartcom_batch_replied(driver);
	note_large(driver);
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

/* Without a deletion there is more to see only if a longer reply may be asked for now. */
void smartcom_without_deletion(struct smartcom *driver)
{
	smartcom_unmark(driver);
	bool is_more = driver->received == driver->asked && driver->commit.is_committed;
	smartcom_enter(driver, is_more && smartcom_batch_next(driver) > driver->asked
				       ? SMARTCOM_ROOM
				       : SMARTCOM_WAITING);
}

void smartcom_on_committed(struct smartcom *driver, const struct smartcom_commit *commit)
{
	if (driver->state != SMARTCOM_COMMITTING)
		return;
	driver->commit = *commit;
	if (commit->wireless_count > driver->wireless_count)
		driver->wireless_count = commit->wireless_count;
	if (!commit->is_committed) {
		smartcom_without_deletion(driver);
		return;
	}
	check_overlap(driver);
	driver->memory.has_records = true;
	bool is_overlap_owed =
		driver->memory.is_deletion_unknown && !commit->is_head_known;
	if (!driver->is_marked) {
		smartcom_without_deletion(driver);
	} else if (is_overlap_owed) {
		/* What was just committed is known when it comes again. */
		smartcom_unmark(driver);
		smartcom_enter(driver, SMARTCOM_ROOM);
	} else {
		smartcom_prepare_deletion(driver);
	}
}
