/* SPDX-License-Identifier: MIT */
#include "storage/small_sql.h"

#include <stdio.h>

int small_sql_prepare(sqlite3 *db, const char *sql, const struct sql_value *values,
		      size_t count, sqlite3_stmt **ret_statement)
{
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
	for (size_t i = 0; rc == SQLITE_OK && i < count; i++) {
		int parameter = (int)i + 1;
		rc = values[i].is_number
			     ? sqlite3_bind_int64(statement, parameter, values[i].number)
			     : sqlite3_bind_text(statement, parameter, values[i].text, -1,
						 SQLITE_TRANSIENT);
	}
	if (rc == SQLITE_OK) {
		*ret_statement = statement;
		return SQLITE_OK;
	}
	sqlite3_finalize(statement);
	return rc;
}

int small_sql_run(sqlite3 *db, const char *sql, const struct sql_value *values,
		  size_t count)
{
	sqlite3_stmt *statement = NULL;
	int rc = small_sql_prepare(db, sql, values, count, &statement);
	if (rc == SQLITE_OK) {
		sqlite3_step(statement);
		rc = sqlite3_finalize(statement);
	}
	return rc;
}

int small_sql_find(sqlite3 *db, const char *sql, const struct sql_value *values,
		   size_t count, bool *ret_is_found, int64_t *ret_number)
{
	sqlite3_stmt *statement = NULL;
	*ret_is_found = false;
	int rc = small_sql_prepare(db, sql, values, count, &statement);
	if (rc != SQLITE_OK)
		return rc;
	*ret_is_found = sqlite3_step(statement) == SQLITE_ROW &&
			sqlite3_column_type(statement, 0) != SQLITE_NULL;
	if (*ret_is_found)
		*ret_number = sqlite3_column_int64(statement, 0);
	return sqlite3_finalize(statement);
}

int small_sql_text(sqlite3 *db, const char *sql, const struct sql_value *values,
		   size_t count, char *ret_text, size_t size)
{
	sqlite3_stmt *statement = NULL;
	ret_text[0] = '\0';
	int rc = small_sql_prepare(db, sql, values, count, &statement);
	if (rc != SQLITE_OK)
		return rc;
	if (sqlite3_step(statement) == SQLITE_ROW &&
	    sqlite3_column_type(statement, 0) != SQLITE_NULL)
		snprintf(ret_text, size, "%s",
			 (const char *)sqlite3_column_text(statement, 0));
	return sqlite3_finalize(statement);
}
