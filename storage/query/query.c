/* SPDX-License-Identifier: MIT */
/*
 * Happy path: the filters are looked up (is there such a meter?), the texts of the
 * statements put together and prepared. query_next() begins a transaction, steps a walk
 * from its last position on, reads the rows of each entry that passes, and ends the
 * transaction after a page; a walk that is over gives way to the next walk, and when
 * there is none, to the next row of the outer loop.
 *
 * Failure modes: no database, another schema (database.c says which); a name that is
 * nobody's; an error of SQLite, told with what was being read. Between two pages the
 * database may change: a row is read once or, if it went, not at all.
 */
#include "storage/query/query.h"

#include <stdio.h>
#include <stdlib.h>

#include "storage/database.h"
#include "storage/query/query_private.h"
#include "storage/writer.h"

/* A page ends after so many rows, or so many entries of an index. */
enum { PAGE_ROWS = 1000, PAGE_ENTRIES = 50000 };

/* The last second that SQLite has a date for, in milliseconds. */
#define NEVER (INT64_C(253402300799) * 1000)

_Static_assert((int)QUERY_ERROR_MAX == (int)STORE_ERROR_MAX,
	       "database.h writes its messages into a query's buffer");

/* ---- opening ---- */

struct query *query_new(const char *path, char error[QUERY_ERROR_MAX])
{
	struct query *query = calloc(1, sizeof *query);
	if (query == NULL) {
		snprintf(error, QUERY_ERROR_MAX, "out of memory opening %s", path);
		return NULL;
	}
	query->db = database_open_reader(path, error);
	if (query->db == NULL) {
		free(query);
		return NULL;
	}
	/* The views use ->>, which the SQLite of Debian 12 does not count among the
	 * functions that a schema may use untrusted. */
	sqlite3_exec(query->db, "PRAGMA trusted_schema = ON", NULL, NULL, NULL);
	return query;
}

void query_close(struct query *query)
{
	if (query == NULL)
		return;
	sqlite3_finalize(query->outer);
	for (int i = 0; i < QUERY_WALKS_MAX; i++)
		sqlite3_finalize(query->walks[i]);
	sqlite3_finalize(query->rows);
	sqlite3_close(query->db);
	free(query->cells);
	free(query);
}

bool query_prepare(struct query *query, const char *sql, sqlite3_stmt **ret_statement,
		   char error[QUERY_ERROR_MAX])
{
	if (sql[0] == '\0' ||
	    sqlite3_prepare_v3(query->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
			       ret_statement, NULL) == SQLITE_OK)
		return true;
	snprintf(error, QUERY_ERROR_MAX, "cannot ask the database: %s",
		 sqlite3_errmsg(query->db));
	return false;
}

bool query_make_cells(struct query *query, char error[QUERY_ERROR_MAX])
{
	query->column_count = (uint32_t)sqlite3_column_count(query->rows);
	query->cells = calloc(query->column_count + 1, sizeof *query->cells);
	if (query->cells == NULL)
		snprintf(error, QUERY_ERROR_MAX, "out of memory for %u columns",
			 query->column_count);
	return query->cells != NULL;
}

static void bind_text(sqlite3_stmt *statement, const char *name, const char *text)
{
	int parameter = sqlite3_bind_parameter_index(statement, name);
	if (parameter > 0 && text != NULL)
		sqlite3_bind_text(statement, parameter, text, -1, SQLITE_TRANSIENT);
}

static void bind_number(sqlite3_stmt *statement, const char *name, int64_t number)
{
	int parameter = sqlite3_bind_parameter_index(statement, name);
	if (parameter > 0)
		sqlite3_bind_int64(statement, parameter, number);
}

/* The first t of the unit with since <= t. */
static int64_t in_unit(int64_t ms, int64_t unit_ms)
{
	return ms / unit_ms + (ms % unit_ms > 0);
}

static int64_t unit_of(const struct query_subject *subject)
{
	return subject->time_unit_ms == 0 ? 1000 : subject->time_unit_ms;
}

static void bind_filter(const struct query *query, sqlite3_stmt *statement,
			const struct query_filter *filter, const char *place)
{
	int64_t unit_ms = unit_of(query->subject);
	if (statement == NULL)
		return;
	bind_text(statement, ":meter", filter->meter);
	bind_text(statement, ":terminal", filter->terminal);
	bind_text(statement, ":place", place);
	bind_text(statement, ":quantity", filter->quantity);
	bind_number(statement, ":scan", PAGE_ENTRIES);
	bind_number(statement, ":since",
		    filter->has_since ? in_unit(filter->since_ms, unit_ms) : 0);
	bind_number(statement, ":until",
		    filter->has_until ? in_unit(filter->until_ms, unit_ms)
				      : NEVER / unit_ms);
}

/* Behind which position a walk begins. */
static void rewind_walk(struct query *query)
{
	for (int i = 0; i < QUERY_KEYS_MAX; i++)
		query->after[i] = query->before_first;
}

static bool prepare_all(struct query *query, const struct query_filter *filter,
			const char *place, char error[QUERY_ERROR_MAX])
{
	struct query_sql sql;
	if (!query_subject_sql(query->subject, query_filter_bits(filter), filter->columns,
			       &sql)) {
		snprintf(error, QUERY_ERROR_MAX,
			 "--columns takes names of columns with commas between them");
		return false;
	}
	if (!query_prepare(query, sql.outer, &query->outer, error) ||
	    !query_prepare(query, sql.walks[0], &query->walks[0], error) ||
	    !query_prepare(query, sql.walks[1], &query->walks[1], error) ||
	    !query_prepare(query, sql.rows, &query->rows, error))
		return false;
	bind_filter(query, query->outer, filter, place);
	for (int i = 0; i < QUERY_WALKS_MAX; i++)
		bind_filter(query, query->walks[i], filter, place);
	bind_filter(query, query->rows, filter, place);
	return query_make_cells(query, error);
}

struct query *query_open(const char *path, const struct query_subject *subject,
			 const struct query_filter *filter, char error[QUERY_ERROR_MAX])
{
	char place[QUERY_PLACE_MAX] = "";
	struct query *query = query_new(path, error);
	if (query == NULL)
		return NULL;
	query->subject = subject;
	query->before_first = INT64_MIN;
	query->outer_key = INT64_MIN;
	query->needs_outer = true;
	if (!query_check_filter(query, filter, place, error) ||
	    !prepare_all(query, filter, place, error)) {
		query_close(query);
		return NULL;
	}
	if (filter->has_since && subject->time_unit_ms != 0)
		query->before_first =
			in_unit(filter->since_ms, subject->time_unit_ms) - 1;
	rewind_walk(query);
	return query;
}

/* ---- reading ---- */

static struct query_cell read_cell(sqlite3_stmt *row, int column)
{
	static const enum query_cell_type types[] = {
		[SQLITE_INTEGER] = QUERY_INTEGER, [SQLITE_FLOAT] = QUERY_REAL,
		[SQLITE_TEXT] = QUERY_TEXT,       [SQLITE_BLOB] = QUERY_BLOB,
		[SQLITE_NULL] = QUERY_NULL,
	};
	struct query_cell cell = { .type = types[sqlite3_column_type(row, column)] };
	if (cell.type == QUERY_REAL)
		cell.real = sqlite3_column_double(row, column);
	if (cell.type != QUERY_NULL) {
		const void *data = cell.type == QUERY_BLOB
					   ? sqlite3_column_blob(row, column)
					   : sqlite3_column_text(row, column);
		cell.bytes = span_of(data, (size_t)sqlite3_column_bytes(row, column));
	}
	return cell;
}

/* Visits rows until there is none, the page is full, or visit has seen enough. */
static int read_rows(struct query *query, struct query_page *page)
{
	int rc = SQLITE_OK;
	while (!page->is_enough && (rc = sqlite3_step(query->rows)) == SQLITE_ROW) {
		for (uint32_t i = 0; i < query->column_count; i++)
			query->cells[i] = read_cell(query->rows, (int)i);
		page->is_enough = !page->visit(query->cells, page->context);
		page->rows++;
		if (query->subject == NULL && page->rows >= PAGE_ROWS)
			return SQLITE_ROW;
	}
	return rc;
}

static int read_entry(struct query *query, int64_t key, struct query_page *page)
{
	bind_number(query->rows, ":key", key);
	read_rows(query, page);
	return sqlite3_reset(query->rows);
}

/*
 * Steps the walk until the page is full. *ret_is_over: nothing is left of it.
 */
static int step_walk(struct query *query, sqlite3_stmt *walk, struct query_page *page,
		     bool *ret_is_over)
{
	static const char *const names[QUERY_KEYS_MAX] = { ":k1", ":k2", ":k3", ":k4",
							   ":k5" };
	int keys = sqlite3_column_count(walk) - 2;
	int rc = SQLITE_OK;
	for (int i = 0; i < keys; i++)
		bind_number(walk, names[i], query->after[i]);
	bind_number(walk, ":outer", query->outer_key);
	uint32_t first = page->entries;
	bool is_row = true;
	while (rc == SQLITE_OK && !page->is_enough && page->rows < PAGE_ROWS &&
	       (is_row = sqlite3_step(walk) == SQLITE_ROW)) {
		page->entries++;
		for (int i = 0; i < keys; i++)
			query->after[i] = sqlite3_column_int64(walk, i + 2);
		if (sqlite3_column_int64(walk, 1) != 0)
			rc = read_entry(query, sqlite3_column_int64(walk, 0), page);
	}
	int reset = sqlite3_reset(walk);
	*ret_is_over = !is_row && page->entries - first < PAGE_ENTRIES;
	return rc == SQLITE_OK ? reset : rc;
}

static int step_outer(struct query *query)
{
	query->needs_outer = false;
	query->walk = 0;
	rewind_walk(query);
	if (query->outer == NULL) {
		query->is_over = query->outer_key != INT64_MIN;
		query->outer_key = 0;
		return SQLITE_OK;
	}
	bool is_found = false;
	bind_number(query->outer, ":outer", query->outer_key);
	int rc = statement_find(query->outer, &is_found, &query->outer_key);
	query->is_over = rc == SQLITE_OK && !is_found;
	return rc;
}

static int read_page(struct query *query, struct query_page *page)
{
	int rc = SQLITE_OK;
	while (rc == SQLITE_OK && !query->is_over && !page->is_enough &&
	       page->rows < PAGE_ROWS && page->entries < PAGE_ENTRIES) {
		bool is_walk_over = false;
		page->entries++; /* terminals without a record count, too */
		if (query->needs_outer) {
			rc = step_outer(query);
			continue;
		}
		rc = step_walk(query, query->walks[query->walk], page, &is_walk_over);
		if (!is_walk_over)
			continue;
		rewind_walk(query);
		query->walk++;
		query->needs_outer = query->walk == QUERY_WALKS_MAX ||
				     query->walks[query->walk] == NULL;
	}
	return rc;
}

static int fail(struct query *query, int rc)
{
	snprintf(query->error, sizeof query->error,
		 "cannot read the database: %s (SQLite error %d)",
		 rc == SQLITE_NOMEM ? "out of memory" : sqlite3_errmsg(query->db), rc);
	return -1;
}

int query_next(struct query *query,
	       bool (*visit)(const struct query_cell *cells, void *context),
	       void *context)
{
	struct query_page page = { .visit = visit, .context = context };
	if (query->subject == NULL) {
		int rc = read_rows(query, &page);
		query->is_over = rc != SQLITE_ROW || page.is_enough;
		if (query->is_over)
			rc = sqlite3_reset(query->rows);
		return rc == SQLITE_OK || rc == SQLITE_ROW ? !query->is_over
							   : fail(query, rc);
	}
	int rc = sqlite3_exec(query->db, "BEGIN", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = read_page(query, &page);
	if (rc != SQLITE_OK)
		fail(query, rc);
	/* It has written nothing; what ends it does not matter. */
	sqlite3_exec(query->db, "COMMIT", NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return -1;
	return !query->is_over && !page.is_enough;
}

uint32_t query_column_count(const struct query *query)
{
	return query->column_count;
}

const char *query_column_name(const struct query *query, uint32_t column)
{
	return sqlite3_column_name(query->rows, (int)column);
}

const char *query_error(const struct query *query)
{
	return query->error;
}
