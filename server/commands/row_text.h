/* SPDX-License-Identifier: MIT */
/* One cell of a row as text, in each of the forms that row_output.c puts together. */
#ifndef READOUT_SERVER_ROW_TEXT_H
#define READOUT_SERVER_ROW_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "storage/query/query.h"

/* Numbers stand to the right: those of SQL, and exact ones that are text. */
bool row_text_is_number(const struct query_cell *cell);

/*
 * For people: nothing for NULL, hex for a blob. What would move the cursor of a screen is
 * shown as '?', bytes that are no UTF-8 as ISO 8859-1.
 */
void row_text_plain(FILE *out, const struct query_cell *cell);

/* How many columns a plain text takes. */
unsigned row_text_width(const char *text);

/* A plain text in a column of a table: filled up, or cut with an ellipsis. */
void row_text_cell(FILE *out, const char *text, unsigned width, bool is_right,
		   bool is_last);

/* As a JSON value; a real with the digits that give it back. And as a name with a colon.
 */
void row_text_json(FILE *out, const struct query_cell *cell);
void row_text_json_name(FILE *out, const char *name);

/* As a field of RFC 4180. */
void row_text_csv(FILE *out, const struct query_cell *cell);

#endif
