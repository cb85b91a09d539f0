/* SPDX-License-Identifier: MIT */
/*
 * Reads CSV (RFC 4180) record by record: fields in quotes with quotes doubled, line ends
 * within them, CRLF or LF, a byte order mark in front. Semicolons instead of commas, as
 * spreadsheets of half of Europe write them, are known by the first line.
 */
#ifndef READOUT_SERVER_CSV_RECORD_H
#define READOUT_SERVER_CSV_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { CSV_FIELDS_MAX = 64, CSV_FILE_MAX = 1024 * 1024 };

struct csv_record {
	char *text; /* the whole file; fields point into it until csv_record_close() */
	char *next; /* where the next record begins */
	char separator;
	size_t line; /* of the record in hand, from 1 */
	size_t next_line;
	char *fields[CSV_FIELDS_MAX];
	size_t count;
	const char *complaint; /* static; why reading ended early, NULL: it did not */
};

/* Takes the whole file in. false: it cannot be read, or is too long. */
bool csv_record_open(struct csv_record *record, FILE *file);
void csv_record_close(struct csv_record *record);

/* The next record. false at the end, or with a complaint. */
bool csv_record_next(struct csv_record *record);

#endif
