/* SPDX-License-Identifier: MIT */
/*
 * Rows on standard output: as a table for people, as JSON lines or CSV (RFC 4180) for
 * programs. Rows are collected in memory until row_output_flush(), so that whoever reads
 * them from the database never waits for whoever reads them here. The columns of a table
 * are as wide as the rows so far need, and cut where the screen ends.
 */
#ifndef READOUT_SERVER_ROW_OUTPUT_H
#define READOUT_SERVER_ROW_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "storage/query/query.h"

enum row_format { ROW_TABLE, ROW_JSONL, ROW_CSV };

/* false: there is no format of this name. */
bool row_format_find(const char *name, enum row_format *ret_format);

struct row_output;

/*
 * names are copied. out: where to. width: columns of the screen, 0 no limit. NULL when
 * out of memory.
 */
struct row_output *row_output_new(enum row_format format, FILE *out, unsigned width,
				  const char *const *names, uint32_t count);
void row_output_free(struct row_output *output); /* NULL is fine */

/* Takes a row of as many cells as there are names. false: out of memory. */
bool row_output_row(struct row_output *output, const struct query_cell *cells);

/* Writes what was collected. false: it cannot be written; errno says why. */
bool row_output_flush(struct row_output *output);

/* The width of the screen behind file; 0 when it is none. */
unsigned row_output_width(FILE *file);

#endif
