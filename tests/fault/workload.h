/* SPDX-License-Identifier: MIT */
/*
 * The store at work: terminals of a book make records and deliver them in batches with
 * an overlap, delete what was acknowledged, and all else that a daemon asks of its store
 * happens beside them: contacts, events, device tables, the cursor of an exporter, a
 * reader of the log, and a connection that pins the write-ahead log.
 *
 * Each step is queued while the writer is held in a job of ours, so one seed gives one
 * course of events. Whatever fails for want of memory is left out and comes again later,
 * as with a terminal that calls again.
 */
#ifndef READOUT_TESTS_FAULT_WORKLOAD_H
#define READOUT_TESTS_FAULT_WORKLOAD_H

#include <semaphore.h>
#include <stdatomic.h>

#include "storage/log_reader.h"
#include "tests/fault/book.h"
#include "tests/fault/disk.h"

/* Holds the writer until it is opened. */
struct workload_gate {
	struct store_job job;
	struct workload *workload;
	sem_t open;
	atomic_bool is_entered;
	bool is_answered_next; /* the writer's: its next answer is to this job alone */
};

struct workload_delivery {
	struct workload *workload;
	uint32_t terminal, first;
	bool is_deleting;
	/* The terminal has carried it out; the store hears of it in the next step. */
	bool has_deleted;
	int64_t deleted_stamp, deleted_sequence;
};

struct workload {
	struct book *book;
	struct disk *disk;
	const char *path;
	struct dice dice;
	bool is_reading; /* a reader of the log runs along */
	bool is_pinning; /* a transaction that reads stays open */
	/*
	 * Asked on the writer thread when telegrams were answered: does the power go now,
	 * before the writer does anything else? NULL: never.
	 */
	bool (*cuts_at_answer)(void *context);
	void *cut_context;

	struct store *store;
	struct store_port *port;
	struct layout_table *layouts;
	const struct layout *layout[BOOK_LAYOUTS];
	struct log_reader *reader;
	int64_t read_until;
	bool is_listed; /* the terminals were, once */
	sqlite3 *pin;
	sem_t woken;
	struct workload_gate gate;
	atomic_bool has_batches; /* of telegrams, in this step */
	struct workload_delivery deliveries[BOOK_TERMINALS];
	int64_t ids[BOOK_TERMINALS]; /* of terminals met in this life; 0 not yet */
	int64_t log_end;
	unsigned outstanding; /* jobs whose answer is counted */
	char error[STORE_ERROR_MAX];
};

/* false: the store cannot be opened, and error says why. */
bool workload_open(struct workload *workload);

/* Some of everything, to its answers; returns early when the power goes. */
void workload_step(struct workload *workload);

/* Stops whatever was opened and takes the last answers. */
void workload_close(struct workload *workload);

#endif
