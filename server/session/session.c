/* SPDX-License-Identifier: MIT */
/*
 * Happy path: accepted, counted; the driver is started when the link is open; bytes are
 * cut into lines, lines are given to the driver; the driver sends commands through
 * session_send().
 *
 * Failure modes: a limit is reached at accept; the link ends; a line or reply is too
 * long, or nobody asked for it; the driver gives up. Each ends in session_close() with
 * one reason, which closes link and timer; jobs in flight are waited for.
 */
#include "server/session/session_parts.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static struct session *session_of(struct link *link)
{
	return (struct session *)(void *)((char *)link - offsetof(struct session, link));
}

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
	struct link_way *way = session->link.way;
	unlink_from_list(session);
	way->link_count--;
	way->released(way, session->terminal != NULL);
	settings_table_release(session->settings_table);
	free(session->partial);
	device_table_clear(&session->devices);
	free(session);
}

static void on_timer_closed(uv_handle_t *handle)
{
	session_release(handle->data);
}

static void on_link_closed(struct link *link)
{
	session_release(session_of(link));
}

/* How many links an address has, on all ways and on this one. */
static enum close_reason count_address(struct session *session)
{
	struct fleet *fleet = session->fleet;
	struct link_way *way = session->link.way;
	const char *address = session->link.address;
	uint32_t most = way->connections_per_address > 0 ? way->connections_per_address
							 : UINT32_MAX;

	session->is_address_counted = address_count_add(
		fleet->addresses, address, fleet->limits.connections_per_address);
	if (!session->is_address_counted)
		return CLOSE_LIMIT_ADDRESS;
	if (way->addresses == NULL)
		return CLOSE_REASON_COUNT;
	session->is_way_counted = address_count_add(way->addresses, address, most);
	return session->is_way_counted ? CLOSE_REASON_COUNT : CLOSE_LIMIT_LISTENER;
}

static void uncount_address(struct session *session)
{
	const char *address = session->link.address;

	if (session->is_address_counted)
		address_count_remove(session->fleet->addresses, address);
	if (session->is_way_counted)
		address_count_remove(session->link.way->addresses, address);
}

/* detail may be NULL. */
static void log_closed(struct session *session, const char *detail)
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
	log_number(&line, "port", session->link.port);
	log_text(&line, "reason", close_reason_text(session->reason));
	log_text(&line, "meaning", close_reason_meaning(session->reason));
	if (detail != NULL)
		log_text(&line, "detail", detail);
	log_text(&line, "way", session->link.way->name);
	log_text(&line, "state",
		 session->link.is_open ? smartcom_state_text(session->driver.ended_in)
				       : "opening_link");
	log_end(&line);
}

/* detail, for the log, may be NULL. */
static void close_with(struct session *session, enum close_reason reason,
		       const char *detail)
{
	if (session->is_closing)
		return;
	session->is_closing = true;
	session->reason = reason;
	session_abandon(session);
	log_closed(session, detail);
	uncount_address(session);
	link_close(&session->link);
	uv_close((uv_handle_t *)&session->timer, on_timer_closed);
}

void session_close(struct session *session, enum close_reason reason)
{
	close_with(session, reason, NULL);
}

/* ---- writing ---- */

void session_send(struct session *session, const struct at_command *command)
{
	size_t size = command->size;

	/* The last command has had its final result before it was even written: the peer
	 * answers what was not asked, and its answers can no longer be told apart. */
	if (link_is_writing(&session->link)) {
		session_close(session, CLOSE_UNASKED);
		return;
	}
	memcpy(session->command, command->text, size);
	session->command[size++] = '\r';
	if (session->fleet->terminator_crlf)
		session->command[size++] = '\n';
	session->reply_bytes = 0;
	if (!link_write(&session->link, session->command, size))
		session_close(session, CLOSE_NETWORK_ERROR);
}

/* ---- events of the link ---- */

static void on_bytes(struct link *link, const char *data, size_t size)
{
	session_take_bytes(session_of(link), data, size);
}

static void on_known(struct link *link)
{
	struct session *session = session_of(link);
	struct log_line line;

	/* without the port: log lines are rationed by peer */
	(void)snprintf(session->peer, sizeof(session->peer), "%s", link->address);
	enum close_reason reason = count_address(session);
	if (reason != CLOSE_REASON_COUNT) {
		session_close(session, reason);
		return;
	}
	if (!log_begin(&line, session->fleet->log, LOG_TRACE, "link_opened",
		       session->peer))
		return;
	log_number(&line, "port", link->port);
	log_text(&line, "way", link->way->name);
	log_end(&line);
}

static void log_proved(struct session *session)
{
	struct log_line line;

	if (session->link_identity[0] == '\0' ||
	    !log_begin(&line, session->fleet->log, LOG_TRACE, "link_proved",
		       session->peer))
		return;
	log_number(&line, "port", session->link.port);
	log_text(&line, "identity", session->link_identity);
	log_end(&line);
}

static void on_opened(struct link *link)
{
	struct session *session = session_of(link);

	link_identity(link, session->link_identity);
	log_proved(session);
	smartcom_start(&session->driver);
}

static void on_ended(struct link *link, enum close_reason reason, const char *detail)
{
	struct session *session = session_of(link);

	if (reason == CLOSE_PEER_CLOSED && link->is_open &&
	    smartcom_is_in_exchange(&session->driver))
		reason = CLOSE_PEER_BROKE_OFF;
	close_with(session, reason, detail);
}

static const struct link_events link_events = {
	.known = on_known,
	.opened = on_opened,
	.bytes = on_bytes,
	.ended = on_ended,
	.closed = on_link_closed,
};

/* ---- accepting and dialling ---- */

static struct session *session_new(struct fleet *fleet, struct link_way *way)
{
	struct session *session = calloc(1, sizeof(*session));
	if (session == NULL)
		return NULL;
	session->fleet = fleet;
	session->holds = 2;
	link_init(&session->link, &fleet->hub, way, &link_events);
	way->link_count++;
	(void)uv_timer_init(fleet->loop, &session->timer);
	session->timer.data = session;
	at_scanner_init(&session->scanner);
	session->settings_table = settings_table_hold(fleet->settings);
	session->settings = settings_table_defaults(fleet->settings);
	smartcom_init(&session->driver, &session->settings->driver, &session_ops,
		      session);
	link_into_list(session);
	return session;
}

/* A peer that has not yet got through to the driver has its time, too. */
static void on_link_late(uv_timer_t *timer)
{
	session_close(timer->data, CLOSE_HANDSHAKE_TIMEOUT);
}

static void limit_opening(struct session *session)
{
	(void)uv_timer_start(&session->timer, on_link_late,
			     session->settings->driver.identify_timeout_ms, 0);
}

bool session_accept(struct fleet *fleet, struct link_way *way, uv_stream_t *listening)
{
	struct session *session = session_new(fleet, way);

	fleet->counts.accepted++;
	if (session == NULL) {
		fleet->counts.closed[CLOSE_OUT_OF_MEMORY]++;
		log_message(fleet->log, LOG_ERROR, "accept_failed", "out of memory");
		return false;
	}
	if (!link_accept(&session->link, listening)) {
		session_close(session, CLOSE_NETWORK_ERROR);
		return true;
	}
	(void)snprintf(session->peer, sizeof(session->peer), "%s", session->link.address);
	if (fleet->session_count > fleet->limits.connections)
		session_close(session, CLOSE_LIMIT_CONNECTIONS);
	else if (way->connections > 0 && way->link_count > way->connections)
		session_close(session, CLOSE_LIMIT_LISTENER);
	else
		link_start(&session->link);
	if (!session->link.is_open && !session->is_closing)
		limit_opening(session);
	return true;
}

bool session_dial(struct fleet *fleet, struct link_way *way, uv_connect_t *request,
		  const struct sockaddr *address)
{
	struct session *session = session_new(fleet, way);

	if (session == NULL)
		return false;
	fleet->counts.dialled++;
	(void)snprintf(session->peer, sizeof(session->peer), "%s", way->name);
	if (fleet->session_count > fleet->limits.connections)
		session_close(session, CLOSE_LIMIT_CONNECTIONS);
	else if (!link_connect(&session->link, request, address))
		session_close(session, CLOSE_CONNECT_FAILED);
	else
		limit_opening(session);
	return true;
}
