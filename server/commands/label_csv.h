/* SPDX-License-Identifier: MIT */
/*
 * Labels as a CSV file (RFC 4180): the first line names the columns, in any order. kind
 * and id are needed in each line (place, terminal or meter, and which); name, place,
 * place_kind, from, to, start_reading and end_reading change what they say, and an empty
 * field leaves it as it is; "-" takes it away.
 */
#ifndef READOUT_SERVER_LABEL_CSV_H
#define READOUT_SERVER_LABEL_CSV_H

#include <stdio.h>

#include "storage/labels/label.h"

/*
 * Reads the whole file. Every complaint goes to stderr as "name:line: ..."; with one,
 * NULL is returned. The changes, their count and their texts live until label_csv_free().
 */
struct label_csv;
struct label_csv *label_csv_read(FILE *file, const char *name);
void label_csv_free(struct label_csv *csv); /* NULL is fine */

const struct label_change *label_csv_changes(const struct label_csv *csv,
					     uint32_t *ret_count);

/* Writes the line of names; then a line for each change. */
void label_csv_write_names(FILE *out);
void label_csv_write(FILE *out, const struct label_change *change);

#endif
