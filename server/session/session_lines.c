/* SPDX-License-Identifier: MIT */
/*
 * Bytes of a link to lines for its driver. The bytes of an unfinished line are kept in a
 * block of their own, which an idle link does not have.
 *
 * Failure modes: a line or reply passes its limit, or nobody asked for it (the link is
 * closed; the driver is told, for a record may be the reason).
 */
#include <stdlib.h>

#include "server/session/session_parts.h"

enum {
	/* Bytes a peer may send on a link without being asked. */
	UNASKED_LIMIT = 64 * 1024,
	/* Bytes of a line before it is known who sends it: names are short, and a crowd
	 * that sends garbage must not take much memory. */
	UNPROVED_LINE_LIMIT = 4 * 1024,
};

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t line_limit(const struct session *session)
{
	const struct fleet_limits *limits = &session->fleet->limits;
	if (session->terminal == NULL)
		return smaller(UNPROVED_LINE_LIMIT, limits->line_bytes);
	return session->is_limit_raised ? limits->large_bytes : limits->line_bytes;
}

/* A large record and the one behind it. */
static size_t reply_limit(const struct session *session)
{
	const struct fleet_limits *limits = &session->fleet->limits;
	if (session->terminal == NULL)
		return smaller(UNASKED_LIMIT, limits->reply_bytes);
	return limits->reply_bytes +
	       (session->is_limit_raised ? 2 * limits->large_bytes : 0);
}

static void pass_limit(struct session *session, enum close_reason reason)
{
	smartcom_on_too_long(&session->driver);
	session_close(session, reason);
}

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
		if (line.size > line_limit(session)) {
			pass_limit(session, CLOSE_LINE_TOO_LONG);
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
	if (size - taken > line_limit(session))
		pass_limit(session, CLOSE_LINE_TOO_LONG);
	else if (!keep_partial(session, data + taken, size - taken))
		session_close(session, CLOSE_OUT_OF_MEMORY);
}

void session_take_bytes(struct session *session, const char *data, size_t size)
{
	if (smartcom_is_in_exchange(&session->driver))
		session->reply_bytes += size;
	else
		session->unasked_bytes += size;
	take_bytes(session, data, size);
	if (session->reply_bytes > reply_limit(session))
		pass_limit(session, CLOSE_REPLY_TOO_LONG);
	else if (session->unasked_bytes > UNASKED_LIMIT)
		session_close(session, CLOSE_UNASKED);
}
