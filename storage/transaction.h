/* SPDX-License-Identifier: MIT */
/* Runs jobs in one transaction and says what a failure means. Writer thread. */
#ifndef READOUT_STORAGE_TRANSACTION_H
#define READOUT_STORAGE_TRANSACTION_H

#include "storage/job_list.h"
#include "storage/trouble.h"
#include "storage/writer.h"

enum transaction_outcome {
	TRANSACTION_COMMITTED,
	TRANSACTION_FAULT,   /* a job's own fault: to be run again, isolating */
	TRANSACTION_TROUBLE, /* disk, file or rival; or the file is damaged */
};

/*
 * Runs the first count jobs of the list, all or none. On any outcome but COMMITTED the
 * transaction is rolled back; on TROUBLE *ret_trouble and error say why.
 *
 * Isolating, what cannot be stored is undone alone, at the cost of a savepoint for each
 * job and each telegram: the outcome is never FAULT, and after COMMITTED job->result says
 * which of them were rejected.
 */
enum transaction_outcome transaction_run(struct store_writer *writer,
					 struct store_job *first, size_t count,
					 bool is_isolating, struct trouble *ret_trouble,
					 char error[STORE_ERROR_MAX]);

#endif
