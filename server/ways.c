/* SPDX-License-Identifier: MIT */
#include "server/ways.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/dialer.h"
#include "server/listener.h"

struct ways {
	struct fleet *fleet;
	struct listener **listeners;
	size_t listener_count;
	struct dialer **dialers;
	size_t dialer_count;
};

/* ---- one of them ---- */

static bool add_listener(struct ways *ways, const struct config_listener *config,
			 char error[WAYS_ERROR_MAX])
{
	struct listener *listener = listener_new(ways->fleet, config, error);
	struct log_line line;

	if (listener == NULL)
		return false;
	ways->listeners[ways->listener_count++] = listener;
	if (log_begin(&line, ways->fleet->log, LOG_NOTE, "listening", NULL)) {
		log_text(&line, "listener", config->name);
		log_text(&line, "address", config->address);
		log_number(&line, "port", listener_port(listener));
		log_text(&line, "tls", config->tls.is_given ? "yes" : "no");
		log_end(&line);
	}
	return true;
}

static bool add_dialer(struct ways *ways, const struct config_dial *config,
		       struct dialer *after, char error[WAYS_ERROR_MAX])
{
	struct dialer *dialer = dialer_new(ways->fleet, config, after, error);
	struct log_line line;

	if (dialer == NULL)
		return false;
	ways->dialers[ways->dialer_count++] = dialer;
	if (log_begin(&line, ways->fleet->log, LOG_NOTE, "dialling", NULL)) {
		log_text(&line, "dial", config->name);
		log_text(&line, "host", config->host);
		log_number(&line, "port", config->port);
		log_end(&line);
	}
	return true;
}

/* ---- all of them ---- */

static bool fill(struct ways *ways, const struct config *config,
		 char error[WAYS_ERROR_MAX])
{
	for (size_t i = 0; i < config->listener_count; i++)
		if (!add_listener(ways, &config->listeners[i], error))
			return false;
	for (size_t i = 0; i < config->dial_count; i++)
		if (!add_dialer(ways, &config->dials[i], NULL, error))
			return false;
	return true;
}

static bool make_room(const struct config *config, struct ways *ret_ways)
{
	struct ways room = {
		.fleet = ret_ways->fleet,
		.listeners = calloc(config->listener_count + 1, sizeof(*room.listeners)),
		.dialers = calloc(config->dial_count + 1, sizeof(*room.dialers)),
	};
	if (room.listeners != NULL && room.dialers != NULL) {
		*ret_ways = room;
		return true;
	}
	free(room.listeners);
	free(room.dialers);
	return false;
}

struct ways *ways_new(struct fleet *fleet, const struct config *config,
		      char error[WAYS_ERROR_MAX])
{
	struct ways *ways = calloc(1, sizeof(*ways));

	(void)snprintf(error, WAYS_ERROR_MAX, "out of memory");
	if (ways == NULL)
		return NULL;
	ways->fleet = fleet;
	if (make_room(config, ways) && fill(ways, config, error))
		return ways;
	ways_close(ways);
	return NULL;
}

void ways_close(struct ways *ways)
{
	if (ways == NULL)
		return;
	for (size_t i = 0; i < ways->listener_count; i++)
		listener_close(ways->listeners[i]);
	for (size_t i = 0; i < ways->dialer_count; i++)
		dialer_close(ways->dialers[i]);
	free(ways->listeners);
	free(ways->dialers);
	free(ways);
}

/* ---- reloading ---- */

struct complaints {
	void (*complain)(void *context, const char *text);
	void *context;
	uint32_t count;
};

static void complain(struct complaints *complaints, const char *error)
{
	complaints->count++;
	complaints->complain(complaints->context, error);
}

/* Closes what the configuration no longer has, first: its port may be wanted. */
static void close_gone(struct ways *ways, const struct config *config)
{
	for (size_t i = 0; i < ways->listener_count; i++) {
		bool is_wanted = false;
		for (size_t j = 0; j < config->listener_count && !is_wanted; j++)
			is_wanted = listener_is_same(ways->listeners[i],
						     &config->listeners[j]);
		if (is_wanted)
			continue;
		listener_close(ways->listeners[i]);
		ways->listeners[i] = NULL;
	}
}

/* The old listener that config stands for, taken out of the list; NULL: it is new. */
static struct listener *take_listener(struct ways *old,
				      const struct config_listener *config)
{
	for (size_t i = 0; i < old->listener_count; i++) {
		struct listener *listener = old->listeners[i];
		if (listener == NULL || !listener_is_same(listener, config))
			continue;
		old->listeners[i] = NULL;
		return listener;
	}
	return NULL;
}

static void reload_listener(struct ways *ways, struct ways *old,
			    const struct config_listener *config,
			    struct complaints *complaints)
{
	char error[WAYS_ERROR_MAX];
	struct listener *listener = take_listener(old, config);

	if (listener == NULL) {
		if (!add_listener(ways, config, error))
			complain(complaints, error);
		return;
	}
	ways->listeners[ways->listener_count++] = listener;
	if (!listener_reload(listener, config, error))
		complain(complaints, error);
}

static struct dialer *take_dialer(struct ways *old, const struct config_dial *config)
{
	for (size_t i = 0; i < old->dialer_count; i++) {
		struct dialer *dialer = old->dialers[i];
		if (dialer == NULL || strcmp(dialer_name(dialer), config->name) != 0)
			continue;
		old->dialers[i] = NULL;
		return dialer;
	}
	return NULL;
}

static void reload_dialer(struct ways *ways, struct ways *old,
			  const struct config_dial *config, struct complaints *complaints)
{
	char error[WAYS_ERROR_MAX];
	struct dialer *before = take_dialer(old, config);

	if (add_dialer(ways, config, before, error))
		return;
	complain(complaints, error);
	if (before != NULL)
		ways->dialers[ways->dialer_count++] = before;
}

bool ways_reload(struct ways *ways, const struct config *config,
		 void (*complain_cb)(void *context, const char *text), void *context)
{
	struct ways old = *ways;
	struct complaints complaints = { .complain = complain_cb, .context = context };

	if (!make_room(config, ways)) {
		complain(&complaints, "listeners and dial: out of memory");
		return false;
	}
	close_gone(&old, config);
	for (size_t i = 0; i < config->listener_count; i++)
		reload_listener(ways, &old, &config->listeners[i], &complaints);
	for (size_t i = 0; i < config->dial_count; i++)
		reload_dialer(ways, &old, &config->dials[i], &complaints);
	for (size_t i = 0; i < old.dialer_count; i++)
		dialer_close(old.dialers[i]);
	free(old.listeners);
	free(old.dialers);
	return complaints.count == 0;
}
