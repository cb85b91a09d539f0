/* SPDX-License-Identifier: MIT */
#include "storage/writer.h"

#include <stdio.h>
#include <stdlib.h>

#include "storage/database.h"

static bool prepare_all(struct store_writer *writer, char error[STORE_ERROR_MAX])
{
	for (int i = 0; i < STATEMENT_COUNT; i++) {
		if (sqlite3_prepare_v3(writer->db, statement_sql[i], -1,
				       SQLITE_PREPARE_PERSISTENT, &writer->statements[i],
				       NULL) != SQLITE_OK) {
			snprintf(error, STORE_ERROR_MAX,
				 "the database does not have the schema its version "
				 "promises (%s); restore a backup",
				 sqlite3_errmsg(writer->db));
			return false;
		}
	}
	return true;
}

struct store_writer *writer_new(const char *path, uint32_t layout_limit,
				char error[STORE_ERROR_MAX])
{
	struct store_writer *writer = calloc(1, sizeof *writer);
	if (writer != NULL) {
		writer->layout_limit = layout_limit;
		writer->layout_ids = calloc(layout_limit + 1u, sizeof(int64_t));
		writer->meters = calloc(WRITER_METERS_MAX, sizeof *writer->meters);
	}
	if (writer == NULL || writer->layout_ids == NULL || writer->meters == NULL) {
		snprintf(error, STORE_ERROR_MAX, "out of memory opening %s", path);
		goto out;
	}
	writer->db = database_open_writer(path, error);
	if (writer->db != NULL && prepare_all(writer, error))
		return writer;
out:
	writer_free(writer);
	return NULL;
}

void writer_free(struct store_writer *writer)
{
	if (writer == NULL)
		return;
	for (int i = 0; i < STATEMENT_COUNT; i++)
		sqlite3_finalize(writer->statements[i]);
	sqlite3_close(writer->db);
	free(writer->layout_ids);
	free(writer->meters);
	free(writer);
}

int writer_begin(struct store_writer *writer)
{
	writer->telegrams_new = 0;
	writer->telegrams_known = 0;
	return statement_run(writer->statements[STATEMENT_BEGIN]);
}

int writer_commit(struct store_writer *writer)
{
	return statement_run(writer->statements[STATEMENT_COMMIT]);
}

static void drop_caches(struct store_writer *writer)
{
	memset(writer->layout_ids, 0, writer->layout_limit * sizeof(int64_t));
	memset(writer->meters, 0, WRITER_METERS_MAX * sizeof *writer->meters);
	writer->word_count = 0;
}

void writer_rollback(struct store_writer *writer)
{
	/* Some errors make SQLite roll back by itself. */
	if (!sqlite3_get_autocommit(writer->db))
		sqlite3_exec(writer->db, "ROLLBACK", NULL, NULL, NULL);
	drop_caches(writer);
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
