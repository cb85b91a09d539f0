/* SPDX-License-Identifier: MIT */
#include "storage/writer.h"

#include <stdio.h>
#include <stdlib.h>

#include "storage/database.h"
#include "storage/trouble.h"

static int read_data_version(struct store_writer *writer, int64_t *ret_version)
{
	bool is_found;
	return statement_find(writer->statements[STATEMENT_DATA_VERSION], &is_found,
			      ret_version);
}

/* Of the schema is only what is wrong with the statement, not with disk or memory. */
static void explain_prepare(sqlite3 *db, int rc, char error[STORE_ERROR_MAX])
{
	if (!trouble_is_fault(rc)) {
		trouble_explain(db, rc, error);
		return;
	}
	snprintf(error, STORE_ERROR_MAX,
		 "the database does not have the schema its version "
		 "promises (%s); restore a backup",
		 sqlite3_errmsg(db));
}

static int prepare_all(struct store_writer *writer, char error[STORE_ERROR_MAX])
{
	int rc = SQLITE_OK;
	for (int i = 0; rc == SQLITE_OK && i < STATEMENT_COUNT; i++)
		rc = sqlite3_prepare_v3(writer->db, statement_sql[i], -1,
					SQLITE_PREPARE_PERSISTENT, &writer->statements[i],
					NULL);
	if (rc == SQLITE_OK)
		rc = read_data_version(writer, &writer->data_version);
	if (rc != SQLITE_OK)
		explain_prepare(writer->db, rc, error);
	return rc;
}

struct store_writer *writer_new(const char *path, uint32_t layout_limit,
				char error[STORE_ERROR_MAX])
{
	struct store_writer *writer = calloc(1, sizeof *writer);
	if (writer != NULL) {
		writer->layout_limit = layout_limit;
		writer->layout_ids = calloc(layout_limit + 1u, sizeof(int64_t));
		writer->meters = calloc(WRITER_METERS_MAX, sizeof *writer->meters);
		writer->origins = calloc(WRITER_ORIGINS_MAX, sizeof *writer->origins);
	}
	if (writer == NULL || writer->layout_ids == NULL || writer->meters == NULL ||
	    writer->origins == NULL) {
		snprintf(error, STORE_ERROR_MAX, "out of memory opening %s", path);
		goto out;
	}
	writer->db = database_open_writer(path, error);
	if (writer->db != NULL && prepare_all(writer, error) == SQLITE_OK)
		return writer;
out:
	writer_free(writer);
	return NULL;
}

void writer_forget(struct store_writer *writer)
{
	memset(writer->layout_ids, 0, writer->layout_limit * sizeof(int64_t));
	memset(writer->meters, 0, WRITER_METERS_MAX * sizeof *writer->meters);
	memset(writer->origins, 0, WRITER_ORIGINS_MAX * sizeof *writer->origins);
	writer->word_count = 0;
}

static void close_connection(struct store_writer *writer)
{
	for (int i = 0; i < STATEMENT_COUNT; i++) {
		sqlite3_finalize(writer->statements[i]);
		writer->statements[i] = NULL;
	}
	sqlite3_close_v2(writer->db);
	writer->db = NULL;
}

void writer_free(struct store_writer *writer)
{
	if (writer == NULL)
		return;
	close_connection(writer);
	free(writer->layout_ids);
	free(writer->meters);
	free(writer->origins);
	free(writer);
}

void writer_put_down(struct store_writer *writer)
{
	if (writer->db == NULL)
		return;
	sqlite3_db_config(writer->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	close_connection(writer);
	writer_forget(writer);
}

bool writer_reopen(struct store_writer *writer, const char *path,
		   struct trouble *ret_trouble, char error[STORE_ERROR_MAX])
{
	if (!database_reopen_writer(path, &writer->db, ret_trouble, error))
		return false;
	int rc = prepare_all(writer, error);
	if (rc == SQLITE_OK)
		return true;
	*ret_trouble = trouble_of_database(writer->db, rc);
	writer_put_down(writer);
	return false;
}

int writer_begin(struct store_writer *writer, bool is_isolating)
{
	writer->is_isolating = is_isolating;
	writer->telegrams_new = 0;
	writer->telegrams_known = 0;
	writer->telegrams_refused = 0;
	writer->log_position = 0;
	int rc = statement_run(writer->statements[STATEMENT_BEGIN]);
	/* Nobody else can write any more, so what the caches say is true from here on. */
	return rc == SQLITE_OK ? writer_look_for_rivals(writer) : rc;
}

int writer_look_for_rivals(struct store_writer *writer)
{
	int64_t version = writer->data_version;
	int rc = read_data_version(writer, &version);
	if (version == writer->data_version)
		return rc;
	writer->data_version = version;
	writer->foreign_writes++;
	writer_forget(writer);
	return rc;
}

int writer_save(struct store_writer *writer)
{
	return statement_run(writer->statements[STATEMENT_SAVE]);
}

int writer_keep(struct store_writer *writer)
{
	return statement_run(writer->statements[STATEMENT_RELEASE]);
}

int writer_undo(struct store_writer *writer)
{
	int rc = statement_run(writer->statements[STATEMENT_UNDO]);
	writer_forget(writer);
	return rc == SQLITE_OK ? writer_keep(writer) : rc;
}

int writer_commit(struct store_writer *writer)
{
	return statement_run(writer->statements[STATEMENT_COMMIT]);
}

void writer_rollback(struct store_writer *writer)
{
	/* Some errors make SQLite roll back by itself. */
	if (!sqlite3_get_autocommit(writer->db))
		sqlite3_exec(writer->db, "ROLLBACK", NULL, NULL, NULL);
	writer_forget(writer);
}

int statement_run(sqlite3_stmt *statement)
{
	sqlite3_step(statement);
	return sqlite3_reset(statement);
}

int statement_find(sqlite3_stmt *statement, bool *ret_is_found, int64_t *ret_value)
{
	*ret_is_found = sqlite3_step(statement) == SQLITE_ROW &&
			sqlite3_column_type(statement, 0) != SQLITE_NULL;
	if (*ret_is_found)
		*ret_value = sqlite3_column_int64(statement, 0);
	return sqlite3_reset(statement);
}

void statement_bind_text(sqlite3_stmt *statement, int parameter, struct span text)
{
	if (text.size == 0)
		sqlite3_bind_null(statement, parameter);
	else
		sqlite3_bind_text64(statement, parameter, (const char *)text.data,
				    text.size, SQLITE_STATIC, SQLITE_UTF8);
}

void statement_bind_blob(sqlite3_stmt *statement, int parameter, struct span bytes)
{
	if (bytes.size == 0)
		sqlite3_bind_null(statement, parameter);
	else
		sqlite3_bind_blob64(statement, parameter, bytes.data, bytes.size,
				    SQLITE_STATIC);
}

int writer_word_id(struct store_writer *writer, const char *text, int64_t *ret_id)
{
	for (uint32_t i = 0; i < writer->word_count; i++) {
		if (writer->words[i].text == text) {
			*ret_id = writer->words[i].id;
			return SQLITE_OK;
		}
	}
	sqlite3_stmt *find = writer->statements[STATEMENT_WORD_FIND];
	sqlite3_stmt *add = writer->statements[STATEMENT_WORD_ADD];
	bool is_found = false;
	sqlite3_bind_text(find, 1, text, -1, SQLITE_STATIC);
	int rc = statement_find(find, &is_found, ret_id);
	if (rc == SQLITE_OK && !is_found) {
		sqlite3_bind_text(add, 1, text, -1, SQLITE_STATIC);
		rc = statement_run(add);
		*ret_id = sqlite3_last_insert_rowid(writer->db);
	}
	if (rc == SQLITE_OK && writer->word_count < WRITER_WORDS_MAX)
		writer->words[writer->word_count++] =
			(struct writer_word){ text, *ret_id };
	return rc;
}
