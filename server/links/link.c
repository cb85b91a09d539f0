/* SPDX-License-Identifier: MIT */
/*
 * Happy path: accepted or connected; what is read, in the hub's buffer, goes through the
 * layers to the embedder.
 *
 * Failure modes: nobody answers where it dials; the peer hangs up, or the socket fails,
 * while reading: each is told once by ended(), and the embedder closes.
 */
#include "server/links/link_parts.h"

#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "server/links/tls_engine.h"

enum { KEEPALIVE_IDLE_S = 60, USER_TIMEOUT_MS = 120000 };

void link_init(struct link *link, struct link_hub *hub, struct link_way *way,
	       const struct link_events *events)
{
	*link = (struct link){ .hub = hub, .way = way, .events = events };
	(void)uv_tcp_init(hub->loop, &link->tcp);
	link->tcp.data = link;
	link->open_handles = 1;
	(void)snprintf(link->address, sizeof(link->address), "unknown");
}

/* A dead mobile link is found by the kernel, even while nothing is being sent. */
static void set_keepalive(uv_tcp_t *tcp)
{
	uv_os_fd_t fd;
	unsigned int timeout_ms = USER_TIMEOUT_MS;

	(void)uv_tcp_nodelay(tcp, 1);
	(void)uv_tcp_keepalive(tcp, 1, KEEPALIVE_IDLE_S);
	if (uv_fileno((const uv_handle_t *)tcp, &fd) == 0)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms,
				 sizeof(timeout_ms));
}

void link_unmap_address(struct link *link)
{
	static const char mapped[] = "::ffff:";
	const char *bare = link->address + sizeof(mapped) - 1;

	if (strncmp(link->address, mapped, sizeof(mapped) - 1) == 0 &&
	    strchr(link->address, '.') != NULL)
		memmove(link->address, bare, strlen(bare) + 1);
}

static void take_address(struct link *link)
{
	struct sockaddr_storage remote;
	int size = sizeof(remote);

	if (uv_tcp_getpeername(&link->tcp, (struct sockaddr *)&remote, &size) != 0)
		return;
	(void)uv_ip_name((const struct sockaddr *)&remote, link->address,
			 sizeof(link->address));
	link->port = ntohs(remote.ss_family == AF_INET6
				   ? ((const struct sockaddr_in6 *)&remote)->sin6_port
				   : ((const struct sockaddr_in *)&remote)->sin_port);
	link_unmap_address(link);
}

bool link_accept(struct link *link, uv_stream_t *listening)
{
	if (uv_accept(listening, (uv_stream_t *)&link->tcp) != 0)
		return false;
	set_keepalive(&link->tcp);
	take_address(link);
	return true;
}

/* ---- reading ---- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buffer)
{
	struct link *link = handle->data;
	bool may_read = link->is_resumed || link_turn_has_time(&link->hub->turn);
	(void)suggested;
	*ret_buffer = may_read ? uv_buf_init(link->hub->read_buffer, LINK_READ_BYTES)
			       : uv_buf_init(NULL, 0); /* on_read(UV_ENOBUFS) */
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
	struct link *link = stream->data;
	struct link_turn *turn = &link->hub->turn;
	uint64_t begun_ns = uv_hrtime();

	if (link->is_closing)
		return;
	if (size == UV_ENOBUFS) {
		link_turn_put_off(turn, link);
		return;
	}
	link->is_resumed = false;
	if (size > 0)
		link_layers_take(link, buffer->base, (size_t)size);
	else if (size < 0)
		link->events->ended(
			link, size == UV_EOF ? CLOSE_PEER_CLOSED : CLOSE_NETWORK_ERROR,
			size == UV_EOF ? NULL : uv_strerror((int)size));
	link_turn_spend(turn, begun_ns);
}

static bool begin_reading(struct link *link)
{
	int status = uv_read_start((uv_stream_t *)&link->tcp, on_alloc, on_read);
	if (status != 0)
		link->events->ended(link, CLOSE_NETWORK_ERROR, uv_strerror(status));
	return status == 0;
}

void link_start(struct link *link)
{
	if (begin_reading(link))
		link_layers_start(link);
}

void link_resume(struct link *link)
{
	link->is_resumed = true;
	(void)begin_reading(link);
}

/* ---- dialling ---- */

static void on_connected(uv_connect_t *request, int status)
{
	struct link *link = request->data;

	if (link->is_closing)
		return;
	if (status != 0) {
		link->events->ended(link, CLOSE_CONNECT_FAILED, uv_strerror(status));
		return;
	}
	set_keepalive(&link->tcp);
	take_address(link);
	link_start(link);
}

bool link_connect(struct link *link, uv_connect_t *request,
		  const struct sockaddr *address)
{
	request->data = link;
	return uv_tcp_connect(request, &link->tcp, address, on_connected) == 0;
}

/* ---- who it is, and the end ---- */

void link_identity(const struct link *link, char ret_identity[LINK_IDENTITY_MAX])
{
	ret_identity[0] = '\0';
	if (link->tls != NULL)
		tls_engine_identity(link->tls, ret_identity, LINK_IDENTITY_MAX);
}

void link_handle_closed(struct link *link)
{
	if (--link->open_handles > 0)
		return;
	tls_engine_free(link->tls);
	link_output_clear(&link->head);
	link_output_clear(&link->output);
	link->events->closed(link);
}

static void on_closed(uv_handle_t *handle)
{
	link_handle_closed(handle->data);
}

void link_close(struct link *link)
{
	if (link->is_closing)
		return;
	link->is_closing = true;
	link_turn_forget(&link->hub->turn, link);
	if (link->tls != NULL)
		tls_engine_end(link->tls);
	link_flush_last(link);
	link_login_close(link);
	uv_close((uv_handle_t *)&link->tcp, on_closed);
}
