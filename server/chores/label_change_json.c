/* SPDX-License-Identifier: MIT */
#include "server/chores/label_change_json.h"

#include <stddef.h>
#include <string.h>

static const char *const kinds[LABEL_KIND_COUNT] = {
	[LABEL_PLACE] = "place", [LABEL_TERMINAL] = "terminal",
	[LABEL_METER] = "meter", [LABEL_EXCHANGE] = "exchange",
	[LABEL_SPLIT] = "split", [LABEL_JOIN] = "join",
};

static const struct {
	const char *key;
	size_t offset;
} texts[] = {
	{ "id", offsetof(struct label_change, id) },
	{ "name", offsetof(struct label_change, name) },
	{ "place", offsetof(struct label_change, place) },
	{ "place_kind", offsetof(struct label_change, place_kind) },
	{ "other", offsetof(struct label_change, other) },
	{ "start_reading", offsetof(struct label_change, start_reading) },
	{ "end_reading", offsetof(struct label_change, end_reading) },
};
enum { TEXT_COUNT = sizeof(texts) / sizeof(texts[0]) };

const char *label_kind_text(enum label_kind kind)
{
	return kinds[kind];
}

bool label_kind_find(const char *text, enum label_kind *ret_kind)
{
	for (int i = 0; text != NULL && i < LABEL_KIND_COUNT; i++) {
		if (strcmp(kinds[i], text) == 0) {
			*ret_kind = (enum label_kind)i;
			return true;
		}
	}
	return false;
}

json_t *label_change_to_json(const struct label_change *change)
{
	json_t *json = json_pack("{s:s, s:I}", "kind", kinds[change->kind], "line",
				 (json_int_t)change->line);
	bool is_written = json != NULL;

	for (size_t i = 0; is_written && i < TEXT_COUNT; i++) {
		const char *const *text =
			(const void *)((const char *)change + texts[i].offset);
		is_written =
			*text == NULL ||
			json_object_set_new(json, texts[i].key, json_string(*text)) == 0;
	}
	if (is_written && change->has_from)
		is_written = json_object_set_new(json, "from",
						 json_integer(change->from_at)) == 0;
	if (is_written && change->has_to)
		is_written =
			json_object_set_new(json, "to", json_integer(change->to_at)) == 0;
	if (is_written)
		return json;
	json_decref(json);
	return NULL;
}

static bool take_time(const json_t *json, const char *key, bool *ret_has, int64_t *ret_at)
{
	const json_t *value = json_object_get(json, key);
	*ret_has = value != NULL;
	*ret_at = json_integer_value(value);
	return value == NULL || json_is_integer(value);
}

bool label_change_from_json(const json_t *json, struct label_change *ret_change)
{
	struct label_change change = { 0 };
	const char *kind = json_string_value(json_object_get(json, "kind"));
	json_int_t line = json_integer_value(json_object_get(json, "line"));

	if (!label_kind_find(kind, &change.kind))
		return false;
	change.line = line > 0 && line <= UINT32_MAX ? (uint32_t)line : 0;
	for (size_t i = 0; i < TEXT_COUNT; i++) {
		const char **text = (void *)((char *)&change + texts[i].offset);
		*text = json_string_value(json_object_get(json, texts[i].key));
	}
	if (change.id == NULL ||
	    (change.kind == LABEL_EXCHANGE && change.other == NULL) ||
	    !take_time(json, "from", &change.has_from, &change.from_at) ||
	    !take_time(json, "to", &change.has_to, &change.to_at) ||
	    (change.kind == LABEL_EXCHANGE && !change.has_from))
		return false;
	*ret_change = change;
	return true;
}
