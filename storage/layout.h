/* SPDX-License-Identifier: MIT */
/*
 * A layout is the ordered registers of a telegram's records. Meters of one type share
 * one, and a meter sends the same one for years; so a layout is worked out once, kept
 * here under its key (the record headers, one after the other) and found again by a hash
 * of the key.
 *
 * Layouts are never changed and never freed before the table; a pointer to one may be
 * handed to the writer thread. The table itself belongs to one thread (the one that
 * decodes).
 */
#ifndef READOUT_STORAGE_LAYOUT_H
#define READOUT_STORAGE_LAYOUT_H

#include "protocol/reading.h"

enum { LAYOUT_KEY_MAX = 4096 };      /* bytes */
enum { LAYOUT_REGISTERS_MAX = 256 }; /* records of one telegram */

/*
 * Raise it whenever protocol/ reads a header or a value otherwise than before: telegrams
 * keep the version that decoded them, and layouts of an older version are not used again.
 */
enum { DECODER_VERSION = 2 };

struct layout {
	uint32_t number; /* position in its table: an index for caches of others */
	uint32_t register_count;
	struct span key;
	const struct reading_register *registers; /* in record order */
	int32_t error_flags; /* position of the meter's own error flags; -1 none */
};

struct layout_table;

/* Makes a table for at most limit layouts. NULL when out of memory. */
struct layout_table *layout_table_new(uint32_t limit);
void layout_table_free(struct layout_table *table); /* NULL is fine */

/* Numbers layouts from first on instead of 0: several tables may then share one store,
 * whose layout_limit is above all their numbers. Before the first layout. */
void layout_table_number_from(struct layout_table *table, uint32_t first);

/* The layout with this key, or NULL. */
const struct layout *layout_table_find(const struct layout_table *table, struct span key);

/*
 * Adds a layout (key and registers are copied; occurrence of each register is set here,
 * by equal headers). NULL when the table is full or memory is out: the caller then stores
 * the telegram raw, for a later re-decode.
 */
const struct layout *layout_table_add(struct layout_table *table, struct span key,
				      const struct reading_register *registers,
				      uint32_t count);

#endif
