/* SPDX-License-Identifier: MIT */
#include "storage/housekeeping/telegram_import.h"

#include <stdio.h>
#include <stdlib.h>

#include "storage/telegram_batch_private.h"
#include "storage/terminal_record.h"

enum { BATCH_BYTES_MAX = 16 * 1024 * 1024 };

/* The telegrams of one terminal. */
struct part {
	struct part *next;
	struct telegram_batch *batch;
	char terminal[TERMINAL_IDENTITY_MAX];
};

struct telegram_import {
	struct store_job job;
	struct telegram_import_file file;
	struct part *parts;
	struct telegram_import_counts counts;
};

struct telegram_import *telegram_import_new(const struct telegram_import_file *file)
{
	struct telegram_import *import = calloc(1, sizeof *import);
	if (import != NULL)
		import->file = *file;
	return import;
}

void telegram_import_free(struct telegram_import *import)
{
	if (import == NULL)
		return;
	while (import->parts != NULL) {
		struct part *part = import->parts;
		import->parts = part->next;
		telegram_batch_free(part->batch);
		free(part);
	}
	free(import);
}

static struct part *part_of(struct telegram_import *import, const char *terminal)
{
	struct part *part = import->parts;
	while (part != NULL && strcmp(part->terminal, terminal) != 0)
		part = part->next;
	if (part != NULL || strlen(terminal) >= TERMINAL_IDENTITY_MAX)
		return part;
	part = calloc(1, sizeof *part);
	if (part == NULL)
		return NULL;
	part->batch = telegram_batch_new(NULL, 0, BATCH_BYTES_MAX);
	if (part->batch == NULL) {
		free(part);
		return NULL;
	}
	part->batch->is_import = true;
	snprintf(part->terminal, sizeof part->terminal, "%s", terminal);
	part->next = import->parts;
	import->parts = part;
	return part;
}

bool telegram_import_add(struct telegram_import *import, const char *terminal,
			 const struct store_telegram *telegram)
{
	struct part *part = part_of(import, terminal);
	return part != NULL && telegram_batch_add(part->batch, telegram);
}

/* ---- writer thread ---- */

static int find_terminal(struct store_writer *writer, const char *identity,
			 int64_t now_ms, int64_t *ret_id)
{
	sqlite3_stmt *find = writer->statements[STATEMENT_TERMINAL_FIND];
	sqlite3_stmt *add = writer->statements[STATEMENT_TERMINAL_ADD];
	bool is_found = false;
	sqlite3_bind_text(find, 1, identity, -1, SQLITE_STATIC);
	int rc = statement_find(find, &is_found, ret_id);
	if (rc != SQLITE_OK || is_found)
		return rc;
	sqlite3_bind_text(add, 1, identity, -1, SQLITE_STATIC);
	sqlite3_bind_null(add, 2);
	sqlite3_bind_null(add, 3);
	sqlite3_bind_int64(add, 4, now_ms);
	rc = statement_run(add);
	*ret_id = sqlite3_last_insert_rowid(writer->db);
	return rc;
}

static int find_file(const struct telegram_import_file *file, sqlite3 *db,
		     int64_t *ret_id, int64_t *ret_lines)
{
	static const char sql[] =
		"INSERT INTO import_file (digest, name, imported_ms, lines)"
		" VALUES (?1, ?2, ?3, 0) ON CONFLICT (digest) DO UPDATE"
		" SET imported_ms = excluded.imported_ms RETURNING id, lines";
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_text(statement, 1, file->digest, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, file->name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, file->now_ms);
	if (sqlite3_step(statement) == SQLITE_ROW) {
		*ret_id = sqlite3_column_int64(statement, 0);
		*ret_lines = sqlite3_column_int64(statement, 1);
		sqlite3_step(statement);
	}
	return sqlite3_finalize(statement);
}

static int note_lines(int64_t file, int64_t lines, sqlite3 *db)
{
	static const char sql[] =
		"UPDATE import_file SET lines = max(lines, ?2) WHERE id = ?1";
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(statement, 1, file);
	sqlite3_bind_int64(statement, 2, lines);
	sqlite3_step(statement);
	return sqlite3_finalize(statement);
}

static int run_part(const struct telegram_import *import, struct part *part,
		    struct store_writer *writer)
{
	struct telegram_batch *batch = part->batch;
	batch->job.error[0] = '\0';
	int rc = find_terminal(writer, part->terminal, import->file.now_ms,
			       &batch->terminal);
	if (rc == SQLITE_OK)
		rc = telegram_batch_run(&batch->job, writer);
	return rc;
}

static void add_counts(struct telegram_import_counts *counts,
		       const struct telegram_batch *batch)
{
	counts->telegrams_new += batch->new_count;
	counts->telegrams_refused += batch->refused_count;
	counts->telegrams_known += batch->count - batch->new_count - batch->refused_count;
}

static int run(struct store_job *job, struct store_writer *writer)
{
	struct telegram_import *self = (struct telegram_import *)job;
	bool has_file = self->file.digest[0] != '\0';
	int64_t file = 0, lines = 0;
	int rc = has_file ? find_file(&self->file, writer->db, &file, &lines) : SQLITE_OK;
	self->counts = (struct telegram_import_counts){ 0 };
	for (struct part *part = self->parts; rc == SQLITE_OK && part != NULL;
	     part = part->next) {
		part->batch->import_file = file;
		part->batch->import_lines = lines;
		rc = run_part(self, part, writer);
		add_counts(&self->counts, part->batch);
		if (rc != SQLITE_OK)
			snprintf(job->error, STORE_ERROR_MAX, "%s",
				 part->batch->job.error);
	}
	if (rc == SQLITE_OK && has_file)
		rc = note_lines(file, self->file.lines, writer->db);
	return rc;
}

enum store_result telegram_import_commit(struct telegram_import *import,
					 struct store_caller *caller,
					 struct telegram_import_counts *ret_counts,
					 char error[STORE_ERROR_MAX])
{
	import->job.run = run;
	import->job.bytes = sizeof *import;
	for (struct part *part = import->parts; part != NULL; part = part->next) {
		telegram_batch_fix(part->batch);
		import->job.bytes += telegram_batch_bytes(part->batch);
	}
	enum store_result result = store_call(caller, &import->job);
	*ret_counts = import->counts;
	snprintf(error, STORE_ERROR_MAX, "%s",
		 result == STORE_ABANDONED ? "the store was closed" : import->job.error);
	return result;
}
