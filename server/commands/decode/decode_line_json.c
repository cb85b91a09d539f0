/* SPDX-License-Identifier: MIT */
/* {"id": "cellar", "kind": "wmbus", "hex": "2E44...", "key": "0011..."}: hex alone is
 * needed, and other keys are passed over. */
#include <jansson.h>
#include <stdio.h>

#include "server/commands/decode/decode_line.h"

static void refuse(struct decode_item *item, const char *problem, const char *detail)
{
	item->kind = DECODE_UNREADABLE;
	/* a detail of any length: the end may be cut off */
	(void)snprintf(item->problem, sizeof item->problem, "%.40s%.100s", problem,
		       detail);
}

/* The kind by name overrides what the bytes look like. */
static void apply_kind(const json_t *object, struct decode_item *item)
{
	const char *kind = json_string_value(json_object_get(object, "kind"));

	if (kind == NULL || item->kind == DECODE_UNREADABLE)
		return;
	if (strcmp(kind, "wired") == 0)
		item->kind = DECODE_WIRED;
	else if (strcmp(kind, "wmbus") == 0)
		item->kind = DECODE_WIRELESS;
	else
		refuse(item, "kind is wired or wmbus, not ", kind);
}

static void apply_key(const json_t *object, struct decode_item *item)
{
	const json_t *value = json_object_get(object, "key");
	const char *key = json_string_value(value);

	if (value == NULL || json_is_null(value) || (key != NULL && key[0] == '\0'))
		return;
	item->has_key = key != NULL && decode_key_read(key, item->key);
	/* Without it the header can still be read. */
	if (!item->has_key && item->kind != DECODE_UNREADABLE)
		(void)snprintf(item->problem, sizeof item->problem,
			       "key is no string of 32 hex digits and was not used");
}

static void read_object(struct decode_line *line, const json_t *object,
			struct decode_item *item)
{
	const json_t *hex = json_object_get(object, "hex");
	const char *id = json_string_value(json_object_get(object, "id"));

	if (id != NULL) {
		(void)snprintf(line->id, sizeof line->id, "%s", id);
		item->id = line->id;
	}
	if (!json_is_string(hex)) {
		refuse(item, "the object has no string \"hex\"", "");
		return;
	}
	decode_line_read_hex(
		line, span_of(json_string_value(hex), json_string_length(hex)), item);
	apply_kind(object, item);
	apply_key(object, item);
}

void decode_line_read_json(struct decode_line *line, struct span text,
			   struct decode_item *ret_item)
{
	/* Keys that are passed over may hold integers beyond 64 bits. */
	size_t flags = JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL;
	json_error_t error;
	json_t *object = json_loadb((const char *)text.data, text.size, flags, &error);

	if (object == NULL)
		refuse(ret_item, "no JSON object: ", error.text);
	else
		read_object(line, object, ret_item);
	json_decref(object);
}
