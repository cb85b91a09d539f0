/* SPDX-License-Identifier: MIT */
#include "storage/transaction.h"

#include <stdio.h>

static int run_job(struct store_writer *writer, struct store_job *job)
{
	job->error[0] = '\0';
	job->result = STORE_COMMITTED;
	int rc = job->run(job, writer);
	if (rc != SQLITE_OK && job->error[0] == '\0')
		snprintf(job->error, sizeof job->error, "%s", sqlite3_errmsg(writer->db));
	return rc;
}

static int run_apart(struct store_writer *writer, struct store_job *job)
{
	int rc = writer_save(writer);
	if (rc == SQLITE_OK)
		rc = run_job(writer, job);
	if (rc == SQLITE_OK)
		return writer_keep(writer);
	if (!trouble_is_fault(rc))
		return rc;
	job->result = STORE_REJECTED;
	return writer_undo(writer);
}

static int run_jobs(struct store_writer *writer, struct store_job *job, size_t count)
{
	int rc = SQLITE_OK;
	for (; rc == SQLITE_OK && count > 0; count--, job = job->next)
		rc = writer->is_isolating ? run_apart(writer, job) : run_job(writer, job);
	return rc;
}

enum transaction_outcome transaction_run(struct store_writer *writer,
					 struct store_job *first, size_t count,
					 bool is_isolating, struct trouble *ret_trouble,
					 char error[STORE_ERROR_MAX])
{
	bool is_in_jobs = false;
	int rc = writer_begin(writer, is_isolating);
	if (rc == SQLITE_OK) {
		rc = run_jobs(writer, first, count);
		is_in_jobs = rc != SQLITE_OK;
	}
	if (rc == SQLITE_OK)
		rc = writer_commit(writer);
	if (rc == SQLITE_OK)
		return TRANSACTION_COMMITTED;
	/* With no job at fault, none may be refused for it: it is tried again. */
	*ret_trouble = trouble_of_database(writer->db, rc);
	trouble_explain(writer->db, rc, error);
	writer_rollback(writer);
	return is_in_jobs && !is_isolating && trouble_is_fault(rc) ? TRANSACTION_FAULT
								   : TRANSACTION_TROUBLE;
}
