/* SPDX-License-Identifier: MIT */
/*
 * Rows as RFC 4180 wants them: CRLF, cells quoted when they hold the delimiter, a quote
 * or a line end. Long: one row per reading; wide: one per telegram that has one of the
 * series. Values are the exact text.
 *
 * A text that a spreadsheet would take for a formula gets a leading apostrophe (CWE-1236:
 * quoting does not help against it). Numbers are left alone.
 */
#ifndef READOUT_EXPORTERS_CSV_ROW_H
#define READOUT_EXPORTERS_CSV_ROW_H

#include "exporters/csv/csv_column.h"
#include "exporters/csv/csv_file.h"
#include "exporters/csv/csv_time.h"

enum { CSV_MADE = 64, CSV_MADE_BYTES = 240 };

/*
 * Cells of a reading that say what is measured, as they were written last at its place in
 * a telegram. Meters of one kind share the texts, so that their addresses tell.
 */
struct csv_made {
	const char *quantity, *unit, *function, *modifiers, *obis;
	uint64_t storage;
	uint32_t tariff, subunit, occurrence;
	uint32_t size; /* of bytes; 0: none */
	char bytes[CSV_MADE_BYTES];
};

struct csv_rows {
	struct csv_file *file; /* where rows go; set before each use */
	char delimiter;
	bool has_comma; /* as decimal sign */
	bool has_bom;
	struct csv_columns columns;
	bool is_special[256]; /* bytes that make a cell quoted */
	struct csv_day day;
	/* Cells of one telegram that are the same in all of its rows, by column. */
	char *cells;
	size_t cells_room, cells_used;
	size_t cell_ends[CSV_COLUMNS_MAX];
	/* The first columns in a row that say what is measured, and what was made of
	 * them. */
	size_t made_from, made_until;
	struct csv_made made[CSV_MADE];
};

/* columns become the rows' own. */
void csv_rows_init(struct csv_rows *rows, char delimiter, struct csv_columns columns);
void csv_rows_close(struct csv_rows *rows);

void csv_rows_header(struct csv_rows *rows);

/* Before the telegrams of a batch: the texts of the last one are gone. */
void csv_rows_batch(struct csv_rows *rows);

/* false: out of memory, nothing was written. */
bool csv_rows_telegram(struct csv_rows *rows, const struct exporter_telegram *telegram);

#endif
