/* SPDX-License-Identifier: MIT */
#include "config/exporters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/json_path.h"
#include "config/keys.h"
#include "config/names.h"
#include "config/secret_value.h"
#include "config/value_types.h"

/* The text of an option, whatever type its plugin will want; NULL after a complaint. */
static char *option_text(const struct reader *reader, const char *path, json_t *json,
			 bool enabled)
{
	char digits[32];
	if (secret_value_is(json))
		return secret_value_read(reader, path, json, enabled);
	if (json_is_object(json) || json_is_array(json))
		return json_dumps(json, JSON_COMPACT);
	if (json_is_string(json))
		return strdup(json_string_value(json));
	if (json_is_boolean(json))
		return strdup(json_is_true(json) ? "true" : "false");
	if (json_is_integer(json)) {
		snprintf(digits, sizeof(digits), "%" JSON_INTEGER_FORMAT,
			 json_integer_value(json));
		return strdup(digits);
	}
	reader_complain(reader, path,
			"must be a text, a whole number, true, false, an object, a list "
			"or a secret, not %s",
			reader_kind(json));
	return NULL;
}

void read_name_list(const struct reader_value *value, void *target)
{
	names_read(value, "names, as in [\"first\", \"second\"]", target);
}

static void free_filter(struct config_filter *filter)
{
	names_free(&filter->terminals);
	names_free(&filter->meters);
	names_free(&filter->media);
	names_free(&filter->quantities);
	names_free(&filter->places);
}

static void read_option(const struct reader *reader, const char *path, const char *name,
			json_t *json, struct config_exporter *exporter)
{
	struct config_option *option = &exporter->options[exporter->option_count++];
	option->name = strdup(name);
	option->where = document_where(reader->document, path);
	option->text = option_text(reader, path, json, exporter->enabled);
	if (!option->name || !option->where)
		reader_complain(reader, path, "out of memory");
}

void read_options(const struct reader_value *value, void *target)
{
	struct config_exporter *exporter = target;
	const char *name;
	json_t *json;
	if (!reader_expect_object(value->reader, value->path, value->json))
		return;
	exporter->options =
		calloc(json_object_size(value->json) + 1, sizeof(*exporter->options));
	json_object_foreach(value->json, name, json)
	{
		char *path = json_path_member(value->path, name);
		if (!path || !exporter->options)
			reader_complain(value->reader, value->path, "out of memory");
		else if (!reader_is_comment(name))
			read_option(value->reader, path, name, json, exporter);
		free(path);
	}
}

static void read_exporter(const struct reader *reader, const char *path, const char *name,
			  json_t *json, struct config_exporter *exporter)
{
	reader_set_defaults(reader, EXPORTER_KEYS, path, exporter);
	exporter->batch_age_ms = CONFIG_AGE_OF_PLUGIN;
	exporter->name = strdup(name);
	exporter->where = document_where(reader->document, path);
	if (!exporter->name || !exporter->where)
		reader_complain(reader, path, "out of memory");
	if (!value_is_name(name))
		reader_complain(reader, path,
				"no name for an exporter; use small letters, digits, "
				"\"-\" and \"_\", at most 63");
	/* Options may stand before it, and they need to know. */
	if (json_is_false(json_object_get(json, "enabled")))
		exporter->enabled = false;
	reader_read_object(reader, EXPORTER_KEYS, path, json, exporter);
	if (!exporter->plugin)
		exporter->plugin = strdup(name);
	if (!exporter->plugin)
		reader_complain(reader, path, "out of memory");
}

void read_exporters(const struct reader_value *value, void *target)
{
	struct config *config = target;
	const char *name;
	json_t *json;
	if (!reader_expect_object(value->reader, value->path, value->json))
		return;
	exporters_free(config);
	config->exporters =
		calloc(json_object_size(value->json) + 1, sizeof(*config->exporters));
	json_object_foreach(value->json, name, json)
	{
		char *path = json_path_member(value->path, name);
		if (!path || !config->exporters)
			reader_complain(value->reader, value->path, "out of memory");
		else if (!reader_is_comment(name))
			read_exporter(value->reader, path, name, json,
				      &config->exporters[config->exporter_count++]);
		free(path);
	}
}

static void free_options(struct config_exporter *exporter)
{
	for (size_t i = 0; i < exporter->option_count; i++) {
		struct config_option *option = &exporter->options[i];
		free(option->name);
		/* It may be a secret; it must not stay in freed memory. */
		if (option->text)
			explicit_bzero(option->text, strlen(option->text));
		free(option->text);
		free(option->where);
	}
	free(exporter->options);
}

void exporters_free(struct config *config)
{
	for (size_t i = 0; i < config->exporter_count; i++) {
		struct config_exporter *exporter = &config->exporters[i];
		free_options(exporter);
		free_filter(&exporter->filter);
		reader_free_texts(EXPORTER_KEYS, exporter);
		free(exporter->name);
		free(exporter->where);
	}
	free(config->exporters);
	config->exporters = NULL;
	config->exporter_count = 0;
}
