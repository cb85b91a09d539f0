/* SPDX-License-Identifier: MIT */
/*
 * A link moves bytes between a terminal and whoever embeds it (a session): it knows the
 * socket and what lies between the socket and the terminal's own text (a proxy's header,
 * TLS, telnet, a login prompt), and nothing of what the text means.
 *
 * It comes by a way (struct link_way): a listener, or a terminal that is dialled. Life:
 * link_init(), then link_accept() and link_start(), or link_connect(); known() tells the
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

#include "config/networks.h"
#include "protocol/telnet/telnet.h"
#include "server/address_count.h"
#include "server/close_reason.h"
#include "server/links/link_output.h"
#include "server/links/link_turn.h"

struct link;
struct link_login;
struct tls_context;
struct tls_engine;

enum {
	LINK_ADDRESS_MAX = 46,
	LINK_IDENTITY_MAX = 64,
	LINK_READ_BYTES = 64 * 1024,
	LINK_CLEAR_BYTES = 16 * 1024, /* the most a TLS record holds */
};

/* What all links of a loop share: only one is read at a time. */
struct link_hub {
	uv_loop_t *loop;
	struct link_turn turn;
	char read_buffer[LINK_READ_BYTES];
	char clear_buffer[LINK_CLEAR_BYTES]; /* deciphered */
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
	struct tls_context *tls; /* NULL: no TLS */
	const char *server_name; /* when dialled: in the terminal's certificate */
	const struct config_network *proxies; /* who sends PROXY headers */
	size_t proxy_count;
	bool is_telnet;
	const char *user; /* NULL: no login */
	const char *password;
	uint64_t prompt_timeout_ms;

	uint32_t connections;             /* limit of its own; 0 none */
	uint32_t connections_per_address; /* the same ... */
	struct address_count *addresses;  /* ... counted here; NULL none */
	uint32_t link_count;              /* not yet released */
	/* One link less; was_useful: its terminal was identified. */
	void (*released)(struct link_way *way, bool was_useful);
};

struct link {
	struct link_hub *hub;
	struct link_way *way;
	const struct link_events *events;
	uv_tcp_t tcp;
	uv_write_t write;
	struct tls_engine *tls;    /* NULL: plain */
	struct link_login *login;  /* NULL: none, or done with */
	struct link_output head;   /* of a PROXY header */
	struct link_output output; /* coded, waiting for the write in flight */
	char *flying;              /* the coded write in flight */
	size_t flying_size;
	uint64_t coded_bytes;   /* ever taken from output to be written, */
	uint64_t command_end;   /* ... at the end of the last link_write(), */
	uint64_t written_bytes; /* ... and written to the socket */
	struct telnet telnet;
	struct link *put_off_before, *put_off_after; /* those next to it in the queue */
	uint8_t open_handles;
	bool is_put_off;     /* it waits in the queue of link_turn.h ... */
	bool is_resumed;     /* ... and comes next */
	uint8_t hello_bytes; /* that agree with the beginning of TLS */
	bool is_seen;        /* the first byte has come */
	bool awaits_header;  /* of the PROXY protocol */
	bool is_open;        /* opened() has been called */
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

/* Begins to read an accepted connection. */
void link_start(struct link *link);

/*
 * Dials address and goes on as link_start() does. request must live until closed(). A
 * failure is told by ended() with CLOSE_CONNECT_FAILED, never before it returns.
 */
bool link_connect(struct link *link, uv_connect_t *request,
		  const struct sockaddr *address);

/*
 * Writes size bytes, which must stay where they are while link_is_writing(); one write at
 * a time, a second one is a defect. false: the link must be closed.
 */
bool link_write(struct link *link, const char *data, size_t size);

/* Whether the last write has not yet been handed to the kernel. */
bool link_is_writing(const struct link *link);

/* Whom TLS has proved the peer to be; "" nobody. */
void link_identity(const struct link *link, char ret_identity[LINK_IDENTITY_MAX]);

/* closed() follows. May be called again. */
void link_close(struct link *link);

#endif
