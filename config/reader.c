/* SPDX-License-Identifier: MIT */
#include "config/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/errors.h"
#include "config/json_path.h"
#include "config/suggestion.h"
#include "config/value_types.h"

enum { TABLE_KEYS_MAX = 32 };

bool reader_is_comment(const char *key)
{
	return strncmp(key, "//", 2) == 0;
}

void reader_complain(const struct reader *reader, const char *path, const char *format,
		     ...)
{
	char *where = document_where(reader->document, path);
	char *text = NULL;
	va_list arguments;
	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	errors_add(reader->errors, where ? where : path, "%s",
		   text ? text : "out of memory");
	free(text);
	free(where);
}

const char *reader_kind(const json_t *json)
{
	static const char *const KINDS[] = {
		[JSON_OBJECT] = "an object", [JSON_ARRAY] = "a list",
		[JSON_STRING] = "a text",    [JSON_INTEGER] = "a whole number",
		[JSON_REAL] = "a fraction",  [JSON_TRUE] = "true",
		[JSON_FALSE] = "false",      [JSON_NULL] = "null",
	};
	return KINDS[json_typeof(json)];
}

bool reader_expect_object(const struct reader *reader, const char *path,
			  const json_t *json)
{
	if (json_is_object(json))
		return true;
	reader_complain(reader, path, "must be an object, not %s; write {...}",
			reader_kind(json));
	return false;
}

static void *target_of(const struct reader_key *key, void *base)
{
	return (char *)base + key->offset;
}

static void set_default(const struct reader *reader, const struct reader_key *key,
			const char *path, void *base)
{
	json_t *json = json_loads(key->fallback, JSON_DECODE_ANY, NULL);
	struct reader_value value = { reader, key, path, json };
	if (json)
		key->read(&value, target_of(key, base));
	else
		reader_complain(reader, path, "out of memory");
	json_decref(json);
}

void reader_set_defaults(const struct reader *reader, const struct reader_key *keys,
			 const char *parent, void *base)
{
	for (const struct reader_key *key = keys; key->name; key++) {
		char *path = json_path_member(parent, key->name);
		if (!path)
			reader_complain(reader, parent, "out of memory");
		else if (key->keys)
			reader_set_defaults(reader, key->keys, path,
					    target_of(key, base));
		else if (key->fallback)
			set_default(reader, key, path, base);
		free(path);
	}
}

static void complain_of_unknown(const struct reader *reader,
				const struct reader_key *keys, const char *name,
				const char *path)
{
	const char *names[TABLE_KEYS_MAX];
	size_t count = 0;
	for (; keys[count].name && count < TABLE_KEYS_MAX; count++)
		names[count] = keys[count].name;
	const char *meant = suggestion_find(name, names, count);
	if (meant)
		reader_complain(reader, path, "unknown key; did you mean \"%s\"?", meant);
	else
		reader_complain(reader, path,
				"unknown key; see readout.example.json for those known");
}

static const struct reader_key *find_key(const struct reader_key *keys, const char *name)
{
	while (keys->name && strcmp(keys->name, name) != 0)
		keys++;
	return keys->name ? keys : NULL;
}

static void read_member(const struct reader *reader, const struct reader_key *keys,
			const char *parent, const char *name, json_t *json, void *base)
{
	const struct reader_key *key = find_key(keys, name);
	char *path = json_path_member(parent, name);
	struct reader_value value = { reader, key, path, json };
	if (!path)
		reader_complain(reader, parent, "out of memory");
	else if (!key)
		complain_of_unknown(reader, keys, name, path);
	else
		key->read(&value, target_of(key, base));
	free(path);
}

void reader_read_object(const struct reader *reader, const struct reader_key *keys,
			const char *path, json_t *object, void *base)
{
	const char *name;
	json_t *json;
	if (!reader_expect_object(reader, path, object))
		return;
	json_object_foreach(object, name, json) if (!reader_is_comment(name))
		read_member(reader, keys, path, name, json, base);
}

void reader_free_texts(const struct reader_key *keys, void *base)
{
	for (const struct reader_key *key = keys; key->name; key++) {
		char **text = target_of(key, base);
		if (key->keys)
			reader_free_texts(key->keys, target_of(key, base));
		if (!value_type_is_text(key->read))
			continue;
		free(*text);
		*text = NULL;
	}
}
