/* SPDX-License-Identifier: MIT */
#include "storage/terminal_record.h"

#include <stdio.h>
#include <stdlib.h>

#include "storage/small_job.h"
#include "storage/telegram_batch.h"

struct open_job {
	struct store_job job;
	int64_t now_ms;
	const char *identity, *remote, *firmware;
	struct terminal_state state;
	char change[200]; /* of the firmware; "" none */
	void (*done)(const struct terminal_state *state, enum store_result result,
		     void *context);
	void *context;
	char text[];
};

struct end_deletion_job {
	struct store_job job;
	int64_t terminal;
	bool is_confirmed;
	int64_t stamp, sequence;
};

struct keep_job {
	struct store_job job;
	int64_t terminal;
	struct terminal_kept kept;
};

struct device_table_job {
	struct store_job job;
	int64_t terminal;
	int64_t now_ms;
	size_t size;
	uint8_t json[];
};

/* Whether the firmware is another one than the last time, and the words for it. */
static void note_firmware(struct open_job *self, const char *before)
{
	self->change[0] = '\0';
	if (before == NULL || self->firmware[0] == '\0' ||
	    strcmp(before, self->firmware) == 0)
		return;
	(void)snprintf(self->change, sizeof(self->change),
		       "the firmware was %s and is now %s", before, self->firmware);
}

static int tell_firmware(const struct open_job *self, struct store_writer *writer)
{
	sqlite3_stmt *event = writer->statements[STATEMENT_EVENT_ADD];
	if (self->change[0] == '\0')
		return SQLITE_OK;
	sqlite3_bind_int64(event, 1, self->now_ms);
	sqlite3_bind_text(event, 2, "firmware_changed", -1, SQLITE_STATIC);
	sqlite3_bind_text(event, 3, "info", -1, SQLITE_STATIC);
	sqlite3_bind_int64(event, 4, self->state.id);
	sqlite3_bind_text(event, 5, self->change, -1, SQLITE_STATIC);
	return statement_run(event);
}

static int find_terminal(struct open_job *self, sqlite3_stmt *statement)
{
	struct terminal_state *state = &self->state;
	sqlite3_bind_text(statement, 1, self->identity, -1, SQLITE_STATIC);
	*state = (struct terminal_state){ .is_new = true };
	if (sqlite3_step(statement) == SQLITE_ROW) {
		state->is_new = false;
		state->id = sqlite3_column_int64(statement, 0);
		state->is_deletion_begun =
			sqlite3_column_type(statement, 1) != SQLITE_NULL;
		state->deletion_begun_at_ms = sqlite3_column_int64(statement, 1);
		state->kept.batch = (uint32_t)sqlite3_column_int64(statement, 2);
		state->kept.space_max = sqlite3_column_int64(statement, 3);
		state->kept.error_seen = sqlite3_column_int64(statement, 4);
		note_firmware(self, (const char *)sqlite3_column_text(statement, 5));
	}
	return sqlite3_reset(statement);
}

/* The parameters after the first are the same for a new terminal and a known one. */
static void bind_contact(const struct open_job *self, sqlite3_stmt *statement)
{
	statement_bind_text(statement, 2, span_text(self->remote));
	statement_bind_text(statement, 3, span_text(self->firmware));
	sqlite3_bind_int64(statement, 4, self->now_ms);
}

static int note_contact(struct open_job *self, struct store_writer *writer)
{
	sqlite3_stmt *add = writer->statements[STATEMENT_TERMINAL_ADD];
	sqlite3_stmt *contact = writer->statements[STATEMENT_TERMINAL_CONTACT];
	if (!self->state.is_new) {
		sqlite3_bind_int64(contact, 1, self->state.id);
		bind_contact(self, contact);
		return statement_run(contact);
	}
	sqlite3_bind_text(add, 1, self->identity, -1, SQLITE_STATIC);
	bind_contact(self, add);
	int rc = statement_run(add);
	self->state.id = sqlite3_last_insert_rowid(writer->db);
	return rc;
}

static int run_open(struct store_job *job, struct store_writer *writer)
{
	struct open_job *self = (struct open_job *)job;
	int64_t one = 0;
	int rc = find_terminal(self, writer->statements[STATEMENT_TERMINAL_FIND]);
	if (rc == SQLITE_OK)
		rc = note_contact(self, writer);
	if (rc == SQLITE_OK)
		rc = tell_firmware(self, writer);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_stmt *statement = writer->statements[STATEMENT_TERMINAL_HAS_RECORDS];
	sqlite3_bind_int64(statement, 1, self->state.id);
	return statement_find(statement, &self->state.has_records, &one);
}

static void on_open_done(struct store_job *job, enum store_result result)
{
	struct open_job *self = (struct open_job *)job;
	self->done(result == STORE_COMMITTED ? &self->state : NULL, result,
		   self->context);
	free(self);
}

bool terminal_record_open(struct store *store, struct store_port *port,
			  const char *identity, const char *remote, const char *firmware,
			  int64_t now_ms,
			  void (*done)(const struct terminal_state *state,
				       enum store_result result, void *context),
			  void *context)
{
	size_t size = strlen(identity) + strlen(remote) + strlen(firmware) + 3;
	struct open_job *self =
		small_job_new(port, sizeof *self, size, run_open, on_open_done);
	if (self == NULL)
		return false;
	char *place = self->text;
	self->identity = small_job_text(&place, identity);
	self->remote = small_job_text(&place, remote);
	self->firmware = small_job_text(&place, firmware);
	self->now_ms = now_ms;
	self->done = done;
	self->context = context;
	store_submit(store, &self->job);
	return true;
}

struct epochs {
	int64_t current, floor;
};

static int read_epochs(int64_t terminal, sqlite3_stmt *statement, struct epochs *epochs)
{
	sqlite3_bind_int64(statement, 1, terminal);
	if (sqlite3_step(statement) == SQLITE_ROW) {
		epochs->current = sqlite3_column_int64(statement, 0);
		epochs->floor = sqlite3_column_int64(statement, 1);
	}
	return sqlite3_reset(statement);
}

/* The earliest epoch the deleted record can belong to: better too low than too high. */
static int find_epoch(const struct end_deletion_job *self, sqlite3_stmt *statement,
		      const struct epochs *epochs, bool *ret_is_found, int64_t *ret_epoch)
{
	sqlite3_bind_int64(statement, 1, self->terminal);
	sqlite3_bind_int64(statement, 2, self->stamp);
	sqlite3_bind_int64(statement, 3, self->sequence);
	sqlite3_bind_int64(statement, 4, epochs->floor);
	sqlite3_bind_int64(statement, 5, epochs->current);
	return statement_find(statement, ret_is_found, ret_epoch);
}

static int set_deleted(const struct end_deletion_job *self, sqlite3_stmt *statement,
		       int64_t floor, bool has_sequence)
{
	sqlite3_bind_int64(statement, 1, self->terminal);
	sqlite3_bind_int64(statement, 2, floor);
	if (has_sequence)
		sqlite3_bind_int64(statement, 3, self->sequence);
	else
		sqlite3_bind_null(statement, 3);
	return statement_run(statement);
}

/*
 * A deleted record with a true stamp says nothing of epochs but its sequence is the
 * counter's. One that lies in an older epoch says where the memory begins now, but its
 * sequence is not of the counter that runs today.
 */
static int confirm(const struct end_deletion_job *self, struct store_writer *writer)
{
	struct epochs epochs = { 0 };
	bool is_true_stamp = self->stamp >= TELEGRAM_STAMP_PLAUSIBLE;
	bool is_found = false;
	int64_t epoch = 0;
	int rc = read_epochs(self->terminal,
			     writer->statements[STATEMENT_TERMINAL_EPOCHS], &epochs);
	sqlite3_stmt *set = writer->statements[STATEMENT_TERMINAL_DELETED];
	if (rc != SQLITE_OK)
		return rc;
	if (is_true_stamp)
		return set_deleted(self, set, epochs.floor, true);
	rc = find_epoch(self, writer->statements[STATEMENT_TELEGRAM_EPOCH], &epochs,
			&is_found, &epoch);
	if (rc != SQLITE_OK || !is_found)
		return rc;
	if (epoch < epochs.current)
		return set_deleted(self, set, epoch, false);
	return set_deleted(self, set, epoch, true);
}

static int run_end_deletion(struct store_job *job, struct store_writer *writer)
{
	const struct end_deletion_job *self = (const struct end_deletion_job *)job;
	sqlite3_stmt *end = writer->statements[STATEMENT_TERMINAL_DELETION_ENDED];
	sqlite3_bind_int64(end, 1, self->terminal);
	int rc = statement_run(end);
	if (rc == SQLITE_OK && self->is_confirmed)
		rc = confirm(self, writer);
	return rc;
}

bool terminal_record_end_deletion(struct store *store, struct store_port *port,
				  int64_t terminal, bool is_confirmed, int64_t stamp,
				  int64_t sequence)
{
	struct end_deletion_job *self =
		small_job_new(port, sizeof *self, 0, run_end_deletion, small_job_done);
	if (self == NULL)
		return false;
	self->terminal = terminal;
	self->is_confirmed = is_confirmed;
	self->stamp = stamp;
	self->sequence = sequence;
	store_submit(store, &self->job);
	return true;
}

static int run_keep(struct store_job *job, struct store_writer *writer)
{
	const struct keep_job *self = (const struct keep_job *)job;
	sqlite3_stmt *statement = writer->statements[STATEMENT_TERMINAL_KEEP];
	sqlite3_bind_int64(statement, 1, self->terminal);
	sqlite3_bind_int64(statement, 2, self->kept.batch);
	sqlite3_bind_int64(statement, 3, self->kept.space_max);
	sqlite3_bind_int64(statement, 4, self->kept.error_seen);
	return statement_run(statement);
}

bool terminal_record_keep(struct store *store, struct store_port *port, int64_t terminal,
			  const struct terminal_kept *kept)
{
	struct keep_job *self =
		small_job_new(port, sizeof *self, 0, run_keep, small_job_done);
	if (self == NULL)
		return false;
	self->terminal = terminal;
	self->kept = *kept;
	store_submit(store, &self->job);
	return true;
}

static int run_device_table(struct store_job *job, struct store_writer *writer)
{
	const struct device_table_job *self = (const struct device_table_job *)job;
	sqlite3_stmt *statement = writer->statements[STATEMENT_DEVICE_TABLE_SET];
	sqlite3_bind_int64(statement, 1, self->terminal);
	sqlite3_bind_int64(statement, 2, self->now_ms);
	statement_bind_text(statement, 3, span_of(self->json, self->size));
	return statement_run(statement);
}

bool terminal_record_device_table(struct store *store, struct store_port *port,
				  int64_t terminal, struct span table_json,
				  int64_t now_ms)
{
	struct device_table_job *self = small_job_new(port, sizeof *self, table_json.size,
						      run_device_table, small_job_done);
	if (self == NULL)
		return false;
	self->terminal = terminal;
	self->now_ms = now_ms;
	self->size = table_json.size;
	if (table_json.size > 0)
		memcpy(self->json, table_json.data, table_json.size);
	store_submit(store, &self->job);
	return true;
}
