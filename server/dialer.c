/* SPDX-License-Identifier: MIT */
/*
 * Happy path: the pause is over, the host is looked up, a session dials one of its
 * addresses; when that is released, the next pause begins.
 *
 * Failure modes: the host has no address, nobody answers, the link ends before its
 * terminal is known: each makes the next pause longer. dialer_close() comes at any time:
 * timer, look-up and link are waited for.
 */
#include "server/dialer.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/links/tls_context.h"
#include "server/session/session.h"

struct dialer {
	uv_timer_t timer;
	uv_getaddrinfo_t lookup;
	uv_connect_t request;
	struct fleet *fleet;
	struct link_way way;
	char *name;
	char *host;
	char *server_name;
	char *user;
	char *password;
	char port[8]; /* as text */
	uint64_t least_ms;
	uint64_t most_ms;
	uint32_t attempts;          /* since a link led to a terminal */
	struct dialer *successor;   /* begins when this one is gone */
	struct dialer *predecessor; /* for whose end this one waits */
	bool is_looking_up;
	bool is_timer_open;
	bool is_closing;
};

/* ---- the end ---- */

static void dial_later(struct dialer *dialer);

static void free_when_done(struct dialer *dialer)
{
	if (dialer->is_timer_open || dialer->is_looking_up || dialer->way.link_count > 0)
		return;
	if (dialer->successor != NULL) {
		dialer->successor->predecessor = NULL;
		dial_later(dialer->successor);
	}
	tls_context_release(dialer->way.tls);
	if (dialer->password != NULL)
		explicit_bzero(dialer->password, strlen(dialer->password));
	free(dialer->password);
	free(dialer->user);
	free(dialer->server_name);
	free(dialer->host);
	free(dialer->name);
	free(dialer);
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct dialer *dialer = handle->data;
	dialer->is_timer_open = false;
	free_when_done(dialer);
}

void dialer_close(struct dialer *dialer)
{
	if (dialer == NULL)
		return;
	dialer->is_closing = true;
	if (dialer->predecessor != NULL)
		dialer->predecessor->successor = NULL;
	if (dialer->is_looking_up)
		(void)uv_cancel((uv_req_t *)&dialer->lookup);
	uv_close((uv_handle_t *)&dialer->timer, on_timer_closed);
}

/* ---- pauses ---- */

static void look_up(uv_timer_t *timer);

/* Up to least, twice that, four times that ... at most most: a fleet that went away
 * together does not come back together. */
static void dial_later(struct dialer *dialer)
{
	uint64_t limit_ms = dialer->least_ms;
	uint64_t random = 0;

	for (uint32_t i = 0; i < dialer->attempts && limit_ms < dialer->most_ms; i++)
		limit_ms *= 2;
	if (limit_ms > dialer->most_ms)
		limit_ms = dialer->most_ms;
	(void)uv_random(NULL, NULL, &random, sizeof(random), 0, NULL);
	(void)uv_timer_start(&dialer->timer, look_up, random % (limit_ms + 1), 0);
}

static void fail(struct dialer *dialer, const char *message)
{
	struct log_line line;

	if (log_begin(&line, dialer->fleet->log, LOG_WARN, "dial_failed", dialer->name)) {
		log_text(&line, "host", dialer->host);
		log_text(&line, "message", message);
		log_end(&line);
	}
	dialer->attempts++;
	dial_later(dialer);
}

static void on_released(struct link_way *way, bool was_useful)
{
	struct dialer *dialer =
		(struct dialer *)(void *)((char *)way - offsetof(struct dialer, way));

	if (was_useful)
		dialer->attempts = 0;
	else
		dialer->attempts++;
	if (dialer->is_closing)
		free_when_done(dialer);
	else
		dial_later(dialer);
}

/* ---- dialling ---- */

/* A host with several addresses gets one of them each time. */
static const struct addrinfo *choose(const struct addrinfo *list, uint32_t attempt)
{
	uint32_t count = 0;
	for (const struct addrinfo *a = list; a != NULL; a = a->ai_next)
		count++;
	for (uint32_t skip = attempt % count; skip > 0; skip--)
		list = list->ai_next;
	return list;
}

static void on_looked_up(uv_getaddrinfo_t *lookup, int status, struct addrinfo *list)
{
	struct dialer *dialer = lookup->data;

	dialer->is_looking_up = false;
	if (dialer->is_closing)
		free_when_done(dialer);
	else if (status != 0 || list == NULL)
		fail(dialer, uv_strerror(status));
	else if (!session_dial(dialer->fleet, &dialer->way, &dialer->request,
			       choose(list, dialer->attempts)->ai_addr))
		fail(dialer, "out of memory");
	uv_freeaddrinfo(list);
}

static void look_up(uv_timer_t *timer)
{
	struct dialer *dialer = timer->data;
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_NUMERICSERV };

	dialer->lookup.data = dialer;
	int status = uv_getaddrinfo(dialer->fleet->loop, &dialer->lookup, on_looked_up,
				    dialer->host, dialer->port, &hints);
	if (status != 0)
		fail(dialer, uv_strerror(status));
	else
		dialer->is_looking_up = true;
}

/* ---- starting ---- */

static bool copy_texts(struct dialer *dialer, const struct config_dial *config)
{
	bool is_named = config->tls.server_name != NULL && *config->tls.server_name;

	dialer->name = strdup(config->name);
	dialer->host = strdup(config->host);
	dialer->server_name = strdup(is_named ? config->tls.server_name : config->host);
	dialer->user = strdup(config->user);
	dialer->password = strdup(config->password != NULL ? config->password : "");
	(void)snprintf(dialer->port, sizeof(dialer->port), "%u", config->port);
	return dialer->name != NULL && dialer->host != NULL &&
	       dialer->server_name != NULL && dialer->user != NULL &&
	       dialer->password != NULL;
}

static bool set_up(struct dialer *dialer, const struct config_dial *config,
		   char error[DIALER_ERROR_MAX])
{
	struct link_way *way = &dialer->way;

	if (!copy_texts(dialer, config)) {
		(void)snprintf(error, DIALER_ERROR_MAX, "%s: out of memory",
			       config->where);
		return false;
	}
	dialer->least_ms = config->reconnect_least_ms;
	dialer->most_ms = config->reconnect_most_ms;
	way->name = dialer->name;
	way->server_name = config->tls.is_given ? dialer->server_name : NULL;
	way->is_telnet = config->is_telnet;
	way->user = *dialer->user != '\0' ? dialer->user : NULL;
	way->password = dialer->password;
	way->prompt_timeout_ms = config->prompt_timeout_ms;
	way->released = on_released;
	if (config->tls.is_given)
		way->tls = tls_context_new(&config->tls, TLS_CLIENT, error);
	return !config->tls.is_given || way->tls != NULL;
}

/* If after itself still waits for another's end, this one waits in its stead. */
static void take_place(struct dialer *dialer, struct dialer *after)
{
	bool is_waiting = after->predecessor != NULL;
	struct dialer *last = is_waiting ? after->predecessor : after;

	after->predecessor = NULL;
	dialer->predecessor = last;
	last->successor = dialer;
	dialer_close(after);
}

struct dialer *dialer_new(struct fleet *fleet, const struct config_dial *config,
			  struct dialer *after, char error[DIALER_ERROR_MAX])
{
	struct dialer *dialer = calloc(1, sizeof(*dialer));

	if (dialer == NULL) {
		(void)snprintf(error, DIALER_ERROR_MAX, "out of memory");
		return NULL;
	}
	dialer->fleet = fleet;
	(void)uv_timer_init(fleet->loop, &dialer->timer);
	dialer->timer.data = dialer;
	dialer->is_timer_open = true;
	if (!set_up(dialer, config, error)) {
		dialer_close(dialer);
		return NULL;
	}
	if (after != NULL)
		take_place(dialer, after);
	if (dialer->predecessor == NULL)
		dial_later(dialer);
	return dialer;
}

const char *dialer_name(const struct dialer *dialer)
{
	return dialer->name;
}
