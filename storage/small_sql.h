/* SPDX-License-Identifier: MIT */
/*
 * Statements that run now and then, prepared where they stand: what is not worth a place
 * among the writer's prepared ones.
 */
#ifndef READOUT_STORAGE_SMALL_SQL_H
#define READOUT_STORAGE_SMALL_SQL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A parameter: ?1 is the first. */
struct sql_value {
	bool is_number;
	int64_t number;
	const char *text; /* NULL: NULL */
};

#define SQL_NUMBER(n)                                                                    \
	(struct sql_value)                                                               \
	{                                                                                \
		true, (n), NULL                                                          \
	}
#define SQL_TEXT(t)                                                                      \
	(struct sql_value)                                                               \
	{                                                                                \
		false, 0, (t)                                                            \
	}
#define SQL_NULL SQL_TEXT(NULL)

enum { SQL_VALUES_MAX = 6 };

/* Prepares and binds. values end with the count. SQLITE_OK or an error code. */
int small_sql_prepare(sqlite3 *db, const char *sql, const struct sql_value *values,
		      size_t count, sqlite3_stmt **ret_statement);

/* Runs a statement that gives no row. SQLITE_OK or an error code. */
int small_sql_run(sqlite3 *db, const char *sql, const struct sql_value *values,
		  size_t count);

/* The first number of the first row; *ret_is_found: there is a row, and it is not NULL.
 */
int small_sql_find(sqlite3 *db, const char *sql, const struct sql_value *values,
		   size_t count, bool *ret_is_found, int64_t *ret_number);

/* The first text of the first row, cut to size; "" when there is none. */
int small_sql_text(sqlite3 *db, const char *sql, const struct sql_value *values,
		   size_t count, char *ret_text, size_t size);

#endif
