/* SPDX-License-Identifier: MIT */
/*
 * Happy path: accepted, counted, the driver started; bytes are cut into lines, lines are
 * given to the driver; the driver sends commands through session_send().
 *
 * Failure modes: a limit is reached at accept; the peer hangs up, or the socket fails; a
 * line or reply is too long, or nobody asked for it; the driver gives up. Each ends in
 * session_close() with one reason, which closes both handles; jobs in flight are waited
 * for.
 */
#include "server/session_parts.h"

#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

enum {
	UNASKED_LIMIT =
		64 * 1024, /* bytes a peer may send on a link without being asked */
	KEEPALIVE_IDLE_S = 60,
	USER_TIMEOUT_MS = 120000,
};

/* ---- life cycle ---- */

static void link_into_list(struct session *session)
{
	struct fleet *fleet = session->fleet;

	session->next = fleet->sessions;
	if (session->next != NULL)
		session->next->previous = session;
	fleet->sessions = session;
	fleet->session_count++;
}

static void unlink_from_list(struct session *session)
{
	struct fleet *fleet = session->fleet;

	if (session->previous != NULL)
		session->previous->next = session->next;
	else
		fleet->sessions = session->next;
	if (session->next != NULL)
		session->next->previous = session->previous;
	fleet->session_count--;
}

void session_release(struct session *session)
{
	if (--session->holds > 0)
		return;
	unlink_from_list(session);
	free(session->partial);
	device_table_clear(&session->devices);
	free(session);
}

static void on_closed(uv_handle_t *handle)
{
	session_release(handle->data);
}

static void log_closed(struct session *session)
{
	struct fleet *fleet = session->fleet;
	bool is_normal = session->reason == CLOSE_PEER_CLOSED ||
			 session->reason == CLOSE_SHUTDOWN ||
			 session->reason == CLOSE_REPLACED;
	struct log_line line;

	fleet->counts.closed[session->reason]++;
	if (!log_begin(&line, fleet->log, is_normal ? LOG_NOTE : LOG_WARN, "link_closed",
		       session->peer))
		return;
	log_number(&line, "port", session->port);
	log_text(&line, "reason", close_reason_text(session->reason));
	log_text(&line, "meaning", close_reason_meaning(session->reason));
	log_text(&line, "state", smartcom_state_text(session->driver.ended_in));
	log_end(&line);
}

void session_close(struct session *session, enum close_reason reason)
{
	if (session->is_closing)
		return;
	session->is_closing = true;
	session->reason = reason;
	session_abandon(session);
	log_closed(session);
	if (session->is_address_counted)
		address_count_remove(session->fleet->addresses, session->address);
	uv_close((uv_handle_t *)&session->tcp, on_closed);
	uv_close((uv_handle_t *)&session->timer, on_closed);
}

/* ---- writing ---- */

static void on_written(uv_write_t *request, int status)
{
	struct session *session = request->data;

	session->is_writing = false;
	if (status != 0 && status != UV_ECANCELED)
		session_close(session, CLOSE_NETWORK_ERROR);
}

void session_send(struct session *session, const struct at_command *command)
{
	size_t size = command->size;

	/* The last command has had its final result before it was even written: the peer
	 * answers what was not asked, and its answers can no longer be told apart. */
	if (session->is_writing) {
		session_close(session, CLOSE_UNASKED);
		return;
	}
	memcpy(session->command, command->text, size);
	session->command[size++] = '\r';
	if (session->fleet->terminator_crlf)
		session->command[size++] = '\n';
	session->reply_bytes = 0;
	session->is_writing = true;
	session->write.data = session;
	uv_buf_t buffer = uv_buf_init(session->command, (unsigned int)size);
	if (uv_write(&session->write, (uv_stream_t *)&session->tcp, &buffer, 1,
		     on_written) != 0)
		session_close(session, CLOSE_NETWORK_ERROR);
}

/* ---- reading ---- */

/* Gives the complete lines of data to the driver; returns how many bytes are done with.
 */
static size_t take_lines(struct session *session, const char *data, size_t size)
{
	size_t taken = 0;

	while (!session->is_closing) {
		struct span line;
		size_t consumed = 0;
		bool is_line = at_scanner_line(&session->scanner,
					       span_of(data + taken, size - taken), &line,
					       &consumed);
		taken += consumed;
		if (!is_line)
			break;
		if (line.size > session->fleet->limits.line_bytes) {
			session_close(session, CLOSE_LINE_TOO_LONG);
		} else if (!smartcom_on_line(&session->driver, line)) {
			session->fleet->counts.stray_lines++;
			session->unasked_bytes += line.size + 1;
		}
	}
	return taken;
}

/* Keeps what is left of data for the next read; false when memory is out. */
static bool keep_partial(struct session *session, const char *data, size_t size)
{
	if (size == 0) {
		free(session->partial);
		session->partial = NULL;
		session->partial_capacity = 0;
	} else if (size > session->partial_capacity) {
		char *grown = malloc(size);
		if (grown == NULL)
			return false;
		memcpy(grown, data, size);
		free(session->partial);
		session->partial = grown;
		session->partial_capacity = size;
	} else {
		memmove(session->partial, data, size);
	}
	session->partial_size = size;
	return true;
}

/* Puts data behind the unfinished line; false when memory is out. */
static bool join_partial(struct session *session, const char *data, size_t size)
{
	size_t joined = session->partial_size + size;
	if (joined > session->partial_capacity) {
		size_t capacity = joined + joined / 2;
		char *grown = realloc(session->partial, capacity);
		if (grown == NULL)
			return false;
		session->partial = grown;
		session->partial_capacity = capacity;
	}
	memcpy(session->partial + session->partial_size, data, size);
	session->partial_size = joined;
	return true;
}

static void take_bytes(struct session *session, const char *data, size_t size)
{
	if (session->partial_size > 0) {
		if (!join_partial(session, data, size)) {
			session_close(session, CLOSE_OUT_OF_MEMORY);
			return;
		}
		data = session->partial;
		size = session->partial_size;
	}
	size_t taken = take_lines(session, data, size);
	if (session->is_closing)
		return;
	if (size - taken > session->fleet->limits.line_bytes)
		session_close(session, CLOSE_LINE_TOO_LONG);
	else if (!keep_partial(session, data + taken, size - taken))
		session_close(session, CLOSE_OUT_OF_MEMORY);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buffer)
{
	struct session *session = handle->data;
	(void)suggested;
	*ret_buffer = uv_buf_init(session->fleet->read_buffer, FLEET_READ_BYTES);
}

static void on_ended(struct session *session, ssize_t status)
{
	if (status != UV_EOF)
		session_close(session, CLOSE_NETWORK_ERROR);
	else if (smartcom_is_in_exchange(&session->driver))
		session_close(session, CLOSE_PEER_BROKE_OFF);
	else
		session_close(session, CLOSE_PEER_CLOSED);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
	struct session *session = stream->data;

	if (size < 0) {
		on_ended(session, size);
		return;
	}
	if (size == 0 || session->is_closing)
		return;
	bool is_asked_for = smartcom_is_in_exchange(&session->driver);
	if (is_asked_for)
		session->reply_bytes += (size_t)size;
	else
		session->unasked_bytes += (size_t)size;
	take_bytes(session, buffer->base, (size_t)size);
	if (session->reply_bytes > session->fleet->limits.reply_bytes)
		session_close(session, CLOSE_REPLY_TOO_LONG);
	else if (session->unasked_bytes > UNASKED_LIMIT)
		session_close(session, CLOSE_UNASKED);
}

/* ---- accepting ---- */

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

static void take_address(struct session *session)
{
	struct sockaddr_storage remote;
	int size = sizeof(remote);

	(void)snprintf(session->address, sizeof(session->address), "unknown");
	if (uv_tcp_getpeername(&session->tcp, (struct sockaddr *)&remote, &size) == 0) {
		(void)uv_ip_name((const struct sockaddr *)&remote, session->address,
				 sizeof(session->address));
		session->port =
			ntohs(remote.ss_family == AF_INET6
				      ? ((const struct sockaddr_in6 *)&remote)->sin6_port
				      : ((const struct sockaddr_in *)&remote)->sin_port);
	}
	/* An IPv4 peer of an IPv6 socket is the same host. */
	static const char mapped[] = "::ffff:";
	if (strncmp(session->address, mapped, sizeof(mapped) - 1) == 0 &&
	    strchr(session->address, '.') != NULL)
		memmove(session->address, session->address + sizeof(mapped) - 1,
			strlen(session->address + sizeof(mapped) - 1) + 1);
	/* without the port: log lines are rationed by peer */
	(void)snprintf(session->peer, sizeof(session->peer), "%s", session->address);
}

static struct session *session_new(struct fleet *fleet)
{
	struct session *session = calloc(1, sizeof(*session));
	if (session == NULL)
		return NULL;
	session->fleet = fleet;
	session->holds = 2;
	(void)uv_tcp_init(fleet->loop, &session->tcp);
	(void)uv_timer_init(fleet->loop, &session->timer);
	session->tcp.data = session;
	session->timer.data = session;
	at_scanner_init(&session->scanner);
	smartcom_init(&session->driver, &fleet->settings, &session_ops, session);
	link_into_list(session);
	return session;
}

/* CLOSE_REASON_COUNT: it may stay. */
static enum close_reason check_limits(struct session *session)
{
	struct fleet *fleet = session->fleet;

	if (fleet->session_count > fleet->limits.connections)
		return CLOSE_LIMIT_CONNECTIONS;
	session->is_address_counted =
		address_count_add(fleet->addresses, session->address,
				  fleet->limits.connections_per_address);
	return session->is_address_counted ? CLOSE_REASON_COUNT : CLOSE_LIMIT_ADDRESS;
}

bool session_accept(struct fleet *fleet, uv_stream_t *listener)
{
	struct session *session = session_new(fleet);
	fleet->counts.accepted++;
	if (session == NULL) {
		fleet->counts.closed[CLOSE_OUT_OF_MEMORY]++;
		log_message(fleet->log, LOG_ERROR, "accept_failed", "out of memory");
		return false;
	}
	if (uv_accept(listener, (uv_stream_t *)&session->tcp) != 0) {
		session_close(session, CLOSE_NETWORK_ERROR);
		return true;
	}
	set_keepalive(&session->tcp);
	take_address(session);
	enum close_reason reason = check_limits(session);
	if (reason != CLOSE_REASON_COUNT) {
		session_close(session, reason);
		return true;
	}
	struct log_line line;
	if (log_begin(&line, fleet->log, LOG_TRACE, "link_opened", session->peer)) {
		log_number(&line, "port", session->port);
		log_end(&line);
	}
	if (uv_read_start((uv_stream_t *)&session->tcp, on_alloc, on_read) != 0)
		session_close(session, CLOSE_NETWORK_ERROR);
	else
		smartcom_start(&session->driver);
	return true;
}
