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
};

/* false and a message in error when the log cannot be read. Close in both cases. */
bool log_batch_open(struct log_batch *batch, const char *database_path,
		    char error[EXPORTER_ERROR_MAX]);
void log_batch_close(struct log_batch *batch); /* all zero is fine */

/*
 * Reads at most limit telegrams with after < id <= until (until < 0: no bound) and
 * returns their number, or -1 and a message in error; the batch is empty then. first_id
 * becomes after + 1 and last_id until or, without a bound, the id of the last telegram.
 */
int log_batch_read(struct log_batch *batch, int64_t after, int64_t until, uint32_t limit,
		   char error[EXPORTER_ERROR_MAX]);

/* Takes out the telegrams for which is_done(context, i) holds. */
void log_batch_drop(struct log_batch *batch,
		    bool (*is_done)(const void *context, uint32_t i),
		    const void *context);

#endif
