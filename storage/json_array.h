/* SPDX-License-Identifier: MIT */
/*
 * Walks a flat JSON array of numbers, strings and nulls, the form of the columns vals and
 * remarks. Pure, no allocation.
 */
#ifndef READOUT_STORAGE_JSON_ARRAY_H
#define READOUT_STORAGE_JSON_ARRAY_H

#include "protocol/span.h"

enum json_kind { JSON_NULL, JSON_NUMBER, JSON_STRING };

struct json_element {
	enum json_kind kind;
	struct span text; /* the number, or what stands between the quotes, as written */
};

struct json_array {
	struct span rest;
};

/* An empty span is an empty array. */
struct json_array json_array_open(struct span text);

/* Moves on. false at the end or at anything that is not such an array. */
bool json_array_next(struct json_array *array, struct json_element *ret_element);

/* Writes a string's characters with NUL to ret_text, which holds text.size + 1 bytes.
 * Returns their number. */
size_t json_unescape(struct span text, char *ret_text);

#endif
