/* SPDX-License-Identifier: MIT */
/*
 * The layouts of the database as a reader of the log needs them, each read once. Rows of
 * layouts never change, so what is read stays true. One thread.
 */
#ifndef READOUT_STORAGE_LOG_LAYOUT_H
#define READOUT_STORAGE_LOG_LAYOUT_H

#include <sqlite3.h>

#include "storage/log_reader.h"
#include "storage/reading_text.h"
#include "storage/text_arena.h"

struct log_register {
	struct log_reading reading; /* everything but the value */
	struct reading_scale scale;
	int valid_at; /* position of its date, -1 none */
};

struct log_layout {
	int64_t id;
	uint32_t register_count;
	struct log_register *registers;
	struct log_layout *next; /* in the same bucket */
};

enum { LOG_LAYOUT_BUCKETS = 256 };

struct log_layouts {
	sqlite3_stmt *query;
	struct text_arena arena;
	uint32_t count;
	struct log_layout *buckets[LOG_LAYOUT_BUCKETS];
};

/* Prepares the query. An SQLite error code. */
int log_layouts_open(struct log_layouts *layouts, sqlite3 *db);
void log_layouts_close(struct log_layouts *layouts);

/* Drops all of them if there are very many; what was given out becomes invalid. */
void log_layouts_trim(struct log_layouts *layouts);

/* The layout with this row id, from memory or read now. An SQLite error code. */
int log_layouts_get(struct log_layouts *layouts, int64_t id,
		    const struct log_layout **ret_layout);

#endif
