/* SPDX-License-Identifier: MIT */
/*
 * What is spoken over one link of a terminal: the link itself (server/links/link.h), a
 * timer, the AT dialogue (server/smartcom/smartcom.h), and the batch on its way to the
 * store. It frees itself when the last of its handles is closed and the last of its jobs
 * has come back. Loop thread only.
 *
 * session_parts.h says what its files do. Memory: an idle link holds no buffer; the bytes
 * of an unfinished line are kept in a block of their own, at most limits.line_bytes and
 * one read.
 */
#ifndef READOUT_SERVER_SESSION_H
#define READOUT_SERVER_SESSION_H

#include "protocol/at/at_scanner.h"
#include "server/fleet.h"
#include "server/links/link.h"
#include "server/session/device_table.h"

enum { SESSION_PEER_MAX = 80 };

struct session {
	struct fleet *fleet;
	struct session *next; /* in fleet->sessions */
	struct session *previous;
	struct session *next_for_room; /* in fleet->waiting_for_room */
	bool is_waiting_for_room;

	struct link link;
	/* Who the link itself proves the peer to be (identity of its TLS key, name in its
	 * certificate); "" when it proves nothing. Set before the driver starts. */
	char link_identity[LINK_IDENTITY_MAX];
	uv_timer_t timer;
	char command[AT_COMMAND_MAX + 2]; /* being written */
	bool is_closing;
	uint8_t holds;            /* open handles and jobs in flight: frees itself at 0 */
	enum close_reason reason; /* once closing */

	bool is_address_counted;
	bool is_way_counted;                   /* the address, among those of the way */
	char peer[SESSION_PEER_MAX];           /* identity or address, for logs */
	struct terminal *terminal;             /* NULL until identified */
	struct settings_table *settings_table; /* held */
	/* its own once it is known, else the defaults */
	const struct terminal_settings *settings;
	struct terminal *contested; /* claims this connected one; NULL none */
	uint64_t contest_until_ms;
	uint32_t contest_answers; /* of the older link, before it was asked */
	struct smartcom driver;

	struct at_scanner scanner;
	char *partial; /* bytes of an unfinished line; NULL none */
	size_t partial_size;
	size_t partial_capacity;
	bool is_limit_raised; /* the one-off limits hold for this reply */
	size_t reply_bytes;   /* since the last command */
	size_t unasked_bytes; /* on the whole link */

	struct telegram_batch
		*batch; /* being filled, in flight, or kept for its deletion */
	bool is_batch_in_flight;
	size_t reserved_bytes;       /* of the store's queue */
	uint64_t radio_meters[4];    /* a bit per radio meter of the reply, by hash */
	struct device_table devices; /* being read */
};

/*
 * Accepts the pending connection of listening, which came by way. The link is closed at
 * once, with a counted reason, when a limit is reached. false: out of memory, counted; it
 * is still pending.
 */
bool session_accept(struct fleet *fleet, struct link_way *way, uv_stream_t *listening);

/*
 * Dials address; the link belongs to way, which hears when it is over. request must live
 * until then. false: out of memory.
 */
bool session_dial(struct fleet *fleet, struct link_way *way, uv_connect_t *request,
		  const struct sockaddr *address);

/*
 * The fleet's settings are others: taken at once between rounds, else at the end of the
 * round. Closes the link if its terminal is now forbidden, or not proved enough.
 */
void session_renew_settings(struct session *session);

/* Closes the link for this reason, unless it is closing already. */
void session_close(struct session *session, enum close_reason reason);

#endif
