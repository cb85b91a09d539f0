/* SPDX-License-Identifier: MIT */
/* The files of the corpus and their telegrams. */
#ifndef READOUT_TESTS_CORPUS_FILE_H
#define READOUT_TESTS_CORPUS_FILE_H

#include "protocol/wmbus/wmbus.h"

#include <jansson.h>
#include <stdio.h>

enum {
	CORPUS_LINE_MAX = 1 << 20,
	CORPUS_TELEGRAM_MAX = 1024,
	CORPUS_FORMATS_MAX = 512,
};

/* What telegrams teach each other, and the key of the one at hand. */
struct corpus_radio {
	struct wmbus_format formats_memory[CORPUS_FORMATS_MAX];
	struct wmbus_formats formats;
	uint8_t buffer[WMBUS_BUFFER_SIZE];
	const char *key;
	struct telegram_context context;
};

/* The file of this name in $READOUT_CORPUS or ../shared/corpus; NULL: there is none. */
FILE *corpus_open(const char *name);

/*
 * The next JSON object of a file of lines, which is the caller's then; NULL at its end.
 * line holds CORPUS_LINE_MAX bytes. A line that is no JSON ends the program.
 */
json_t *corpus_read_line(FILE *file, char *line);

/* Must be freed. */
struct corpus_radio *corpus_radio_create(void);

/* The telegram's bytes; 0 if they are no hex or too many. */
size_t corpus_bytes(const json_t *frame, uint8_t ret_bytes[CORPUS_TELEGRAM_MAX]);

/* Opens bytes as the kind of telegram that the frame is, with the frame's key. */
bool corpus_telegram_open(struct corpus_radio *radio, const json_t *frame,
			  struct span bytes, struct telegram *ret_telegram);

#endif
