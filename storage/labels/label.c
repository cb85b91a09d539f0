/* SPDX-License-Identifier: MIT */
/*
 * The job: each change in turn under a savepoint. With a complaint, or when only looking,
 * the savepoint is rolled back: the transaction of others goes on, and the writer's
 * caches are dropped, for they may hold rows that are no more.
 */
#include "storage/labels/label.h"

#include <stdarg.h>
#include <stdio.h>

#include "storage/labels/label_run.h"

struct label_job {
	struct store_job job;
	const struct label_options *options;
	const struct label_change *changes;
	uint32_t count;
	struct label_result *result;
};

int label_complain(struct label_run *run, const char *format, ...)
{
	struct label_result *result = run->result;
	va_list arguments;
	run->is_wrong = true;
	if (result->complaint_count++ >= LABEL_COMPLAINTS_MAX)
		return SQLITE_OK;
	struct label_complaint *complaint =
		&result->complaints[result->complaint_count - 1];
	complaint->line = run->change->line;
	va_start(arguments, format);
	vsnprintf(complaint->text, sizeof complaint->text, format, arguments);
	va_end(arguments);
	return SQLITE_OK;
}

static int carry_out(struct label_run *run, const struct label_change *change)
{
	static int (*const steps[LABEL_KIND_COUNT])(struct label_run *,
						    const struct label_change *) = {
		[LABEL_PLACE] = label_place, [LABEL_TERMINAL] = label_terminal,
		[LABEL_METER] = label_meter, [LABEL_EXCHANGE] = label_exchange,
		[LABEL_SPLIT] = label_split, [LABEL_JOIN] = label_join,
	};
	int64_t before = sqlite3_total_changes64(run->db);
	run->change = change;
	run->is_wrong = false;
	int rc = steps[change->kind](run, change);
	if (rc != SQLITE_OK || run->is_wrong)
		return rc;
	if (sqlite3_total_changes64(run->db) != before)
		run->result->changed++;
	else
		run->result->unchanged++;
	return SQLITE_OK;
}

static int run_all(struct label_job *self, struct label_run *run)
{
	int rc = SQLITE_OK;
	for (uint32_t i = 0; rc == SQLITE_OK && i < self->count; i++)
		rc = carry_out(run, &self->changes[i]);
	return rc;
}

static int run_job(struct store_job *job, struct store_writer *writer)
{
	struct label_job *self = (struct label_job *)job;
	struct label_run run = { .writer = writer,
				 .db = writer->db,
				 .options = *self->options,
				 .result = self->result };
	*self->result = (struct label_result){ 0 };
	int rc = sqlite3_exec(writer->db, "SAVEPOINT label", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = run_all(self, &run);
	/* An error rolls the whole transaction back. */
	if (rc != SQLITE_OK)
		return rc;
	if (self->result->complaint_count > 0 || self->options->is_dry_run)
		rc = sqlite3_exec(writer->db, "ROLLBACK TO label", NULL, NULL, NULL);
	writer_forget(writer);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(writer->db, "RELEASE label", NULL, NULL, NULL);
	return rc;
}

bool label_apply(struct store_caller *caller, const struct label_change *changes,
		 uint32_t count, const struct label_options *options,
		 struct label_result *ret_result, char error[STORE_ERROR_MAX])
{
	struct label_job self = {
		.job = { .run = run_job, .bytes = sizeof self },
		.options = options,
		.changes = changes,
		.count = count,
		.result = ret_result,
	};
	enum store_result result = store_call(caller, &self.job);
	if (result == STORE_REJECTED)
		snprintf(error, STORE_ERROR_MAX, "%s", self.job.error);
	else if (result != STORE_COMMITTED)
		snprintf(error, STORE_ERROR_MAX,
			 "the store was closed first; nothing was changed");
	return result == STORE_COMMITTED;
}
