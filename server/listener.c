/* SPDX-License-Identifier: MIT */
/*
 * Happy path: bound, listening; each connection takes a token of the rate and becomes a
 * session.
 *
 * Failure modes: no token: the connection stays pending, so libuv stops watching the
 * port, and a timer accepts it later; no memory for a session: the connection is taken by
 * the spare handle and closed, for one left pending would make libuv deaf on this port
 * for good; certificates or keys cannot be read: it does not start, or keeps the old
 * ones.
 */
#include "server/listener.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/links/tls_context.h"
#include "server/session/session.h"
#include "server/token_bucket.h"

enum { BACKLOG = 4096 }; /* the kernel cuts it to net.core.somaxconn */

struct listener {
	uv_tcp_t tcp;
	uv_timer_t pause;
	uv_tcp_t spare; /* takes a connection for which there is no memory, to close it */
	bool is_spare_open;
	bool is_pending; /* another one waits until the spare is closed */
	bool is_closing;
	uint8_t open_handles; /* tcp and pause */
	struct token_bucket rate;
	struct fleet *fleet;
	struct link_way way; /* of its links, which it outlives */
	char *name;
	char *address; /* as configured */
	uint16_t port;
};

/* ---- the end ---- */

static void drop_settings(struct link_way *way)
{
	tls_context_release(way->tls);
	/* the way's own copy, const only for the links */
	free((struct config_network *)(uintptr_t)way->proxies);
}

static void free_when_done(struct listener *listener)
{
	if (listener->open_handles > 0 || listener->is_spare_open ||
	    listener->way.link_count > 0)
		return;
	drop_settings(&listener->way);
	address_count_free(listener->way.addresses);
	free(listener->address);
	free(listener->name);
	free(listener);
}

static struct listener *listener_of(struct link_way *way)
{
	return (struct listener *)(void *)((char *)way - offsetof(struct listener, way));
}

static void on_released(struct link_way *way, bool was_useful)
{
	(void)was_useful;
	free_when_done(listener_of(way));
}

static void on_closed(uv_handle_t *handle)
{
	struct listener *listener = handle->data;
	listener->open_handles--;
	free_when_done(listener);
}

void listener_close(struct listener *listener)
{
	if (listener == NULL)
		return;
	listener->is_closing = true;
	uv_close((uv_handle_t *)&listener->tcp, on_closed);
	uv_close((uv_handle_t *)&listener->pause, on_closed);
}

/* ---- accepting ---- */

static void drop_pending(struct listener *listener);

static void on_spare_closed(uv_handle_t *handle)
{
	struct listener *listener = handle->data;
	listener->is_spare_open = false;
	if (listener->is_pending && !listener->is_closing)
		drop_pending(listener);
	free_when_done(listener);
}

static void drop_pending(struct listener *listener)
{
	listener->is_pending = listener->is_spare_open;
	if (listener->is_spare_open)
		return;
	listener->is_spare_open = true;
	(void)uv_tcp_init(listener->fleet->loop, &listener->spare);
	listener->spare.data = listener;
	(void)uv_accept((uv_stream_t *)&listener->tcp, (uv_stream_t *)&listener->spare);
	uv_close((uv_handle_t *)&listener->spare, on_spare_closed);
}

static void accept_pending(struct listener *listener)
{
	uint64_t begun_ns = uv_hrtime();

	if (!session_accept(listener->fleet, &listener->way,
			    (uv_stream_t *)&listener->tcp))
		drop_pending(listener);
	link_turn_spend(&listener->fleet->hub.turn, begun_ns);
}

static void take_pending(struct listener *listener);

static void on_pause_over(uv_timer_t *timer)
{
	take_pending(timer->data);
}

static void take_pending(struct listener *listener)
{
	struct fleet *fleet = listener->fleet;

	if (!link_turn_has_time(&fleet->hub.turn)) {
		(void)uv_timer_start(&listener->pause, on_pause_over, 1, 0);
		return;
	}
	uint64_t wait_ms = token_bucket_take(&listener->rate, uv_now(fleet->loop));
	if (wait_ms == 0) {
		accept_pending(listener);
		return;
	}
	fleet->counts.accept_pauses++;
	(void)uv_timer_start(&listener->pause, on_pause_over, wait_ms, 0);
}

static void on_connection(uv_stream_t *stream, int status)
{
	struct listener *listener = stream->data;

	if (status == 0)
		take_pending(listener);
	else
		log_message(listener->fleet->log, LOG_ERROR, "accept_failed",
			    uv_strerror(status));
}

/* ---- settings ---- */

/* The counter of links per address is made when it is first wanted, and then kept: it
 * holds what is open. */
static bool take_limits(struct listener *listener, const struct config_listener *config)
{
	struct link_way *way = &listener->way;
	uint32_t room = listener->fleet->limits.connections;

	if (config->connections_per_address > 0 && way->addresses == NULL)
		way->addresses = address_count_new(room);
	if (config->connections_per_address > 0 && way->addresses == NULL)
		return false;
	if (way->addresses != NULL && !address_count_grow(&way->addresses, room))
		return false;
	way->connections = config->connections;
	way->connections_per_address = config->connections_per_address;
	token_bucket_init(&listener->rate, config->accept_rate,
			  uv_now(listener->fleet->loop));
	return true;
}

static struct config_network *copy_proxies(const struct config_listener *config)
{
	size_t size = config->proxy_count * sizeof(*config->proxies);
	struct config_network *copy = malloc(size + 1);

	if (copy != NULL && size > 0)
		memcpy(copy, config->proxies, size);
	return copy;
}

bool listener_reload(struct listener *listener, const struct config_listener *config,
		     char error[LISTENER_ERROR_MAX])
{
	struct link_way *way = &listener->way;
	struct link_way fresh = { .tls = NULL };

	fresh.proxies = copy_proxies(config);
	fresh.proxy_count = config->proxy_count;
	if (config->tls.is_given)
		fresh.tls = tls_context_new(&config->tls, TLS_SERVER, error);
	if (config->tls.is_given && fresh.tls == NULL)
		goto out;
	if (fresh.proxies == NULL || !take_limits(listener, config)) {
		(void)snprintf(error, LISTENER_ERROR_MAX, "%s: out of memory",
			       config->where);
		goto out;
	}
	drop_settings(way);
	way->proxies = fresh.proxies;
	way->proxy_count = fresh.proxy_count;
	way->tls = fresh.tls;
	return true;
out:
	drop_settings(&fresh);
	return false;
}

/* ---- starting ---- */

/* An address of either family; false for what is neither. */
static int parse_address(const char *address, uint16_t port, struct sockaddr_storage *ret)
{
	int status = uv_ip4_addr(address, port, (struct sockaddr_in *)ret);
	if (status != 0)
		status = uv_ip6_addr(address, port, (struct sockaddr_in6 *)ret);
	return status;
}

static bool bind_and_listen(struct listener *listener,
			    const struct config_listener *config,
			    char error[LISTENER_ERROR_MAX])
{
	struct sockaddr_storage address;
	int status = parse_address(config->address, config->port, &address);

	if (status == 0)
		status =
			uv_tcp_bind(&listener->tcp, (const struct sockaddr *)&address, 0);
	if (status == 0)
		status = uv_listen((uv_stream_t *)&listener->tcp, BACKLOG, on_connection);
	if (status != 0)
		(void)snprintf(error, LISTENER_ERROR_MAX,
			       "%s: cannot listen on %s port %u: %s; is another program "
			       "using the port? choose another one with \"port\"",
			       config->where, config->address, config->port,
			       uv_strerror(status));
	return status == 0;
}

static bool init(struct listener *listener, struct fleet *fleet,
		 const struct config_listener *config)
{
	listener->fleet = fleet;
	listener->name = strdup(config->name);
	listener->address = strdup(config->address);
	listener->port = config->port;
	listener->way =
		(struct link_way){ .name = listener->name, .released = on_released };
	listener->open_handles = 2;
	(void)uv_tcp_init(fleet->loop, &listener->tcp);
	(void)uv_timer_init(fleet->loop, &listener->pause);
	listener->tcp.data = listener;
	listener->pause.data = listener;
	return listener->name != NULL && listener->address != NULL;
}

struct listener *listener_new(struct fleet *fleet, const struct config_listener *config,
			      char error[LISTENER_ERROR_MAX])
{
	struct listener *listener = calloc(1, sizeof(*listener));

	(void)snprintf(error, LISTENER_ERROR_MAX, "out of memory");
	if (listener == NULL)
		return NULL;
	if (init(listener, fleet, config) && listener_reload(listener, config, error) &&
	    bind_and_listen(listener, config, error))
		return listener;
	listener_close(listener);
	return NULL;
}

bool listener_is_same(const struct listener *listener,
		      const struct config_listener *config)
{
	return strcmp(listener->name, config->name) == 0 &&
	       strcmp(listener->address, config->address) == 0 &&
	       listener->port == config->port;
}

uint16_t listener_port(const struct listener *listener)
{
	struct sockaddr_storage address;
	int size = sizeof(address);

	if (uv_tcp_getsockname(&listener->tcp, (struct sockaddr *)&address, &size) != 0)
		return 0;
	return ntohs(address.ss_family == AF_INET6
			     ? ((const struct sockaddr_in6 *)&address)->sin6_port
			     : ((const struct sockaddr_in *)&address)->sin_port);
}
