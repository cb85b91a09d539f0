/* SPDX-License-Identifier: MIT */
/*
 * Memory for the texts of one batch of the log: taken piece by piece, given back all at
 * once, blocks kept for the next batch. Pieces never move.
 */
#ifndef READOUT_STORAGE_TEXT_ARENA_H
#define READOUT_STORAGE_TEXT_ARENA_H

#include <sqlite3.h>

#include "protocol/span.h"

struct text_arena {
	struct text_block *first;   /* all blocks, in order */
	struct text_block *current; /* the one in use; NULL: none yet */
};

/* size bytes, aligned for anything; NULL when out of memory. */
void *text_arena_take(struct text_arena *arena, size_t size);

/* Copies, with a NUL behind; NULL when out of memory. A column that is NULL gives "". */
char *text_arena_copy(struct text_arena *arena, struct span bytes);
const char *text_arena_column(struct text_arena *arena, sqlite3_stmt *row, int column);

void text_arena_reset(struct text_arena *arena);
void text_arena_free(struct text_arena *arena);

#endif
