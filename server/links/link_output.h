/* SPDX-License-Identifier: MIT */
/*
 * Bytes that wait to be written, in a block that grows up to a limit: a peer that does
 * not read ends its link instead of filling our memory.
 */
#ifndef READOUT_SERVER_LINKS_LINK_OUTPUT_H
#define READOUT_SERVER_LINKS_LINK_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

/* A TLS flight with a long chain of certificates has room. */
enum { LINK_OUTPUT_MAX = 64 * 1024 };

/* All zero: empty. */
struct link_output {
	char *data; /* NULL when empty */
	size_t size;
	size_t capacity;
};

/* false: no memory, or more than LINK_OUTPUT_MAX; nothing was added. */
bool link_output_add(struct link_output *output, const void *data, size_t size);

/* Gives the block to the caller, who frees it; output is empty. */
char *link_output_take(struct link_output *output, size_t *ret_size);

void link_output_clear(struct link_output *output);

#endif
