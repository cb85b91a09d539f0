/* SPDX-License-Identifier: MIT */
/*
 * Deletion: how many of the committed records may go, and DEL_OLDEST. Rules "overlap" and
 * "room" of smartcom.h are here.
 *
 * Happy path: SPACE (unless there was plenty lately), DELETING, then the next GET.
 *
 * Failure modes: GET_SPACE is refused (taken for none); what a full ring may push out
 * cannot be told (nothing is deleted, the next reply is longer); ERROR to DEL_OLDEST (an
 * event and an unknown outcome).
 */
#include "server/smartcom/smartcom_states.h"

/* Meters of a terminal whose device table cannot be read. */
enum { ROUND_UNKNOWN = 64 };

/* ---- what a full ring may push out ---- */

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
	return (int64_t)(at_risk_ms / SMARTCOM_ROUND_MS) + 1;
}

/* The same from a GET sent now, if its DEL is sent within SMARTCOM_ROUND_MS. */
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
void smartcom_note_head(struct smartcom *driver, size_t line_bytes)
{
	if (driver->head_bytes >= risk_rounds(driver) * round_bytes(driver))
		return;
	driver->head_bytes += (int64_t)line_bytes / 2;
	driver->head_records = driver->received;
}

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
	    elapsed_ms >= SMARTCOM_ROUND_MS)
		return 2 * driver->received; /* nothing now; the next reply is longer */
	return driver->head_records + 1;
}

static void delete_some(struct smartcom *driver)
{
	driver->keep = records_to_keep(driver) + driver->commit.retained;
	if (driver->commit.count > driver->keep)
		smartcom_enter(driver, SMARTCOM_DELETING);
	else
		smartcom_without_deletion(driver);
}

/* ---- GET_SPACE and DEL_OLDEST ---- */

void smartcom_prepare_deletion(struct smartcom *driver)
{
	if (has_space(driver))
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
	if (driver->space_bytes >= 0)
		driver->ops->measured(driver->context, SMARTCOM_SPACE_LEFT,
				      driver->space_bytes);
	bool is_surveying = driver->is_surveying;
	driver->is_surveying = false;
	if (is_surveying)
		smartcom_enter(driver, SMARTCOM_ROOM);
	else
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
