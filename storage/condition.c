/* SPDX-License-Identifier: MIT */
#include "storage/condition.h"

#include <stdio.h>

#include "storage/database.h"
#include "storage/small_job.h"

struct condition_job {
	struct store_job job;
	struct store_condition condition;
	bool is_begin;
	char text[];
};

/* Opens or closes the row; *ret_is_changed: it was not so before. */
static int change(const struct condition_job *self, struct store_writer *writer,
		  bool *ret_is_changed)
{
	const struct store_condition *condition = &self->condition;
	sqlite3_stmt *row = writer->statements[self->is_begin ? STATEMENT_CONDITION_BEGIN
							      : STATEMENT_CONDITION_END];
	sqlite3_bind_int64(row, 1, condition->terminal);
	sqlite3_bind_text(row, 2, condition->kind, -1, SQLITE_STATIC);
	sqlite3_bind_text(row, 3, condition->subject, -1, SQLITE_STATIC);
	if (self->is_begin) {
		sqlite3_bind_text(row, 4, condition->severity, -1, SQLITE_STATIC);
		sqlite3_bind_int64(row, 5, condition->at_ms);
		sqlite3_bind_text(row, 6, condition->detail, -1, SQLITE_STATIC);
	}
	int rc = statement_run(row);
	*ret_is_changed = sqlite3_changes(writer->db) > 0;
	return rc;
}

static int run(struct store_job *job, struct store_writer *writer)
{
	const struct condition_job *self = (const struct condition_job *)job;
	const struct store_condition *condition = &self->condition;
	sqlite3_stmt *event = writer->statements[STATEMENT_CONDITION_EVENT];
	bool is_changed = false;
	int rc = change(self, writer, &is_changed);
	if (rc != SQLITE_OK || !is_changed)
		return rc;
	sqlite3_bind_int64(event, 1, condition->at_ms);
	sqlite3_bind_text(event, 2, condition->kind, -1, SQLITE_STATIC);
	sqlite3_bind_text(event, 3, condition->severity, -1, SQLITE_STATIC);
	sqlite3_bind_int64(event, 4, condition->terminal);
	sqlite3_bind_text(event, 5, condition->detail, -1, SQLITE_STATIC);
	statement_bind_text(event, 6, span_text(condition->subject));
	sqlite3_bind_text(event, 7, self->is_begin ? "begin" : "end", -1, SQLITE_STATIC);
	return statement_run(event);
}

static bool submit(struct store *store, struct store_port *port,
		   const struct store_condition *condition, bool is_begin)
{
	size_t size = strlen(condition->subject) + strlen(condition->detail) + 2;
	struct condition_job *self =
		small_job_new(port, sizeof *self, size, run, small_job_done);
	if (self == NULL)
		return false;
	char *place = self->text;
	self->condition = *condition;
	self->condition.subject = small_job_text(&place, condition->subject);
	self->condition.detail = small_job_text(&place, condition->detail);
	self->is_begin = is_begin;
	store_submit(store, &self->job);
	return true;
}

bool condition_begin(struct store *store, struct store_port *port,
		     const struct store_condition *condition)
{
	return submit(store, port, condition, true);
}

bool condition_end(struct store *store, struct store_port *port,
		   const struct store_condition *condition)
{
	return submit(store, port, condition, false);
}

bool condition_list_read(const char *path,
			 void (*visit)(const struct condition_list_entry *entry,
				       void *context),
			 void *context, char error[STORE_ERROR_MAX])
{
	static const char sql[] = "SELECT identity, kind, subject, detail, begun_ms"
				  " FROM condition JOIN terminal"
				  " ON terminal.id = condition.terminal";
	sqlite3_stmt *rows = NULL;
	sqlite3 *db = database_open_reader(path, error);

	if (db == NULL)
		return false;
	int status = sqlite3_prepare_v2(db, sql, -1, &rows, NULL);
	while (status == SQLITE_OK && sqlite3_step(rows) == SQLITE_ROW) {
		struct condition_list_entry entry = {
			.terminal = (const char *)sqlite3_column_text(rows, 0),
			.kind = (const char *)sqlite3_column_text(rows, 1),
			.subject = (const char *)sqlite3_column_text(rows, 2),
			.detail = (const char *)sqlite3_column_text(rows, 3),
			.begun_ms = sqlite3_column_int64(rows, 4),
		};
		visit(&entry, context);
	}
	if (status == SQLITE_OK)
		status = sqlite3_reset(rows);
	if (status != SQLITE_OK)
		(void)snprintf(error, STORE_ERROR_MAX,
			       "%s: cannot read the open conditions: %s", path,
			       sqlite3_errmsg(db));
	(void)sqlite3_finalize(rows);
	(void)sqlite3_close(db);
	return status == SQLITE_OK;
}
