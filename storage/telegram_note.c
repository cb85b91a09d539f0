/* SPDX-License-Identifier: MIT */
/*
 * What a batch says of its terminal's memory: where it begins now, whether a deletion may
 * be sent, and what is missing between the records delivered before and these.
 *
 * The event of a gap is written in the transaction that takes the first record behind the
 * gap: in a later one a crash or the end of the link would hide the gap for ever, for the
 * next reply begins with a record that is known.
 */
#include <inttypes.h>
#include <stdio.h>

#include "storage/telegram_batch_private.h"

enum {
	SECONDS_A_HOUR = 3600,
	GAP_PLAUSIBLE = 10000000, /* records; more is another counter */
};

/* The detail, with what is known of the size. */
static void describe(struct telegram_batch *batch, const struct latest_record *last)
{
	static const char what[] =
		"the oldest record is not one that was left in the memory: records "
		"between were overwritten by newer ones, or deleted by somebody else; ";
	const struct store_telegram *head = telegram_batch_get(batch, 0);
	int64_t missing = head->sequence - last->sequence - 1;

	if (missing < 0 || missing > GAP_PLAUSIBLE)
		(void)snprintf(batch->gap, sizeof(batch->gap),
			       "%show many is not known, for the counter went from "
			       "%" PRId64 " to %" PRId64,
			       what, last->sequence, head->sequence);
	else
		(void)snprintf(batch->gap, sizeof(batch->gap),
			       "%sat most %" PRId64
			       " records are missing, between sequence "
			       "numbers %" PRId64 " and %" PRId64 ", %" PRId64 " hours",
			       what, missing, last->sequence, head->sequence,
			       (head->stamp - last->stamp) / SECONDS_A_HOUR);
}

static int tell_gap(struct telegram_batch *batch, struct store_writer *writer)
{
	const struct latest_record *last =
		batch->last.is_there ? &batch->last : &batch->latest;
	sqlite3_stmt *event = writer->statements[STATEMENT_EVENT_ADD];
	enum telegram_outcome head =
		batch->count > 0 ? batch->entries[0].outcome : TELEGRAM_KNOWN;

	batch->gap[0] = '\0';
	if (!batch->expects_known || !last->is_there || head == TELEGRAM_KNOWN ||
	    head == TELEGRAM_REFUSED)
		return SQLITE_OK;
	describe(batch, last);
	sqlite3_bind_int64(event, 1, batch->expected_at_ms);
	sqlite3_bind_text(event, 2, "overlap_missing", -1, SQLITE_STATIC);
	sqlite3_bind_text(event, 3, "warning", -1, SQLITE_STATIC);
	sqlite3_bind_int64(event, 4, batch->terminal);
	sqlite3_bind_text(event, 5, batch->gap, -1, SQLITE_STATIC);
	return statement_run(event);
}

static int note_head(const struct telegram_batch *batch, struct store_writer *writer,
		     int64_t head_place)
{
	sqlite3_stmt *statement = writer->statements[STATEMENT_TERMINAL_HEAD];
	if (head_place == 0 || batch->is_import)
		return SQLITE_OK;
	sqlite3_bind_int64(statement, 1, batch->terminal);
	sqlite3_bind_int64(statement, 2, head_place);
	return statement_run(statement);
}

static int begin_deletion(const struct telegram_batch *batch, struct store_writer *writer)
{
	sqlite3_stmt *statement = writer->statements[STATEMENT_TERMINAL_DELETION_BEGUN];
	if (!batch->begins_deletion)
		return SQLITE_OK;
	sqlite3_bind_int64(statement, 1, batch->terminal);
	sqlite3_bind_int64(statement, 2, batch->deletion_begun_ms);
	return statement_run(statement);
}

int telegram_batch_note(struct telegram_batch *batch, struct store_writer *writer,
			int64_t head_place)
{
	int rc = tell_gap(batch, writer);
	if (rc == SQLITE_OK)
		rc = note_head(batch, writer, head_place);
	return rc == SQLITE_OK ? begin_deletion(batch, writer) : rc;
}
