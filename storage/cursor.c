/* SPDX-License-Identifier: MIT */
#include "storage/cursor.h"

#include <stdio.h>
#include <stdlib.h>

#include "storage/small_job.h"

struct cursor_job {
	struct store_job job;
	enum statement change;     /* what is done before the cursor is read back */
	struct cursor_state state; /* what is asked for, then what is there */
	size_t note_count;
	cursor_done_cb done;
	void *context;
	const char *exporter;
	char text[]; /* exporter, then key and remote of each note */
};

struct dead_letter_job {
	struct store_job job;
	int64_t telegram;
	int64_t now_ms;
	const char *exporter;
	struct dead_letter letter;
	char text[];
};

static int read_back(struct cursor_job *self, sqlite3_stmt *statement)
{
	sqlite3_bind_text(statement, 1, self->exporter, -1, SQLITE_STATIC);
	bool is_found = sqlite3_step(statement) == SQLITE_ROW;
	if (is_found)
		self->state = (struct cursor_state){
			.position = sqlite3_column_int64(statement, 0),
			.announced = sqlite3_column_int64(statement, 1),
			.ahead_from = sqlite3_column_int64(statement, 2),
			.ahead_to = sqlite3_column_int64(statement, 3),
			.is_paused = sqlite3_column_int(statement, 4) != 0,
		};
	int rc = sqlite3_reset(statement);
	if (rc != SQLITE_OK || is_found)
		return rc;
	snprintf(self->job.error, STORE_ERROR_MAX,
		 "the exporter %s has no cursor; open it first", self->exporter);
	return SQLITE_ERROR;
}

static int write_note(struct store_writer *writer, const char *exporter, const char *key,
		      const char *remote)
{
	sqlite3_stmt *statement =
		writer->statements[remote[0] != '\0' ? STATEMENT_REMOTE_ID_SET
						     : STATEMENT_REMOTE_ID_DELETE];
	sqlite3_bind_text(statement, 1, exporter, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, key, -1, SQLITE_STATIC);
	if (remote[0] != '\0')
		sqlite3_bind_text(statement, 3, remote, -1, SQLITE_STATIC);
	return statement_run(statement);
}

static int write_notes(const struct cursor_job *self, struct store_writer *writer)
{
	const char *key = self->exporter + strlen(self->exporter) + 1;
	int rc = SQLITE_OK;
	for (size_t i = 0; i < self->note_count && rc == SQLITE_OK; i++) {
		const char *remote = key + strlen(key) + 1;
		rc = write_note(writer, self->exporter, key, remote);
		key = remote + strlen(remote) + 1;
	}
	return rc;
}

static void bind_change(sqlite3_stmt *change, const struct cursor_job *self)
{
	const struct cursor_state *state = &self->state;
	if (self->change != STATEMENT_CURSOR_ADD)
		sqlite3_bind_int64(change, 2, state->position);
	if (self->change != STATEMENT_CURSOR_SET)
		return;
	sqlite3_bind_int64(change, 3, state->announced);
	sqlite3_bind_int64(change, 4, state->ahead_from);
	sqlite3_bind_int64(change, 5, state->ahead_to);
	sqlite3_bind_int(change, 6, state->is_paused);
}

static int run(struct store_job *job, struct store_writer *writer)
{
	struct cursor_job *self = (struct cursor_job *)job;
	sqlite3_stmt *change = writer->statements[self->change];
	sqlite3_bind_text(change, 1, self->exporter, -1, SQLITE_STATIC);
	bind_change(change, self);
	int rc = statement_run(change);
	if (rc == SQLITE_OK)
		rc = write_notes(self, writer);
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

/* A job without notes as yet; *ret_place is where their texts go. */
static struct cursor_job *job_new(struct store_port *port, const char *exporter,
				  enum statement change, size_t note_size,
				  cursor_done_cb done, void *context, char **ret_place)
{
	size_t size = strlen(exporter) + 1 + note_size;
	struct cursor_job *self = small_job_new(port, sizeof *self, size, run, on_done);
	if (self == NULL)
		return NULL;
	self->change = change;
	self->done = done;
	self->context = context;
	*ret_place = self->text;
	self->exporter = small_job_text(ret_place, exporter);
	return self;
}

static bool submit(struct store *store, struct cursor_job *self,
		   const struct cursor_state *state)
{
	if (self == NULL)
		return false;
	self->state = *state;
	store_submit(store, &self->job);
	return true;
}

bool cursor_open(struct store *store, struct store_port *port, const char *exporter,
		 cursor_done_cb done, void *context)
{
	char *place;
	return submit(
		store,
		job_new(port, exporter, STATEMENT_CURSOR_ADD, 0, done, context, &place),
		&(struct cursor_state){ .position = 0 });
}

bool cursor_announce(struct store *store, struct store_port *port, const char *exporter,
		     int64_t until, cursor_done_cb done, void *context)
{
	char *place;
	return submit(store,
		      job_new(port, exporter, STATEMENT_CURSOR_ANNOUNCE, 0, done, context,
			      &place),
		      &(struct cursor_state){ .position = until });
}

static struct cursor_job *job_with_notes(struct store_port *port, const char *exporter,
					 enum statement change,
					 const struct cursor_note *notes,
					 size_t note_count, cursor_done_cb done,
					 void *context)
{
	char *place;
	size_t size = 0;
	for (size_t i = 0; i < note_count; i++)
		size += strlen(notes[i].key) + strlen(notes[i].remote) + 2;
	struct cursor_job *self =
		job_new(port, exporter, change, size, done, context, &place);
	if (self == NULL)
		return NULL;
	self->note_count = note_count;
	for (size_t i = 0; i < note_count; i++) {
		small_job_text(&place, notes[i].key);
		small_job_text(&place, notes[i].remote);
	}
	return self;
}

bool cursor_move(struct store *store, struct store_port *port, const char *exporter,
		 int64_t position, const struct cursor_note *notes, size_t note_count,
		 cursor_done_cb done, void *context)
{
	return submit(store,
		      job_with_notes(port, exporter, STATEMENT_CURSOR_MOVE, notes,
				     note_count, done, context),
		      &(struct cursor_state){ .position = position });
}

bool cursor_set(struct store *store, struct store_port *port, const char *exporter,
		const struct cursor_state *state, const struct cursor_note *notes,
		size_t note_count, cursor_done_cb done, void *context)
{
	return submit(store,
		      job_with_notes(port, exporter, STATEMENT_CURSOR_SET, notes,
				     note_count, done, context),
		      state);
}

static int run_dead_letter(struct store_job *job, struct store_writer *writer)
{
	const struct dead_letter_job *self = (const struct dead_letter_job *)job;
	sqlite3_stmt *statement = writer->statements[STATEMENT_DEAD_LETTER_ADD];
	sqlite3_bind_text(statement, 1, self->exporter, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, self->telegram);
	sqlite3_bind_int64(statement, 3, self->now_ms);
	sqlite3_bind_text(statement, 4, self->letter.reason, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 5, self->letter.payload, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 6, self->letter.reply, -1, SQLITE_STATIC);
	return statement_run(statement);
}

/* Copies at most so many bytes as are kept, and not half a character of UTF-8. */
static const char *kept_text(char **place, const char *text)
{
	size_t size = strnlen(text, DEAD_LETTER_KEPT_MAX);
	while (text[size] != '\0' && size > 0 &&
	       ((unsigned char)text[size] & 0xc0) == 0x80)
		size--;
	char *copy = memcpy(*place, text, size);
	copy[size] = '\0';
	*place += size + 1;
	return copy;
}

bool dead_letter_add(struct store *store, struct store_port *port, const char *exporter,
		     int64_t telegram, const struct dead_letter *letter, int64_t now_ms)
{
	size_t size = strlen(exporter) + strlen(letter->reason) +
		      strnlen(letter->payload, DEAD_LETTER_KEPT_MAX) +
		      strnlen(letter->reply, DEAD_LETTER_KEPT_MAX) + 4;
	struct dead_letter_job *self =
		small_job_new(port, sizeof *self, size, run_dead_letter, small_job_done);
	if (self == NULL)
		return false;
	char *place = self->text;
	self->telegram = telegram;
	self->now_ms = now_ms;
	self->exporter = small_job_text(&place, exporter);
	self->letter.reason = small_job_text(&place, letter->reason);
	self->letter.payload = kept_text(&place, letter->payload);
	self->letter.reply = kept_text(&place, letter->reply);
	store_submit(store, &self->job);
	return true;
}

static int run_removal(struct store_job *job, struct store_writer *writer)
{
	const struct dead_letter_job *self = (const struct dead_letter_job *)job;
	sqlite3_stmt *statement =
		writer->statements[self->telegram > 0 ? STATEMENT_DEAD_LETTER_REMOVE
						      : STATEMENT_DEAD_LETTER_PURGE];
	sqlite3_bind_text(statement, 1, self->exporter, -1, SQLITE_STATIC);
	if (self->telegram > 0)
		sqlite3_bind_int64(statement, 2, self->telegram);
	return statement_run(statement);
}

bool dead_letter_remove(struct store *store, struct store_port *port,
			const char *exporter, int64_t telegram)
{
	struct dead_letter_job *self = small_job_new(
		port, sizeof *self, strlen(exporter) + 1, run_removal, small_job_done);
	if (self == NULL)
		return false;
	char *place = self->text;
	self->telegram = telegram;
	self->exporter = small_job_text(&place, exporter);
	store_submit(store, &self->job);
	return true;
}
