/* SPDX-License-Identifier: MIT */
/*
 * A span is a run of bytes that somebody else owns: a pointer and a length. It says
 * nothing about how long the bytes live; each function that hands one out does.
 */
#ifndef READOUT_PROTOCOL_SPAN_H
#define READOUT_PROTOCOL_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

struct span {
	const uint8_t *data; /* may be NULL when size is 0 */
	size_t size;         /* bytes */
};

static inline struct span span_of(const void *data, size_t size)
{
	struct span span;

	span.data = (const uint8_t *)data;
	span.size = size;
	return span;
}

static inline struct span span_text(const char *text)
{
	return span_of(text, strlen(text));
}

static inline bool span_equal(struct span a, struct span b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

#ifdef __cplusplus
}
#endif

#endif
