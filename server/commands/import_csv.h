/* SPDX-License-Identifier: MIT */
/*
 * A CSV file of telegrams in hex: a header names the columns; comma, semicolon or tab
 * stands between them, fields may be quoted. One line is one row.
 */
#ifndef READOUT_SERVER_IMPORT_CSV_H
#define READOUT_SERVER_IMPORT_CSV_H

#include "server/commands/import_file.h"

enum {
	IMPORT_CSV_ERROR_MAX = 200,
	IMPORT_CSV_COLUMNS_MAX = 64,
	IMPORT_CSV_ROW_MAX = 16 * 1024,
};

struct import_csv {
	char separator;
	bool has_hex;                 /* the header was understood */
	int hex, time, terminal;      /* columns from 0; -1 none */
	char row[IMPORT_CSV_ROW_MAX]; /* of the row in hand, cut into texts */
	char *fields[IMPORT_CSV_COLUMNS_MAX];
	int field_count;
};

/* Finds the columns. false and a message: which is missing, and what to do. */
bool import_csv_header(struct import_csv *csv, struct span line,
		       const struct import_options *options,
		       char error[IMPORT_CSV_ERROR_MAX]);

/* Writes text and, where there are columns, time and terminal to *item; they live until
 * the next row. */
bool import_csv_row(struct import_csv *csv, struct span line, int64_t now_ms,
		    struct import_item *item, char error[IMPORT_CSV_ERROR_MAX]);

#endif
