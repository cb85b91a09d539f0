/* SPDX-License-Identifier: MIT */
/*
 * A link moves bytes between a terminal and whoever embeds it (a session): it knows the
 * socket and what lies between the socket and the terminal's own text, and nothing of
 * what the text means.
 *
 * It comes by a way (struct link_way): a listener, or a terminal that is dialled. Life:
 * link_init(), then link_accept() or link_connect(), then link_start(); known() tells the
 * terminal's address, opened() that its own bytes may flow; link_close() ends it, and
 * closed() comes exactly once, later, when its memory may go. Any event may be followed
 * by link_close(), from inside the event too.
 *
 * Memory: a plain link holds no buffer and copies nothing. Loop thread only.
 */
#ifndef READOUT_SERVER_LINKS_LINK_H
#define READOUT_SERVER_LINKS_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "server/close_reason.h"

struct link;

enum { LINK_ADDRESS_MAX = 46, LINK_IDENTITY_MAX = 64, LINK_READ_BYTES = 64 * 1024 };

/* What all links of a loop share: only one is read at a time. */
struct link_hub {
	uv_loop_t *loop;
	char read_buffer[LINK_READ_BYTES];
};

/* What the embedder hears. */
struct link_events {
	/* link->address and link->port are the terminal's. */
	void (*known)(struct link *link);
	/* From here on bytes come, and link_write() may be called. */
	void (*opened)(struct link *link);
	void (*bytes)(struct link *link, const char *data, size_t size);
	/* It cannot go on; close it for this reason. detail, for the log, may be NULL
	 * and lives during the call. CLOSE_PEER_CLOSED: the terminal hung up. */
	void (*ended)(struct link *link, enum close_reason reason, const char *detail);
	/* After link_close(): the link is memory again. */
	void (*closed)(struct link *link);
};

/* A way in. Belongs to a listener or a dialled terminal, which outlives its links. */
struct link_way {
	const char *name;
	uint32_t link_count; /* not yet released */
	/* One link less; was_useful: its terminal was identified. */
	void (*released)(struct link_way *way, bool was_useful);
};

struct link {
	struct link_hub *hub;
	struct link_way *way;
	const struct link_events *events;
	uv_tcp_t tcp;
	uv_write_t write;
	bool is_open; /* opened() has been called */
	bool is_writing;
	bool is_closing;
	uint16_t port;                  /* remote */
	char address[LINK_ADDRESS_MAX]; /* remote, without port */
};

/* hub, way and events must outlive the link. */
void link_init(struct link *link, struct link_hub *hub, struct link_way *way,
	       const struct link_events *events);

/* Takes the pending connection of a listening stream; false: it could not be taken. */
bool link_accept(struct link *link, uv_stream_t *listening);

/* Begins to read. */
void link_start(struct link *link);

/*
 * Writes size bytes, which must stay where they are while link_is_writing(); one write at
 * a time, a second one is a defect. false: the link must be closed.
 */
bool link_write(struct link *link, const char *data, size_t size);

/* Whether the last write has not yet been handed to the kernel. */
bool link_is_writing(const struct link *link);

/* closed() follows. May be called again. */
void link_close(struct link *link);

#endif
