/* SPDX-License-Identifier: MIT */
/*
 * Writes JSON text into a buffer of fixed size, for the hot path: values exactly as
 * given, no tree, no allocation. When the buffer is full the text is cut and is_full says
 * so; the caller then throws it away. Any thread.
 */
#ifndef READOUT_SERVER_JSON_TEXT_H
#define READOUT_SERVER_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct json_text {
	char *text; /* the caller's */
	size_t limit;
	size_t size;
	bool is_full;
};

void json_text_init(struct json_text *json, char *buffer, size_t limit);

/* Appends characters as they are: punctuation, numbers. */
void json_text_raw(struct json_text *json, const char *text, size_t size);

/*
 * Appends a string in quotes, escaped. Bytes that are no UTF-8 are taken for ISO 8859-1,
 * the character set of EN 13757-3, so the result is always valid.
 */
void json_text_string(struct json_text *json, const char *text, size_t size);

#endif
