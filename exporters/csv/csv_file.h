/* SPDX-License-Identifier: MIT */
/*
 * A file that nobody sees before it is complete: written beside its place as
 * ".NAME.part", synced, renamed to NAME, and the directory synced. Bytes pass through one
 * buffer of fixed size. The first error sticks; what follows it does nothing.
 */
#ifndef READOUT_EXPORTERS_CSV_FILE_H
#define READOUT_EXPORTERS_CSV_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	CSV_FILE_BUFFER = 65536, /* bytes */
	CSV_FILE_NAME_MAX = 200, /* bytes with NUL */
};

struct csv_file {
	char name[CSV_FILE_NAME_MAX];
	char part[CSV_FILE_NAME_MAX + 8];
	int directory; /* its descriptor, -1 closed */
	int fd;        /* of the part, -1 closed */
	int error;     /* errno of the first trouble, 0 none */
	size_t used;
	char buffer[CSV_FILE_BUFFER];
};

/* Opens the part, emptied if one was left over. See error; finish or discard always. */
void csv_file_open(struct csv_file *file, const char *directory, const char *name);

/* Empties the buffer first, or writes around it: for what does not fit. */
void csv_file_spill(struct csv_file *file, const char *bytes, size_t size);

/* Inline, since a row is some fifty of these. */
static inline void csv_file_put(struct csv_file *file, const char *bytes, size_t size)
{
	if (size > sizeof file->buffer - file->used) {
		csv_file_spill(file, bytes, size);
		return;
	}
	memcpy(file->buffer + file->used, bytes, size);
	file->used += size;
}

/* Publishes the file. Returns 0 or the errno of the first trouble; nothing is left then.
 */
int csv_file_finish(struct csv_file *file);

#endif
