/* SPDX-License-Identifier: MIT */
/*
 * Happy path: accepted, the address told, opened; what is read goes to the embedder as it
 * came, in the hub's buffer.
 *
 * Failure modes: the peer hangs up, or the socket fails, while reading or writing: each
 * is told once by ended(), and the embedder closes.
 */
#include "server/links/link.h"

#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { KEEPALIVE_IDLE_S = 60, USER_TIMEOUT_MS = 120000 };

void link_init(struct link *link, struct link_hub *hub, struct link_way *way,
	       const struct link_events *events)
{
	*link = (struct link){ .hub = hub, .way = way, .events = events };
	(void)uv_tcp_init(hub->loop, &link->tcp);
	link->tcp.data = link;
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
	/* An IPv4 peer of an IPv6 socket is the same host. */
	static const char mapped[] = "::ffff:";
	if (strncmp(link->address, mapped, sizeof(mapped) - 1) == 0 &&
	    strchr(link->address, '.') != NULL)
		memmove(link->address, link->address + sizeof(mapped) - 1,
			strlen(link->address + sizeof(mapped) - 1) + 1);
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
	(void)suggested;
	*ret_buffer = uv_buf_init(link->hub->read_buffer, LINK_READ_BYTES);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
	struct link *link = stream->data;

	if (link->is_closing)
		return;
	if (size > 0)
		link->events->bytes(link, buffer->base, (size_t)size);
	else if (size < 0)
		link->events->ended(
			link, size == UV_EOF ? CLOSE_PEER_CLOSED : CLOSE_NETWORK_ERROR,
			size == UV_EOF ? NULL : uv_strerror((int)size));
}

void link_start(struct link *link)
{
	link->events->known(link);
	if (link->is_closing)
		return;
	int status = uv_read_start((uv_stream_t *)&link->tcp, on_alloc, on_read);
	if (status != 0) {
		link->events->ended(link, CLOSE_NETWORK_ERROR, uv_strerror(status));
		return;
	}
	link->is_open = true;
	link->events->opened(link);
}

/* ---- writing ---- */

static void on_written(uv_write_t *request, int status)
{
	struct link *link = request->data;

	link->is_writing = false;
	if (status != 0 && status != UV_ECANCELED && !link->is_closing)
		link->events->ended(link, CLOSE_NETWORK_ERROR, uv_strerror(status));
}

bool link_write(struct link *link, const char *data, size_t size)
{
	/* uv_write() does not write to the buffer, its type only says so. */
	uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)data, (unsigned int)size);

	link->is_writing = true;
	link->write.data = link;
	return uv_write(&link->write, (uv_stream_t *)&link->tcp, &buffer, 1,
			on_written) == 0;
}

bool link_is_writing(const struct link *link)
{
	return link->is_writing;
}

/* ---- the end ---- */

static void on_closed(uv_handle_t *handle)
{
	struct link *link = handle->data;
	link->events->closed(link);
}

void link_close(struct link *link)
{
	if (link->is_closing)
		return;
	link->is_closing = true;
	uv_close((uv_handle_t *)&link->tcp, on_closed);
}
