/* SPDX-License-Identifier: MIT */
/*
 * What the commands about exporters look up: cursors, dead letters, positions. A
 * read-only connection of its own, beside a running daemon or without one. One thread.
 */
#ifndef READOUT_STORAGE_EXPORT_QUERY_H
#define READOUT_STORAGE_EXPORT_QUERY_H

#include "storage/cursor.h"

struct export_query;

/* A dead letter as it stands in the database; texts live until the visit ends. */
struct export_letter {
	int64_t telegram, at_ms;
	const char *reason, *payload, *reply;
};

/* Opens an existing database. NULL and a message in error when that fails. */
struct export_query *export_query_open(const char *path, char error[STORE_ERROR_MAX]);
void export_query_close(struct export_query *query); /* NULL is fine */

/* The cursor and the number of dead letters. false: it has none yet, or an error. */
bool export_query_cursor(struct export_query *query, const char *exporter,
			 struct cursor_state *ret_cursor, int64_t *ret_letters);

/* Behind this position stands all that was received since then; -1: an error. */
int64_t export_query_position(struct export_query *query, int64_t since_ms);

/* Dead letters by telegram. false: an error. */
bool export_query_letters(struct export_query *query, const char *exporter,
			  void (*visit)(const struct export_letter *letter,
					void *context),
			  void *context);

/* The latest telegram of each meter, or of each terminal's inputs. false: an error. */
bool export_query_latest(struct export_query *query,
			 void (*visit)(int64_t telegram, void *context), void *context);

/* After one of them failed. */
const char *export_query_error(const struct export_query *query);

#endif
