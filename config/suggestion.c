/* SPDX-License-Identifier: MIT */
#include "config/suggestion.h"

#include <string.h>

enum { NAME_MAX_BYTES = 63 };

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;
	return ab < c ? ab : c;
}

/* Levenshtein's distance, one row of the table at a time. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_BYTES + 1];
	size_t width = strlen(b);
	for (size_t j = 0; j <= width; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];
		row[0] = i + 1;
		for (size_t j = 0; j < width; j++) {
			size_t above = row[j + 1];
			row[j + 1] =
				least(above + 1, row[j] + 1, diagonal + (a[i] != b[j]));
			diagonal = above;
		}
	}
	return row[width];
}

const char *suggestion_find(const char *text, const char *const *names, size_t count)
{
	const char *best = NULL;
	size_t best_distance = NAME_MAX_BYTES;
	if (strlen(text) > NAME_MAX_BYTES)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (strlen(names[i]) > NAME_MAX_BYTES)
			continue;
		size_t distance = edit_distance(text, names[i]);
		size_t bound = (strlen(names[i]) + 2) / 3;
		if (distance <= bound && distance < best_distance) {
			best = names[i];
			best_distance = distance;
		}
	}
	return best;
}
