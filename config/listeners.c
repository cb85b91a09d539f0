/* SPDX-License-Identifier: MIT */
#include "config/listeners.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "config/json_path.h"
#include "config/keys.h"
#include "config/value_types.h"

void listeners_free(struct config *config)
{
	for (size_t i = 0; i < config->listener_count; i++) {
		struct config_listener *listener = &config->listeners[i];
		reader_free_texts(LISTENER_KEYS, listener);
		free(listener->name);
		free(listener->where);
	}
	free(config->listeners);
	config->listeners = NULL;
	config->listener_count = 0;
}

static void read_listener(const struct reader *reader, const char *path, const char *name,
			  json_t *json, struct config_listener *listener)
{
	reader_set_defaults(reader, LISTENER_KEYS, path, listener);
	listener->name = strdup(name);
	listener->where = document_where(reader->document, path);
	if (!listener->name || !listener->where)
		reader_complain(reader, path, "out of memory");
	if (!value_is_name(name))
		reader_complain(reader, path,
				"no name for a listener; use small letters, digits, "
				"\"-\" and \"_\"");
	reader_read_object(reader, LISTENER_KEYS, path, json, listener);
}

void read_listeners(const struct reader_value *value, void *target)
{
	struct config *config = target;
	const char *name;
	json_t *json;
	if (!reader_expect_object(value->reader, value->path, value->json))
		return;
	listeners_free(config);
	config->listeners =
		calloc(json_object_size(value->json) + 1, sizeof(*config->listeners));
	json_object_foreach(value->json, name, json)
	{
		char *path = json_path_member(value->path, name);
		if (!path || !config->listeners)
			reader_complain(value->reader, value->path, "out of memory");
		else if (!reader_is_comment(name))
			read_listener(value->reader, path, name, json,
				      &config->listeners[config->listener_count++]);
		free(path);
	}
	if (config->listener_count == 0)
		reader_complain(value->reader, value->path,
				"no listener; terminals could not dial in: leave the key "
				"out, or name one");
}

static bool is_wildcard(const char *address, int family)
{
	unsigned char bytes[16] = { 1 };
	static const unsigned char ZERO[16];
	size_t size = family == AF_INET ? 4 : 16;
	return inet_pton(family, address, bytes) == 1 && memcmp(bytes, ZERO, size) == 0;
}

/* "::" takes IPv4 as well; "0.0.0.0" every address of IPv4. */
static bool is_within(const char *address, const char *wider)
{
	return strcmp(address, wider) == 0 || is_wildcard(wider, AF_INET6) ||
	       (is_wildcard(wider, AF_INET) && !strchr(address, ':'));
}

static bool is_conflict(const struct config_listener *a, const struct config_listener *b)
{
	return a->port == b->port && a->port != 0 &&
	       (is_within(a->address, b->address) || is_within(b->address, a->address));
}

void listeners_check(const struct reader *reader, const struct config *config)
{
	for (size_t i = 1; i < config->listener_count; i++)
		for (size_t j = 0; j < i; j++) {
			const struct config_listener *first = &config->listeners[j];
			const struct config_listener *second = &config->listeners[i];
			char *path = json_path_member("$.listeners", second->name);
			if (path && is_conflict(first, second))
				reader_complain(reader, path,
						"%s port %u is taken by listener \"%s\" "
						"(%s); choose another port",
						second->address, second->port,
						first->name, first->address);
			free(path);
		}
}
