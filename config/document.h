/* SPDX-License-Identifier: MIT */
/*
 * The files of a configuration read as one JSON object, which still knows in which file
 * and line each value stands. Syntax errors, duplicate keys and limits (1 MiB a file, 16
 * levels) are found here; what the keys mean is the reader's business.
 */
#ifndef READOUT_CONFIG_DOCUMENT_H
#define READOUT_CONFIG_DOCUMENT_H

#include <jansson.h>

#include "config/config.h"

struct document;

/*
 * Reads file and its drop-in directory, or a text named name. NULL when there is no
 * object to go on with; duplicates are added to errors and the last one counts.
 */
struct document *document_load(const char *file, struct config_errors *errors);
struct document *document_parse(const char *name, const char *text,
				struct config_errors *errors);
void document_free(struct document *document); /* NULL is fine */

/* The merged object; belongs to the document. */
json_t *document_root(const struct document *document);

/*
 * "file:line: path" of the last file that has path; "file: path" when no file has it.
 * Freed by the caller; NULL: no memory.
 */
char *document_where(const struct document *document, const char *path);

#endif
