/* SPDX-License-Identifier: MIT */
/*
 * Cuts a file into what readout import sends: the record lines of a dump, the lines of a
 * hex list, the rows of a CSV file. A dump is what a terminal program saved: echoes,
 * results, blank lines and prompts stand around the records and are passed over; the
 * answer to ATI4 names the terminal.
 */
#ifndef READOUT_SERVER_IMPORT_FILE_H
#define READOUT_SERVER_IMPORT_FILE_H

#include <stdio.h>

#include "protocol/span.h"

enum import_form { IMPORT_GUESS, IMPORT_DUMP, IMPORT_HEX, IMPORT_CSV };

struct import_item {
	size_t line;          /* from 1 */
	const char *terminal; /* "" not known */
	bool has_time;
	int64_t time_s;
	struct span text; /* a record line from ^SCDATA on, or hex digits with blanks */
};

struct import_options {
	enum import_form form;
	const char *terminal; /* for lines that name none; "" none */
	bool has_time;        /* for lines without one */
	int64_t time_s;
	const char *hex_column, *time_column, *terminal_column; /* NULL: by usual names */
	int64_t now_ms;
};

struct import_callbacks {
	/* What was found; text lives during the call. */
	void (*on_item)(void *context, const struct import_item *item);
	void (*on_bad)(void *context, size_t line, const char *why);
	void *context;
};

/* Dump, hex list or CSV? Looks at the beginning and goes back to it. */
enum import_form import_file_guess(FILE *file);

/* Goes through the file. false: it cannot be read to its end. */
bool import_file_read(FILE *file, const struct import_options *options,
		      const struct import_callbacks *callbacks);

#endif
