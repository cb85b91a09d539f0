/* SPDX-License-Identifier: MIT */
/* Runs jobs in one transaction and says what a failure means. Writer thread. */
#ifndef READOUT_STORAGE_TRANSACTION_H
#define READOUT_STORAGE_TRANSACTION_H

#include "storage/job_list.h"
#include "storage/writer.h"

enum transaction_outcome {
	TRANSACTION_COMMITTED,
	TRANSACTION_FAULT,   /* a job's own fault; the others may well be stored */
	TRANSACTION_TROUBLE, /* disk full, I/O error, busy, no memory: it may pass */
	TRANSACTION_CORRUPT, /* the file is damaged: writing must stop */
};

/*
 * Runs the first count jobs of the list, all or none. On any outcome but COMMITTED the
 * transaction is rolled back and error says why.
 */
enum transaction_outcome transaction_run(struct store_writer *writer,
					 struct store_job *first, size_t count,
					 char error[STORE_ERROR_MAX]);

#endif
