/* SPDX-License-Identifier: MIT */
/*
 * What one terminal delivered in one reply, on its way to the log: a store job that is
 * committed as a whole. The batch copies everything into one block of memory whose limit
 * is fixed at its creation. Built on the loop thread, run by the writer, read again by
 * the loop thread in done().
 *
 * Identity (docs/architecture.md): a record is known when the terminal has already
 * delivered one with the same stamp as sent, sequence and payload (and epoch, for stamps
 * that cannot be true); with another payload it is kept as the next variant. Nothing is
 * stored twice, nothing different is taken for the same.
 *
 * A record that cannot be stored leaves its neighbours alone: its raw data are stored
 * without what was decoded, and if even that fails it comes back TELEGRAM_REFUSED.
 */
#ifndef READOUT_STORAGE_TELEGRAM_BATCH_H
#define READOUT_STORAGE_TELEGRAM_BATCH_H

#include "protocol/mbus/mbus_address.h"
#include "storage/store.h"

/*
 * No terminal with a record memory existed before 2014-01-01: an earlier stamp cannot be
 * true. Part of the identity of records, so it never changes.
 */
#define TELEGRAM_STAMP_PLAUSIBLE INT64_C(1388534400)

/* One record, decoded. Spans are copied by telegram_batch_add(). */
struct store_telegram {
	int64_t stamp; /* as sent */
	int64_t sequence;
	int64_t received_at_ms; /* Unix time */
	int64_t read_at;        /* Unix time in seconds, corrected by the clock offset */
	const char *time_quality; /* static: "terminal", "corrected", "received" (stamp
				     cannot be true) */
	const char *kind;         /* static: scdata_kind_text() */
	int64_t device_index;
	int64_t error_code;
	bool has_rssi;
	int64_t rssi_dbm;
	struct span device; /* device identification; empty: none */
	bool has_meter;
	struct mbus_address meter;
	int access_number;    /* -1 none */
	int meter_status;     /* -1 none */
	bool has_error_flags; /* the meter sent its own error flags; not stored apart */
	int64_t error_flags;
	struct span raw;
	bool raw_is_text; /* the data as it came, not bytes of a well-formed telegram */
	const struct layout *layout; /* NULL: not decoded */
	struct span vals;            /* JSON array in record order; empty: none */
	struct span remarks; /* JSON array in record order, null where there is nothing to
				say, and none after the last; empty: none */
	const char *decode_status;    /* static: telegram_status_text() and others */
	const char *decode_diagnosis; /* static; "" none */
};

/* What the writer found about the terminal's memory; see terminal_record.h. */
struct telegram_batch;

enum telegram_outcome {
	TELEGRAM_NEW,
	TELEGRAM_KNOWN,
	TELEGRAM_VARIANT, /* new, with a stamp and sequence that were there with another
			     payload */
	TELEGRAM_BARE,    /* new; its decoded form cannot be stored, so its raw data were
			     stored alone, with decode_status "refused" */
	TELEGRAM_REFUSED, /* not stored in any form: it must not be deleted anywhere */
};

/*
 * Makes an empty batch for a terminal. limit_bytes bounds its memory. port: where it
 * comes back. NULL when out of memory.
 */
struct telegram_batch *telegram_batch_new(struct store_port *port, int64_t terminal,
					  size_t limit_bytes);
void telegram_batch_free(struct telegram_batch *batch); /* NULL is fine */

/* Appends a copy. false: the limit would be passed (or memory is out); nothing was added.
 */
bool telegram_batch_add(struct telegram_batch *batch,
			const struct store_telegram *telegram);

uint32_t telegram_batch_count(const struct telegram_batch *batch);
size_t telegram_batch_bytes(const struct telegram_batch *batch);

/* The n-th record, n < count. Its spans may be read once the batch has come back. */
const struct store_telegram *telegram_batch_get(const struct telegram_batch *batch,
						uint32_t n);

/*
 * Says that a DEL_OLDEST may be sent once this batch is committed: the terminal is marked
 * "deletion begun" in the same transaction, so that a crash before its OK leaves a trace.
 */
void telegram_batch_begin_deletion(struct telegram_batch *batch, int64_t now_ms);

/*
 * Says that its first record has to be one that the store has: one that was left in the
 * terminal's memory. If it is not, an event overlap_missing is written in the same
 * transaction, with the distance from the terminal's latest record, or from the one named
 * by telegram_batch_expect_after().
 */
void telegram_batch_expect_known(struct telegram_batch *batch, int64_t now_ms);
void telegram_batch_expect_after(struct telegram_batch *batch, int64_t stamp,
				 int64_t sequence);

/*
 * Submits the batch; it belongs to the writer until done(batch, result, context) is
 * called on the port's thread, which may read the outcomes and must free it.
 */
void telegram_batch_submit(struct telegram_batch *batch,
			   void (*done)(struct telegram_batch *batch,
					enum store_result result, void *context),
			   void *context);

/* After done() with STORE_COMMITTED. */
enum telegram_outcome telegram_batch_outcome(const struct telegram_batch *batch,
					     uint32_t n);
/* What the event overlap_missing says; "" none was written. */
const char *telegram_batch_gap(const struct telegram_batch *batch);
uint32_t telegram_batch_new_count(const struct telegram_batch *batch);
uint32_t telegram_batch_refused_count(const struct telegram_batch *batch);

/* Why the batch was rejected, or the first of its bare and refused records: which
 * terminal and record it was and what the database said. "" none. */
const char *telegram_batch_error(const struct telegram_batch *batch);

#endif
