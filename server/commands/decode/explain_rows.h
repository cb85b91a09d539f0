/* SPDX-License-Identifier: MIT */
/*
 * The rows of readout decode --format explain: each byte of a telegram stands in exactly
 * one, in order. What nobody claims is shown as well, so nothing can be left out.
 */
#ifndef READOUT_SERVER_EXPLAIN_ROWS_H
#define READOUT_SERVER_EXPLAIN_ROWS_H

#include <stdio.h>

#include "protocol/span.h"

struct explain_rows {
	FILE *out;
	struct span bytes;
	size_t position;     /* everything before it has been shown */
	const char *unnamed; /* what bytes are that no row claims; static */
};

/*
 * Shows a part of bytes with its meaning. Bytes between the last row and this one are
 * shown as unnamed first; a part that lies outside, or was shown already, is passed over.
 */
void explain_row(struct explain_rows *rows, struct span part, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Shows what is left up to offset as unnamed. */
void explain_rest(struct explain_rows *rows, size_t offset);

#endif
