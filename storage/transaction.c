/* SPDX-License-Identifier: MIT */
#include "storage/transaction.h"

#include <stdio.h>

/* What is not listed is the fault of the row: a constraint, a type, a size. */
static const struct {
	int code;
	enum transaction_outcome outcome;
} outcomes[] = {
	{ SQLITE_FULL, TRANSACTION_TROUBLE },
	{ SQLITE_IOERR, TRANSACTION_TROUBLE },
	{ SQLITE_READONLY, TRANSACTION_TROUBLE },
	{ SQLITE_CANTOPEN, TRANSACTION_TROUBLE },
	{ SQLITE_BUSY, TRANSACTION_TROUBLE },
	{ SQLITE_LOCKED, TRANSACTION_TROUBLE },
	{ SQLITE_NOMEM, TRANSACTION_TROUBLE },
	{ SQLITE_PROTOCOL, TRANSACTION_TROUBLE },
	{ SQLITE_PERM, TRANSACTION_TROUBLE },
	{ SQLITE_AUTH, TRANSACTION_TROUBLE },
	{ SQLITE_NOLFS, TRANSACTION_TROUBLE },
	{ SQLITE_INTERRUPT, TRANSACTION_TROUBLE },
	{ SQLITE_ABORT, TRANSACTION_TROUBLE },
	{ SQLITE_CORRUPT, TRANSACTION_CORRUPT },
	{ SQLITE_NOTADB, TRANSACTION_CORRUPT },
};

static enum transaction_outcome outcome_of(int rc)
{
	for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++)
		if (outcomes[i].code == (rc & 0xff))
			return outcomes[i].outcome;
	return TRANSACTION_FAULT;
}

static int run_jobs(struct store_writer *writer, struct store_job *job, size_t count)
{
	int rc = SQLITE_OK;
	for (; rc == SQLITE_OK && count > 0; count--, job = job->next) {
		job->error[0] = '\0';
		rc = job->run(job, writer);
		if (rc != SQLITE_OK && job->error[0] == '\0')
			snprintf(job->error, sizeof job->error, "%s",
				 sqlite3_errmsg(writer->db));
	}
	return rc;
}

enum transaction_outcome transaction_run(struct store_writer *writer,
					 struct store_job *first, size_t count,
					 char error[STORE_ERROR_MAX])
{
	int rc = writer_begin(writer);
	if (rc == SQLITE_OK)
		rc = run_jobs(writer, first, count);
	enum transaction_outcome outcome = outcome_of(rc);
	if (rc == SQLITE_OK) {
		rc = writer_commit(writer);
		/* No job is at fault any more, and nothing may be refused for it. */
		outcome = outcome_of(rc) == TRANSACTION_CORRUPT ? TRANSACTION_CORRUPT
								: TRANSACTION_TROUBLE;
	}
	if (rc == SQLITE_OK)
		return TRANSACTION_COMMITTED;
	snprintf(error, STORE_ERROR_MAX, "%s (SQLite error %d)",
		 sqlite3_errmsg(writer->db), rc);
	writer_rollback(writer);
	return outcome;
}
