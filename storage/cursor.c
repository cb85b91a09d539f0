/* SPDX-License-Identifier: MIT */
#include "storage/cursor.h"

#include <stdio.h>
#include <stdlib.h>

#include "storage/small_job.h"

struct cursor_job {
	struct store_job job;
	enum statement change; /* what is done before the cursor is read back */
	int64_t position;
	struct cursor_state state;
	cursor_done_cb done;
	void *context;
	char exporter[];
};

struct dead_letter_job {
	struct store_job job;
	int64_t telegram;
	int64_t now_ms;
	const char *exporter;
	const char *reason;
	char text[];
};

static int read_back(struct cursor_job *self, sqlite3_stmt *statement)
{
	sqlite3_bind_text(statement, 1, self->exporter, -1, SQLITE_STATIC);
	bool is_found = sqlite3_step(statement) == SQLITE_ROW;
	if (is_found)
		self->state = (struct cursor_state){ sqlite3_column_int64(statement, 0),
						     sqlite3_column_int64(statement, 1) };
	int rc = sqlite3_reset(statement);
	if (rc != SQLITE_OK || is_found)
		return rc;
	snprintf(self->job.error, STORE_ERROR_MAX,
		 "the exporter %s has no cursor; open it first", self->exporter);
	return SQLITE_ERROR;
}

static int run(struct store_job *job, struct store_writer *writer)
{
	struct cursor_job *self = (struct cursor_job *)job;
	sqlite3_stmt *change = writer->statements[self->change];
	sqlite3_bind_text(change, 1, self->exporter, -1, SQLITE_STATIC);
	if (self->change != STATEMENT_CURSOR_ADD)
		sqlite3_bind_int64(change, 2, self->position);
	int rc = statement_run(change);
	if (rc == SQLITE_OK)
		rc = read_back(self, writer->statements[STATEMENT_CURSOR_FIND]);
	return rc;
}

static void on_done(struct store_job *job, enum store_result result)
{
	struct cursor_job *self = (struct cursor_job *)job;
	if (self->done != NULL)
		self->done(&self->state, result, self->context);
	free(self);
}

static bool submit(struct store *store, struct store_port *port, const char *exporter,
		   enum statement change, int64_t position, cursor_done_cb done,
		   void *context)
{
	size_t size = strlen(exporter) + 1;
	struct cursor_job *self = small_job_new(port, sizeof *self, size, run, on_done);
	if (self == NULL)
		return false;
	self->change = change;
	self->position = position;
	self->done = done;
	self->context = context;
	memcpy(self->exporter, exporter, size);
	store_submit(store, &self->job);
	return true;
}

bool cursor_open(struct store *store, struct store_port *port, const char *exporter,
		 cursor_done_cb done, void *context)
{
	return submit(store, port, exporter, STATEMENT_CURSOR_ADD, 0, done, context);
}

bool cursor_announce(struct store *store, struct store_port *port, const char *exporter,
		     int64_t until, cursor_done_cb done, void *context)
{
	return submit(store, port, exporter, STATEMENT_CURSOR_ANNOUNCE, until, done,
		      context);
}

bool cursor_move(struct store *store, struct store_port *port, const char *exporter,
		 int64_t position, cursor_done_cb done, void *context)
{
	return submit(store, port, exporter, STATEMENT_CURSOR_MOVE, position, done,
		      context);
}

static int run_dead_letter(struct store_job *job, struct store_writer *writer)
{
	const struct dead_letter_job *self = (const struct dead_letter_job *)job;
	sqlite3_stmt *statement = writer->statements[STATEMENT_DEAD_LETTER_ADD];
	sqlite3_bind_text(statement, 1, self->exporter, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, self->telegram);
	sqlite3_bind_int64(statement, 3, self->now_ms);
	sqlite3_bind_text(statement, 4, self->reason, -1, SQLITE_STATIC);
	return statement_run(statement);
}

bool dead_letter_add(struct store *store, struct store_port *port, const char *exporter,
		     int64_t telegram, const char *reason, int64_t now_ms)
{
	size_t size = strlen(exporter) + strlen(reason) + 2;
	struct dead_letter_job *self =
		small_job_new(port, sizeof *self, size, run_dead_letter, small_job_done);
	if (self == NULL)
		return false;
	char *place = self->text;
	self->telegram = telegram;
	self->now_ms = now_ms;
	self->exporter = small_job_text(&place, exporter);
	self->reason = small_job_text(&place, reason);
	store_submit(store, &self->job);
	return true;
}
