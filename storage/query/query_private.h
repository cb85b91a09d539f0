/* SPDX-License-Identifier: MIT */
/* What the files of a query share: its statements, its position, the page in hand. */
#ifndef READOUT_STORAGE_QUERY_PRIVATE_H
#define READOUT_STORAGE_QUERY_PRIVATE_H

#include <sqlite3.h>

#include "storage/query/query_subject.h"

enum { QUERY_PLACE_MAX = 1024 };

struct query {
	sqlite3 *db;
	const struct query_subject *subject; /* NULL: SQL of the operator's own */
	sqlite3_stmt *outer;                 /* NULL: none */
	sqlite3_stmt *walks[QUERY_WALKS_MAX];
	sqlite3_stmt *rows;
	uint32_t column_count;
	struct query_cell *cells; /* of the row in hand */

	int64_t outer_key; /* INT64_MIN: before the first */
	bool needs_outer;  /* the next step is one of the outer loop */
	int walk;
	int64_t before_first; /* where a walk begins */
	int64_t after[QUERY_KEYS_MAX];
	bool is_over;
	char error[QUERY_ERROR_MAX];
};

struct query_page {
	bool (*visit)(const struct query_cell *cells, void *context);
	void *context;
	uint32_t rows, entries; /* so far */
	bool is_enough;         /* visit has said so */
};

/* An open read-only database and nothing else. NULL and a message. */
struct query *query_new(const char *path, char error[QUERY_ERROR_MAX]);

/* "" prepares nothing. false and a message. */
bool query_prepare(struct query *query, const char *sql, sqlite3_stmt **ret_statement,
		   char error[QUERY_ERROR_MAX]);

/* Room for a row of query->rows. false and a message. */
bool query_make_cells(struct query *query, char error[QUERY_ERROR_MAX]);

/*
 * Are there such a meter, terminal, place? Has the subject these filters? false and a
 * message if not. Writes the whole path of the place.
 */
bool query_check_filter(struct query *query, const struct query_filter *filter,
			char ret_place[QUERY_PLACE_MAX], char error[QUERY_ERROR_MAX]);

#endif
