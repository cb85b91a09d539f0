/* SPDX-License-Identifier: MIT */
#include "config/secret_value.h"

#include <stdlib.h>
#include <string.h>

#include "config/secret.h"

struct secret_source {
	const char *key;
	char *(*get)(const char *text, char **ret_error);
};
static const struct secret_source SECRET_SOURCES[] = {
	{ "env", secret_from_environment },
	{ "file", secret_from_file },
};
enum { SECRET_SOURCE_COUNT = sizeof(SECRET_SOURCES) / sizeof(SECRET_SOURCES[0]) };

static size_t count_members(json_t *object)
{
	size_t count = 0;
	const char *name;
	json_t *json;
	json_object_foreach(object, name, json) count += !reader_is_comment(name);
	return count;
}

/* The one source a secret names, with its text; NULL if it is no such object. */
static const struct secret_source *secret_source(json_t *json, const char **ret_text)
{
	for (size_t i = 0; i < SECRET_SOURCE_COUNT; i++) {
		const char *text =
			json_string_value(json_object_get(json, SECRET_SOURCES[i].key));
		if (text && count_members(json) == 1) {
			*ret_text = text;
			return &SECRET_SOURCES[i];
		}
	}
	return NULL;
}

bool secret_value_is(const json_t *json)
{
	for (size_t i = 0; i < SECRET_SOURCE_COUNT; i++)
		if (json_object_get(json, SECRET_SOURCES[i].key))
			return true;
	return false;
}

char *secret_value_read(const struct reader *reader, const char *path, json_t *json,
			bool is_wanted)
{
	const char *text = NULL;
	const struct secret_source *source = secret_source(json, &text);
	if (!source) {
		reader_complain(reader, path,
				"is no secret; write {\"env\": \"NAME\"} or {\"file\": "
				"\"/path\"}, and only one of them");
		return NULL;
	}
	if (!is_wanted)
		return strdup("");
	char *error = NULL;
	char *secret = source->get(text, &error);
	if (!secret)
		reader_complain(reader, path, "%s", error ? error : "out of memory");
	free(error);
	return secret;
}
