/* SPDX-License-Identifier: MIT */
/*
 * A run of the log in the form that plugins see: storage/log_reader.h on one side,
 * exporter.h on the other. Texts stay in the reader's memory, so a batch has a reader of
 * its own, and lives until it is read again or closed. One thread.
 */
#ifndef READOUT_EXPORTERS_LOG_BATCH_H
#define READOUT_EXPORTERS_LOG_BATCH_H

#include "exporters/exporter.h"
#include "storage/log_reader.h"

struct log_batch {
	struct exporter_batch batch; /* what deliver() gets; count 0: empty */
	struct log_reader *reader;
	struct exporter_telegram *telegrams; /* of batch */
	struct exporter_reading *readings;   /* of all telegrams, one after the other */
	size_t telegram_capacity, reading_capacity;
	uint64_t bytes; /* of the data of its telegrams */
	bool is_full;   /* a limit was reached: there may be more */
};

/* false and a message in error when the log cannot be read. Close in both cases. */
bool log_batch_open(struct log_batch *batch, const char *database_path,
		    char error[EXPORTER_ERROR_MAX]);
void log_batch_close(struct log_batch *batch); /* all zero is fine */

/*
 * Reads what the query finds and returns the number of telegrams, or -1 and a message in
 * error; the batch is empty then. first_id becomes after + 1 and last_id how far the log
 * was looked through: until, where nothing more is before it.
 */
int log_batch_read(struct log_batch *batch, const struct log_query *query,
		   char error[EXPORTER_ERROR_MAX]);

/* Takes out those of the first count telegrams for which is_done(context, i) holds. */
void log_batch_drop(struct log_batch *batch, uint32_t count,
		    bool (*is_done)(const void *context, uint32_t i),
		    const void *context);

#endif
