/* SPDX-License-Identifier: MIT */
/*
 * The second pass over a JSON text: jansson gives the values but forgets where they
 * stood and which keys stood twice. This remembers the line of every member and element
 * by its path, and finds the duplicates. The text must be JSON that jansson has accepted.
 */
#ifndef READOUT_CONFIG_JSON_LINES_H
#define READOUT_CONFIG_JSON_LINES_H

#include <stdbool.h>
#include <stddef.h>

/* Objects and arrays inside each other; a configuration needs 5. */
enum { JSON_DEPTH_MAX = 16 };

struct json_lines;

/* A key that stands in one object more than once; comments ("//...") may. */
struct json_duplicate {
	const char *path; /* lives as long as the lines */
	unsigned first_line, line;
};

/* NULL: no memory. */
struct json_lines *json_lines_new(const char *text, size_t size);
void json_lines_free(struct json_lines *lines); /* NULL is fine */

/* The line (from 1) of what has this path; 0 if there is nothing. The root is line 1. */
unsigned json_lines_find(const struct json_lines *lines, const char *path);

/* The line of the first bracket nested too deep, where reading stopped; 0 if none. */
unsigned json_lines_too_deep(const struct json_lines *lines);

/* The next duplicate after *position (which starts at 0); false: no more. */
bool json_lines_next_duplicate(const struct json_lines *lines, size_t *position,
			       struct json_duplicate *ret_duplicate);

#endif
