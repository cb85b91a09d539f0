/* SPDX-License-Identifier: MIT */
#include "config/groups.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "config/json_path.h"
#include "config/keys.h"
#include "config/names.h"
#include "config/secret_value.h"
#include "config/value_types.h"

enum { IDENTITY_BYTES_MAX = 63, REGISTRATION_BYTES_MAX = 255 };

void read_later(const struct reader_value *value, void *target)
{
	(void)target;
	(void)reader_expect_object(value->reader, value->path, value->json);
}

/* ---- groups ---- */

static void free_group(struct config_group *group)
{
	names_free(&group->members);
	free(group->name);
}

void read_members(const struct reader_value *value, void *target)
{
	struct config_group *group = target;
	names_read(value, "names or patterns, as in [\"50-1945-*\"]", &group->members);
}

static void read_group(const struct reader *reader, const char *path, const char *name,
		       json_t *json, struct config *config)
{
	struct config_group *group = &config->groups[config->group_count++];

	*group = (struct config_group){ .name = strdup(name),
					.collecting = config->terminals.collecting };
	if (!group->name)
		reader_complain(reader, path, "out of memory");
	if (!value_is_name(name))
		reader_complain(reader, path,
				"no name for a group; use small letters, digits, \"-\" "
				"and \"_\"");
	reader_read_object(reader, GROUP_KEYS, path, json, group);
}

static bool is_member(const struct config_group *group, const char *identity)
{
	for (size_t i = 0; i < group->members.count; i++)
		if (fnmatch(group->members.texts[i], identity, 0) == 0)
			return true;
	return false;
}

const struct config_group *group_find(const struct config *config, const char *name,
				      const char *identity)
{
	for (size_t i = 0; i < config->group_count; i++) {
		const struct config_group *group = &config->groups[i];
		if (name ? strcmp(group->name, name) == 0 : is_member(group, identity))
			return group;
	}
	return NULL;
}

/* ---- known terminals ---- */

static void free_known(struct config_known_terminal *known)
{
	if (known->registration)
		explicit_bzero(known->registration, strlen(known->registration));
	free(known->registration);
	free(known->group);
	free(known->identity);
}

void read_registration(const struct reader_value *value, void *target)
{
	char *text = secret_value_read(value->reader, value->path, value->json, true);
	size_t size = text ? strlen(text) : 0;

	if (text && size >= 8 && size <= REGISTRATION_BYTES_MAX) {
		free(*(char **)target);
		*(char **)target = text;
		return;
	}
	if (text)
		reader_complain(value->reader, value->path,
				"a registration text has 8 to %d bytes; a shorter one "
				"can be guessed",
				REGISTRATION_BYTES_MAX);
	free(text);
}

/* The keys of the object stand over its group's settings, wherever "group" stands. */
static void read_known(const struct reader *reader, const char *path,
		       const char *identity, json_t *json, struct config *config)
{
	const char *name = json_string_value(json_object_get(json, "group"));
	const struct config_group *group = group_find(config, name, identity);
	struct config_known_terminal *known =
		&config->known_terminals[config->known_terminal_count++];

	*known = (struct config_known_terminal){
		.identity = strdup(identity),
		.collecting = group ? group->collecting : config->terminals.collecting,
	};
	if (!known->identity)
		reader_complain(reader, path, "out of memory");
	if (identity[0] == '\0' || strlen(identity) > IDENTITY_BYTES_MAX)
		reader_complain(reader, path, "no name of a terminal; 1 to %d bytes",
				IDENTITY_BYTES_MAX);
	if (name && !group)
		reader_complain(reader, path, "there is no group \"%s\" in $.groups",
				name);
	reader_read_object(reader, KNOWN_TERMINAL_KEYS, path, json, known);
}

static int compare_known(const void *a, const void *b)
{
	const struct config_known_terminal *first = a, *second = b;
	return strcmp(first->identity, second->identity);
}

/* ---- both ---- */

static void read_members_of(const struct reader *reader, json_t *root, const char *key,
			    struct config *config,
			    void (*read)(const struct reader *reader, const char *path,
					 const char *name, json_t *json,
					 struct config *config))
{
	char *parent = json_path_member(JSON_PATH_ROOT, key);
	const char *name;
	json_t *json;
	json_object_foreach(json_object_get(root, key), name, json)
	{
		char *path = parent ? json_path_member(parent, name) : NULL;
		if (!path)
			reader_complain(reader, JSON_PATH_ROOT, "out of memory");
		else if (!reader_is_comment(name))
			read(reader, path, name, json, config);
		free(path);
	}
	free(parent);
}

void groups_read(const struct reader *reader, json_t *root, struct config *config)
{
	size_t groups = json_object_size(json_object_get(root, "groups"));
	size_t known = json_object_size(json_object_get(root, "known_terminals"));

	config->groups = calloc(groups + 1, sizeof(*config->groups));
	config->known_terminals = calloc(known + 1, sizeof(*config->known_terminals));
	if (!config->groups || !config->known_terminals) {
		reader_complain(reader, JSON_PATH_ROOT, "out of memory");
		return;
	}
	read_members_of(reader, root, "groups", config, read_group);
	read_members_of(reader, root, "known_terminals", config, read_known);
	if (reader->errors->count == 0)
		qsort(config->known_terminals, config->known_terminal_count,
		      sizeof(*config->known_terminals), compare_known);
}

void groups_free(struct config *config)
{
	for (size_t i = 0; i < config->group_count; i++)
		free_group(&config->groups[i]);
	for (size_t i = 0; i < config->known_terminal_count; i++)
		free_known(&config->known_terminals[i]);
	free(config->groups);
	free(config->known_terminals);
	config->groups = NULL;
	config->known_terminals = NULL;
	config->group_count = 0;
	config->known_terminal_count = 0;
}
