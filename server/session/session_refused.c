/* SPDX-License-Identifier: MIT */
/*
 * Records that the store cannot take. It tries twice: as decoded, and with the raw data
 * alone. The second form is on disk like any other record and may be deleted; a record
 * that is refused in both stays in the terminal.
 *
 * Happy path: there are none.
 *
 * Failure modes: each of the two is an event for the first such record of a reply, told
 * once, and a log line for each; a refused record also stands in the status until a reply
 * comes without one.
 */
#include <inttypes.h>
#include <stdio.h>

#include "server/session/session_parts.h"

enum { RAW_LOGGED = 200 };

static void log_one(struct session *session, const char *event,
		    const struct store_telegram *record)
{
	char hex[2 * RAW_LOGGED + 1] = "";
	struct log_line line;

	if (!log_begin(&line, session->fleet->log, LOG_ERROR, event, session->peer))
		return;
	log_number(&line, "stamp", record->stamp);
	log_number(&line, "sequence", record->sequence);
	for (size_t i = 0; i < record->raw.size && i < RAW_LOGGED; i++)
		(void)snprintf(hex + 2 * i, 3, "%02X", record->raw.data[i]);
	if (record->raw_is_text)
		log_bytes(&line, "raw", record->raw.data, record->raw.size);
	else
		log_text(&line, "raw", hex);
	log_end(&line);
}

/* Logs each record from `from` on with this outcome; ret_first is the first of them. */
static uint32_t log_all(struct session *session, const struct telegram_batch *batch,
			uint32_t from, enum telegram_outcome outcome, const char *event,
			uint32_t *ret_first)
{
	uint32_t found = 0;

	for (uint32_t i = from; i < telegram_batch_count(batch); i++) {
		if (telegram_batch_outcome(batch, i) != outcome)
			continue;
		if (found++ == 0)
			*ret_first = i;
		log_one(session, event, telegram_batch_get(batch, i));
	}
	return found;
}

static void tell(struct session *session, const struct telegram_batch *batch,
		 uint32_t from, enum telegram_outcome outcome, const char *kind,
		 const char *meaning)
{
	uint32_t first = 0;
	uint32_t found = log_all(session, batch, from, outcome, kind, &first);
	char detail[480];

	if (found == 0)
		return;
	const struct store_telegram *record = telegram_batch_get(batch, first);
	(void)snprintf(detail, sizeof(detail),
		       "%u record(s) of a reply, the first with stamp %" PRId64
		       " and sequence %" PRId64 ": %s; %s",
		       found, record->stamp, record->sequence, meaning,
		       telegram_batch_error(batch));
	session_event(session, "error", kind, detail);
}

static bool is_record(const struct store_telegram *record,
		      const struct terminal_refused *refused)
{
	return record->stamp == refused->stamp && record->sequence == refused->sequence;
}

/* Behind the record that was told last time; 0 if it is not there any more. */
static uint32_t first_untold(const struct terminal *terminal,
			     const struct telegram_batch *batch)
{
	for (uint32_t i = 0; terminal->refused_count > 0; i++) {
		if (i == telegram_batch_count(batch))
			break;
		if (is_record(telegram_batch_get(batch, i), &terminal->refused_last))
			return i + 1;
	}
	return 0;
}

static struct terminal_refused refused_of(const struct telegram_batch *batch, uint32_t n)
{
	const struct store_telegram *record = telegram_batch_get(batch, n);
	return (struct terminal_refused){ record->stamp, record->sequence };
}

/* Which records of the batch were refused, for the status and for next time. */
static void keep_account(struct terminal *terminal, const struct telegram_batch *batch,
			 struct smartcom_commit *commit)
{
	uint32_t count = telegram_batch_count(batch);

	for (uint32_t i = count; i-- > 0;) {
		if (telegram_batch_outcome(batch, i) != TELEGRAM_REFUSED)
			continue;
		if (commit->retained == 0)
			terminal->refused_last = refused_of(batch, i);
		terminal->refused_first = refused_of(batch, i);
		commit->retained = count - i;
	}
	terminal->refused_count = telegram_batch_refused_count(batch);
}

void session_tell_refused(struct session *session, const struct telegram_batch *batch,
			  struct smartcom_commit *commit)
{
	struct terminal *terminal = session->terminal;
	bool had_refused = terminal->refused_count > 0;

	if (telegram_batch_error(batch)[0] == '\0' && !had_refused)
		return;
	tell(session, batch, 0, TELEGRAM_BARE, "record_stored_raw",
	     "stored with its raw data alone, readout redecode will try again");
	tell(session, batch, first_untold(terminal, batch), TELEGRAM_REFUSED,
	     "record_refused",
	     "it cannot be stored in any form, so it and all behind it stay in the "
	     "terminal, whose memory will fill up; what is behind it is stored");
	/* It was left in the terminal on purpose: nothing was lost before it. */
	if (had_refused && telegram_batch_outcome(batch, 0) == TELEGRAM_REFUSED &&
	    is_record(telegram_batch_get(batch, 0), &terminal->refused_first))
		commit->is_head_known = true;
	keep_account(terminal, batch, commit);
	if (had_refused && terminal->refused_count == 0)
		session_event(session, "info", "record_refused_ended",
			      "no record of the last reply was refused by the store");
}
