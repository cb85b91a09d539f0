/* SPDX-License-Identifier: MIT */
#include "tests/fault/deliver.h"

#include <inttypes.h>
#include <stdio.h>

#include "storage/cursor.h"
#include "storage/event.h"
#include "storage/terminal_record.h"

enum {
	NEW_RECORDS_MAX = 9, /* of a terminal in one step */
	BATCH_MAX = 12,
	BATCH_BYTES = 1 << 20,
	OFTEN = 700, /* permille */
	SELDOM = 200,
};

static const int64_t now_ms = 1700000000000;
static const char exporter[] = "csv";

/* A fault of the disk or of memory is no reason to refuse a record. */
static void check_result(struct workload *workload, enum store_result result,
			 const char *what)
{
	workload->outstanding--;
	if (result == STORE_REJECTED)
		book_complain(workload->book, "%s was rejected", what);
}

static void on_contact(const struct terminal_state *state, enum store_result result,
		       void *context)
{
	struct workload_delivery *delivery = context;
	struct workload *workload = delivery->workload;
	const struct book_terminal *terminal =
		&workload->book->terminals[delivery->terminal];
	check_result(workload, result, "a contact");
	if (result != STORE_COMMITTED)
		return;
	workload->ids[delivery->terminal] = state->id;
	if (terminal->is_deletion_begun && !state->is_deletion_begun)
		book_complain(workload->book, "the begun deletion of %s was forgotten",
			      terminal->identity);
}

static void contact(struct workload *workload, struct workload_delivery *delivery)
{
	const char *identity = workload->book->terminals[delivery->terminal].identity;
	if (terminal_record_open(workload->store, workload->port, identity, "10.0.0.1:4",
				 "1.2", now_ms, on_contact, delivery))
		workload->outstanding++;
}

/* The OK of DEL_OLDEST: all but the last of the batch are gone. */
static void delete_all_but_last(struct workload *workload,
				struct workload_delivery *delivery, uint32_t last)
{
	struct book_terminal *terminal = &workload->book->terminals[delivery->terminal];
	struct book_record record;
	terminal->is_deletion_begun = true;
	if (last == terminal->first)
		return;
	book_record(delivery->terminal, last - 1, &record);
	delivery->has_deleted = true;
	delivery->deleted_stamp = record.stamp;
	delivery->deleted_sequence = record.sequence;
	terminal->first = last;
}

static void end_deletion(struct workload *workload, struct workload_delivery *delivery)
{
	if (delivery->has_deleted &&
	    terminal_record_end_deletion(
		    workload->store, workload->port, workload->ids[delivery->terminal],
		    true, delivery->deleted_stamp, delivery->deleted_sequence))
		workload->book->terminals[delivery->terminal].is_deletion_begun = false;
	delivery->has_deleted = false;
}

static void acknowledge(struct workload *workload, struct workload_delivery *delivery,
			const struct telegram_batch *batch)
{
	struct book_terminal *terminal = &workload->book->terminals[delivery->terminal];
	uint32_t count = telegram_batch_count(batch);
	for (uint32_t i = 0; i < count; i++) {
		bool *is_acknowledged = &terminal->is_acknowledged[delivery->first + i];
		if (*is_acknowledged &&
		    telegram_batch_outcome(batch, i) != TELEGRAM_KNOWN)
			book_complain(workload->book,
				      "record %" PRIu32 " of %s was not known any more",
				      delivery->first + i, terminal->identity);
		*is_acknowledged = true;
	}
	workload->book->committed += count;
	if (delivery->is_deleting)
		delete_all_but_last(workload, delivery, delivery->first + count - 1);
}

static void on_batch(struct telegram_batch *batch, enum store_result result,
		     void *context)
{
	struct workload_delivery *delivery = context;
	struct workload *workload = delivery->workload;
	check_result(workload, result, telegram_batch_error(batch));
	if (result == STORE_COMMITTED)
		acknowledge(workload, delivery, batch);
	telegram_batch_free(batch);
}

static bool add(struct workload *workload, struct telegram_batch *batch,
		uint32_t terminal, uint32_t number)
{
	struct book_record record;
	book_record(terminal, number, &record);
	struct store_telegram telegram = book_telegram(&record, workload->layout);
	return telegram_batch_add(batch, &telegram);
}

static void deliver(struct workload *workload, struct workload_delivery *delivery)
{
	struct book_terminal *terminal = &workload->book->terminals[delivery->terminal];
	uint32_t room = BOOK_RECORDS_MAX - terminal->made;
	uint32_t made = 1 + dice_below(&workload->dice, NEW_RECORDS_MAX);
	terminal->made += made < room ? made : room;
	struct telegram_batch *batch = telegram_batch_new(
		workload->port, workload->ids[delivery->terminal], BATCH_BYTES);
	if (batch == NULL)
		return;
	delivery->first = terminal->first;
	delivery->is_deleting = dice_permille(&workload->dice, OFTEN);
	uint32_t count = 0;
	while (count < BATCH_MAX && terminal->first + count < terminal->made &&
	       add(workload, batch, delivery->terminal, terminal->first + count))
		count++;
	if (delivery->is_deleting)
		telegram_batch_begin_deletion(batch, now_ms);
	if (count == 0) {
		telegram_batch_free(batch);
		return;
	}
	workload->outstanding++;
	workload->has_batches = true;
	telegram_batch_submit(batch, on_batch, delivery);
}

static void on_cursor(const struct cursor_state *state, enum store_result result,
		      void *context)
{
	struct workload *workload = context;
	check_result(workload, result, "a cursor");
	if (result != STORE_COMMITTED)
		return;
	if (state->position < workload->book->cursor)
		book_complain(workload->book,
			      "the cursor stands at %" PRId64 ", it was at %" PRId64,
			      state->position, workload->book->cursor);
	workload->book->cursor = state->position;
}

static void export(struct workload *workload)
{
	struct store *store = workload->store;
	struct store_port *port = workload->port;
	/* Its opening could be missed for want of memory: then the others must wait. */
	if (!cursor_open(store, port, exporter, on_cursor, workload))
		return;
	workload->outstanding++;
	if (workload->log_end == 0)
		return;
	if (cursor_announce(store, port, exporter, workload->log_end, on_cursor,
			    workload))
		workload->outstanding++;
	const struct cursor_note note = { "of a test", "known as" };
	if (cursor_move(store, port, exporter, workload->log_end, &note, 1, on_cursor,
			workload))
		workload->outstanding++;
	const struct dead_letter letter = { "for a test", "sent", "replied" };
	dead_letter_add(store, port, exporter, workload->log_end, &letter, now_ms);
}

static void note_event(struct workload *workload, int64_t terminal)
{
	char detail[BOOK_TEXT_MAX];
	snprintf(detail, sizeof detail, "event %" PRIu32, workload->book->events++);
	struct store_event event = { now_ms, "test", "info", terminal, detail };
	event_submit(workload->store, workload->port, &event);
}

void deliver_step(struct workload *workload)
{
	workload->has_batches = false;
	for (uint32_t i = 0; i < BOOK_TERMINALS; i++) {
		struct workload_delivery *delivery = &workload->deliveries[i];
		delivery->workload = workload;
		delivery->terminal = i;
		end_deletion(workload, delivery);
		if (workload->ids[i] == 0)
			contact(workload, delivery);
		else if (dice_permille(&workload->dice, OFTEN))
			deliver(workload, delivery);
	}
	if (dice_permille(&workload->dice, SELDOM))
		terminal_record_device_table(workload->store, workload->port, 1,
					     span_text("[]"), now_ms);
	if (dice_permille(&workload->dice, OFTEN))
		note_event(workload, workload->ids[0]);
	if (dice_permille(&workload->dice, OFTEN))
		export(workload);
}
