/* SPDX-License-Identifier: MIT */
/*
 * A SELECT of the operator's own. The connection cannot write anyway; the authorizer
 * keeps out what reaches past the database: other files, extensions, settings.
 */
#include <stdio.h>

#include "storage/query/query_private.h"

/* These tell something when they are given nothing to set. */
static const char *const pragmas[] = {
	"application_id", "compile_options", "database_list", "foreign_key_list",
	"freelist_count", "function_list",   "index_info",    "index_list",
	"index_xinfo",    "page_count",      "page_size",     "schema_version",
	"table_info",     "table_list",      "table_xinfo",   "user_version",
};
/* And these take the name of a table or index. */
static const char *const pragmas_of_tables = "foreign_key_list index_info index_list "
					     "index_xinfo table_info table_list "
					     "table_xinfo";

static int allow_pragma(const char *name, const char *argument)
{
	for (size_t i = 0; i < sizeof pragmas / sizeof pragmas[0]; i++)
		if (sqlite3_stricmp(pragmas[i], name) == 0)
			return argument == NULL || strstr(pragmas_of_tables,
							  pragmas[i]) != NULL
				       ? SQLITE_OK
				       : SQLITE_DENY;
	return SQLITE_DENY;
}

static int authorize(void *context, int action, const char *first, const char *second,
		     const char *database, const char *trigger)
{
	(void)context, (void)database, (void)trigger;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_RECURSIVE: return SQLITE_OK;
	case SQLITE_FUNCTION:
		return sqlite3_stricmp(second, "load_extension") == 0 ? SQLITE_DENY
								      : SQLITE_OK;
	case SQLITE_PRAGMA: return allow_pragma(first, second);
	default: return SQLITE_DENY;
	}
}

/* Comments, white space and a semicolon may follow; a statement may not. */
static bool is_alone(struct query *query, const char *tail)
{
	sqlite3_stmt *more = NULL;
	bool is_alone = true;
	while (is_alone && tail != NULL && tail[0] != '\0') {
		is_alone = sqlite3_prepare_v2(query->db, tail, -1, &more, &tail) ==
				   SQLITE_OK &&
			   more == NULL;
		sqlite3_finalize(more);
	}
	return is_alone;
}

static bool prepare(struct query *query, const char *sql, char error[QUERY_ERROR_MAX])
{
	const char *tail = NULL;
	sqlite3_set_authorizer(query->db, authorize, NULL);
	int rc = sqlite3_prepare_v2(query->db, sql, -1, &query->rows, &tail);
	const char *complaint = NULL;
	if (rc == SQLITE_AUTH)
		complaint = "it may only read: SELECT, EXPLAIN, and PRAGMAs that set "
			    "nothing; nothing was changed";
	else if (rc != SQLITE_OK)
		complaint = sqlite3_errmsg(query->db);
	else if (query->rows == NULL)
		complaint = "there is no statement in it";
	else if (!sqlite3_stmt_readonly(query->rows))
		complaint = "it may only read; nothing was changed";
	else if (!is_alone(query, tail))
		complaint = "one statement at a time, please; nothing was run";
	if (complaint != NULL)
		snprintf(error, QUERY_ERROR_MAX, "%s", complaint);
	return complaint == NULL;
}

struct query *query_open_sql(const char *path, const char *sql,
			     char error[QUERY_ERROR_MAX])
{
	struct query *query = query_new(path, error);
	if (query == NULL)
		return NULL;
	if (prepare(query, sql, error) && query_make_cells(query, error))
		return query;
	query_close(query);
	return NULL;
}
