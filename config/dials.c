/* SPDX-License-Identifier: MIT */
#include "config/dials.h"

#include <stdlib.h>
#include <string.h>

#include "config/json_path.h"
#include "config/keys.h"
#include "config/secret_value.h"
#include "config/tls.h"
#include "config/value_types.h"

void dials_free(struct config *config)
{
	for (size_t i = 0; i < config->dial_count; i++) {
		struct config_dial *dial = &config->dials[i];
		if (dial->password)
			explicit_bzero(dial->password, strlen(dial->password));
		free(dial->password);
		reader_free_texts(DIAL_KEYS, dial);
		tls_free(&dial->tls);
		free(dial->name);
		free(dial->where);
	}
	free(config->dials);
	config->dials = NULL;
	config->dial_count = 0;
}

void read_password(const struct reader_value *value, void *target)
{
	char **password = target;
	char *secret = secret_value_read(value->reader, value->path, value->json, true);
	if (!secret)
		return;
	free(*password);
	*password = secret;
}

static void check(const struct reader *reader, const char *path,
		  const struct config_dial *dial)
{
	if (dial->host && !*dial->host)
		reader_complain(
			reader, path,
			"\"host\" is missing: the address or name of the terminal");
	if (dial->reconnect_least_ms > dial->reconnect_most_ms)
		reader_complain(reader, path,
				"\"reconnect_least\" is more than \"reconnect_most\"");
	if (dial->user && !*dial->user && dial->password)
		reader_complain(reader, path, "\"login\" has a password but no \"user\"");
}

static void read_dial(const struct reader *reader, const char *path, const char *name,
		      json_t *json, struct config_dial *dial)
{
	reader_set_defaults(reader, DIAL_KEYS, path, dial);
	dial->name = strdup(name);
	dial->where = document_where(reader->document, path);
	if (!dial->name || !dial->where)
		reader_complain(reader, path, "out of memory");
	if (!value_is_name(name))
		reader_complain(reader, path,
				"no name for a dialled terminal; use small letters, "
				"digits, \"-\" and \"_\"");
	reader_read_object(reader, DIAL_KEYS, path, json, dial);
	check(reader, path, dial);
}

void read_dials(const struct reader_value *value, void *target)
{
	struct config *config = target;
	const char *name;
	json_t *json;
	if (!reader_expect_object(value->reader, value->path, value->json))
		return;
	dials_free(config);
	config->dials = calloc(json_object_size(value->json) + 1, sizeof(*config->dials));
	json_object_foreach(value->json, name, json)
	{
		char *path = json_path_member(value->path, name);
		if (!path || !config->dials)
			reader_complain(value->reader, value->path, "out of memory");
		else if (!reader_is_comment(name))
			read_dial(value->reader, path, name, json,
				  &config->dials[config->dial_count++]);
		free(path);
	}
}
