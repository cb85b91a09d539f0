/* SPDX-License-Identifier: MIT */
#include "storage/event.h"

#include "storage/small_job.h"

enum { DETAIL_MAX = 500 };

struct event_job {
	struct store_job job;
	struct store_event event;
	size_t detail_size;
	char detail[];
};

static int run(struct store_job *job, struct store_writer *writer)
{
	const struct event_job *self = (const struct event_job *)job;
	const struct store_event *event = &self->event;
	sqlite3_stmt *statement = writer->statements[STATEMENT_EVENT_ADD];
	sqlite3_bind_int64(statement, 1, event->at_ms);
	sqlite3_bind_text(statement, 2, event->kind, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, event->severity, -1, SQLITE_STATIC);
	if (event->terminal != 0)
		sqlite3_bind_int64(statement, 4, event->terminal);
	else
		sqlite3_bind_null(statement, 4);
	sqlite3_bind_text(statement, 5, self->detail, (int)self->detail_size,
			  SQLITE_STATIC);
	return statement_run(statement);
}

bool event_submit(struct store *store, struct store_port *port,
		  const struct store_event *event)
{
	size_t size = strnlen(event->detail, DETAIL_MAX);
	struct event_job *self =
		small_job_new(port, sizeof *self, size, run, small_job_done);
	if (self == NULL)
		return false;
	self->event = *event;
	self->detail_size = size;
	memcpy(self->detail, event->detail, size);
	store_submit(store, &self->job);
	return true;
}
