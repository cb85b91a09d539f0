/* SPDX-License-Identifier: MIT */
/*
 * Questions to the database for whoever is not SQL's friend, and one door for those who
 * are: rows of a published view by filters, or the rows of one SELECT, cell by cell.
 *
 * A view is read in pages, each a short read transaction that is over before the page is
 * printed: a slow terminal or a pager never pins the log of the running daemon, and
 * memory does not grow with the answer. A page is found by walking an index behind its
 * last key (query_subject.c has the walks), so the first rows come at once, whatever the
 * size of the database. A SELECT of the operator's own cannot be cut into pages: it is
 * one transaction until its last row, so whoever prints must not wait in between.
 *
 * A query belongs to one thread.
 */
#ifndef READOUT_STORAGE_QUERY_H
#define READOUT_STORAGE_QUERY_H

#include "protocol/span.h"

enum { QUERY_ERROR_MAX = 256, QUERY_COLUMNS_MAX = 2000 /* SQLite's own limit */ };

enum query_cell_type {
	QUERY_NULL,
	QUERY_INTEGER,
	QUERY_REAL,
	QUERY_TEXT,
	QUERY_BLOB,
};

/* One value of a row. bytes: as SQLite gives it as text, or the bytes of a blob. */
struct query_cell {
	enum query_cell_type type;
	double real; /* of QUERY_REAL */
	struct span bytes;
};

/* What is asked for; a NULL or false is no filter. */
struct query_filter {
	const char *meter;    /* 16 digits, the 8 printed on it, or its name */
	const char *terminal; /* identity or name */
	const char *place;    /* path or its last names; everything below it counts */
	const char *quantity; /* "volume" */
	bool has_since, has_until;
	int64_t since_ms, until_ms; /* Unix time; since <= t < until */
	const char *columns;        /* names with commas between them; NULL: all */
};

/* One of the things that can be asked for. */
struct query_subject;

/* The subject called name ("readings"), or NULL. */
const struct query_subject *query_subject_find(const char *name);

/* The columns that fit a screen, names with commas between them; static. */
const char *query_subject_columns(const struct query_subject *subject);

struct query;

/*
 * Opens the database at path and asks. NULL and a message in error (what, where, what to
 * do) when that fails: no such meter, a filter this subject does not have, no database.
 * filter is copied where it is needed later: nothing of it must live on.
 */
struct query *query_open(const char *path, const struct query_subject *subject,
			 const struct query_filter *filter, char error[QUERY_ERROR_MAX]);

/*
 * The same for one statement of SQL that only reads. Anything else is refused: writing, a
 * second statement, ATTACH, a PRAGMA that sets something, extensions.
 */
struct query *query_open_sql(const char *path, const char *sql,
			     char error[QUERY_ERROR_MAX]);
void query_close(struct query *query); /* NULL is fine */

uint32_t query_column_count(const struct query *query);
const char *query_column_name(const struct query *query, uint32_t column);

/*
 * Reads the next page and calls visit for each row; cells live during the call, which
 * must not wait for anybody. visit returns false when it has seen enough. Returns 1 when
 * more may come, 0 at the end, -1 with query_error().
 */
int query_next(struct query *query,
	       bool (*visit)(const struct query_cell *cells, void *context),
	       void *context);

const char *query_error(const struct query *query);

#endif
