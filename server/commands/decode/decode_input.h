/* SPDX-License-Identifier: MIT */
/*
 * The lines that readout decode is given: arguments, files, standard input. A record line
 * whose quotes hold line breaks is put together again; all others are what stands
 * between two line ends.
 */
#ifndef READOUT_SERVER_DECODE_INPUT_H
#define READOUT_SERVER_DECODE_INPUT_H

#include <stdio.h>

#include "protocol/span.h"

/* A record line with an IEC 62056-21 block has some kilobytes. */
enum { DECODE_INPUT_LINE_MAX = 1 << 20 };

/* Called for each line; number counts from 1. */
typedef void decode_input_cb(void *owner, struct span line, size_t number);

/*
 * Hands over each line of file. Lines longer than DECODE_INPUT_LINE_MAX are cut there.
 * Returns false when the file cannot be read to its end, or memory is out.
 */
bool decode_input_read(FILE *file, decode_input_cb *line_cb, void *owner);

#endif
