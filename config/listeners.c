/* SPDX-License-Identifier: MIT */
#include "config/listeners.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "config/json_path.h"
#include "config/keys.h"
#include "config/tls.h"
#include "config/value_types.h"

void listeners_free(struct config *config)
{
	for (size_t i = 0; i < config->listener_count; i++) {
		struct config_listener *listener = &config->listeners[i];
		reader_free_texts(LISTENER_KEYS, listener);
		tls_free(&listener->tls);
		free(listener->proxies);
		free(listener->name);
		free(listener->where);
	}
	free(config->listeners);
	config->listeners = NULL;
	config->listener_count = 0;
}

static void add_proxy(const struct reader_value *list, size_t index,
		      struct config_listener *listener)
{
	const char *text = json_string_value(json_array_get(list->json, index));
	char *path = json_path_element(list->path, index);
	if (!path)
		reader_complain(list->reader, list->path, "out of memory");
	else if (!text || !network_parse(text, &listener->proxies[listener->proxy_count]))
		reader_complain(list->reader, path,
				"is no network; write \"192.0.2.0/24\", "
				"\"2001:db8::/32\" (no bits behind the prefix) or one "
				"address");
	else
		listener->proxy_count++;
	free(path);
}

void read_proxies(const struct reader_value *value, void *target)
{
	struct config_listener *listener = target;
	size_t count = json_array_size(value->json);
	if (count == 0) {
		reader_complain(value->reader, value->path,
				"must be a list of at least one network, as in "
				"[\"192.0.2.0/24\"]");
		return;
	}
	free(listener->proxies);
	listener->proxy_count = 0;
	listener->proxies = calloc(count, sizeof(*listener->proxies));
	if (!listener->proxies) {
		reader_complain(value->reader, value->path, "out of memory");
		return;
	}
	for (size_t i = 0; i < count; i++)
		add_proxy(value, i, listener);
}

/* A listener has something to show: a certificate, or a key it shares. */
static void check_tls(const struct reader *reader, const char *path,
		      const struct config_tls *tls)
{
	if (tls->is_given && tls->certificate && !*tls->certificate &&
	    tls->psk_count == 0 && tls->psk_file && !*tls->psk_file)
		reader_complain(reader, path,
				"\"tls\" needs \"certificate\" and \"key\", \"psk\" or "
				"\"psk_file\"");
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
	check_tls(reader, path, &listener->tls);
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
