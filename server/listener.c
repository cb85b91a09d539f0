/* SPDX-License-Identifier: MIT */
#include "server/listener.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/session.h"

enum { BACKLOG = 4096 }; /* the kernel cuts it to net.core.somaxconn */

struct listener {
	uv_tcp_t tcp;
	uv_tcp_t spare; /* takes a connection for which there is no memory, to close it */
	bool is_spare_open;
	bool is_pending; /* another one waits until the spare is closed */
	bool is_closed;
	struct fleet *fleet;
	struct link_way way; /* of its links, which it outlives */
	char *name;
};

static void free_when_done(struct listener *listener)
{
	if (!listener->is_closed || listener->is_spare_open ||
	    listener->way.link_count > 0)
		return;
	free(listener->name);
	free(listener);
}

static void on_released(struct link_way *way, bool was_useful)
{
	struct listener *listener =
		(struct listener *)(void *)((char *)way - offsetof(struct listener, way));
	(void)was_useful;
	free_when_done(listener);
}

static void on_closed(uv_handle_t *handle)
{
	struct listener *listener = handle->data;
	listener->is_closed = true;
	free_when_done(listener);
}

static void drop_pending(struct listener *listener);

static void on_spare_closed(uv_handle_t *handle)
{
	struct listener *listener = handle->data;
	listener->is_spare_open = false;
	if (listener->is_pending && !listener->is_closed)
		drop_pending(listener);
	free_when_done(listener);
}

/* A connection that is left pending would make libuv deaf on this port for good. */
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

static void on_connection(uv_stream_t *stream, int status)
{
	struct listener *listener = stream->data;

	if (status == 0 && !session_accept(listener->fleet, &listener->way, stream))
		drop_pending(listener);
	else if (status != 0)
		log_message(listener->fleet->log, LOG_ERROR, "accept_failed",
			    uv_strerror(status));
}

/* An address of either family; false for what is neither. */
static int parse_address(const char *address, uint16_t port, struct sockaddr_storage *ret)
{
	int status = uv_ip4_addr(address, port, (struct sockaddr_in *)ret);
	if (status != 0)
		status = uv_ip6_addr(address, port, (struct sockaddr_in6 *)ret);
	return status;
}

struct listener *listener_new(struct fleet *fleet, const struct config_listener *config,
			      char error[LISTENER_ERROR_MAX])
{
	struct sockaddr_storage address;
	struct listener *listener = calloc(1, sizeof(*listener));

	if (listener == NULL || (listener->name = strdup(config->name)) == NULL) {
		(void)snprintf(error, LISTENER_ERROR_MAX, "out of memory");
		free(listener);
		return NULL;
	}
	listener->fleet = fleet;
	listener->way =
		(struct link_way){ .name = listener->name, .released = on_released };
	listener->tcp.data = listener;
	(void)uv_tcp_init(fleet->loop, &listener->tcp);
	int status = parse_address(config->address, config->port, &address);
	if (status == 0)
		status =
			uv_tcp_bind(&listener->tcp, (const struct sockaddr *)&address, 0);
	if (status == 0)
		status = uv_listen((uv_stream_t *)&listener->tcp, BACKLOG, on_connection);
	if (status != 0) {
		(void)snprintf(error, LISTENER_ERROR_MAX,
			       "%s: cannot listen on %s port %u: %s; is another program "
			       "using the port? choose another one with \"port\"",
			       config->where, config->address, config->port,
			       uv_strerror(status));
		listener_close(listener);
		return NULL;
	}
	return listener;
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

void listener_close(struct listener *listener)
{
	if (listener != NULL)
		uv_close((uv_handle_t *)&listener->tcp, on_closed);
}
