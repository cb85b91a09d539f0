/* SPDX-License-Identifier: MIT */
/*
 * Rows of the long layout, one per reading, as RFC 4180 wants them: CRLF, cells quoted
 * when they hold the delimiter, a quote or a line end. The columns are those of the view
 * `readings`, with the value as its exact text.
 *
 * A text that a spreadsheet would take for a formula gets a leading apostrophe (CWE-1236:
 * quoting does not help against it). Numbers are left alone.
 */
#ifndef READOUT_EXPORTERS_CSV_ROW_H
#define READOUT_EXPORTERS_CSV_ROW_H

#include "exporters/csv/csv_file.h"
#include "exporters/csv/csv_time.h"
#include "exporters/exporter.h"

struct csv_rows {
	struct csv_file *file; /* where rows go; set before each use */
	char delimiter;
	bool is_special[256]; /* bytes that make a cell quoted */
	struct csv_day day;
};

void csv_rows_init(struct csv_rows *rows, char delimiter);
void csv_rows_header(struct csv_rows *rows);

/* One row per reading; a telegram without readings gives none. */
void csv_rows_telegram(struct csv_rows *rows, const struct exporter_telegram *telegram);

#endif
