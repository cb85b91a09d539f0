/* SPDX-License-Identifier: MIT */
/*
 * A file that nobody sees before it is complete: written beside its place as a part,
 * synced, renamed, and the directory synced. Bytes pass through one buffer of fixed size,
 * on request through gzip, and through SHA-256. The first error sticks; what follows it
 * does nothing.
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
	CSV_FILE_DIGEST = 32,    /* bytes of SHA-256 */
};

struct csv_file {
	int directory;  /* its descriptor, -1 closed */
	int fd;         /* of the part, -1 closed */
	int error;      /* errno of the first trouble, 0 none */
	uint64_t size;  /* bytes before gzip that have left the buffer */
	void *packer;   /* of gzip; NULL plain */
	void *digester; /* of SHA-256; NULL: not asked for */
	size_t used;
	char part[CSV_FILE_NAME_MAX];
	char buffer[CSV_FILE_BUFFER];
	unsigned char packed[CSV_FILE_BUFFER];
};

/* Opens the part, emptied if one was left over. See error; publish or discard always. */
void csv_file_open(struct csv_file *file, const char *directory, const char *part,
		   bool is_packed, bool has_digest);

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

static inline uint64_t csv_file_size(const struct csv_file *file)
{
	return file->size + file->used;
}

/*
 * Gives the part its name, and its SHA-256 as it stands on disk. Returns 0 or the errno
 * of the first trouble; nothing is left then.
 */
int csv_file_publish(struct csv_file *file, const char *name,
		     unsigned char ret_digest[CSV_FILE_DIGEST]);

/* Removes the part, if one is open. */
void csv_file_discard(struct csv_file *file);

#endif
