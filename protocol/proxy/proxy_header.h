/* SPDX-License-Identifier: MIT */
/*
 * The header that a proxy puts before the bytes of a connection it passes on: who the
 * peer really is. Versions 1 (a line of text) and 2 (binary), told apart by their first
 * bytes. Pure; any thread.
 *
 * Source: The PROXY protocol, versions 1 and 2 (HAProxy), sections 2.1 and 2.2.
 */
#ifndef READOUT_PROTOCOL_PROXY_HEADER_H
#define READOUT_PROTOCOL_PROXY_HEADER_H

#include "protocol/span.h"

enum proxy_result {
	PROXY_HEADER_WHOLE,
	PROXY_HEADER_MORE,   /* it may become one with more bytes */
	PROXY_HEADER_BROKEN, /* it is none, or longer than PROXY_HEADER_MAX */
};

enum proxy_family {
	PROXY_FAMILY_NONE, /* of the proxy itself (a health check), or unknown to it */
	PROXY_FAMILY_IPV4,
	PROXY_FAMILY_IPV6,
};

/* A header that is still unfinished after so many bytes is refused. The standard's
 * addresses take 52; the rest is for extensions, which are skipped. */
enum { PROXY_HEADER_MAX = 2048 };

struct proxy_header {
	enum proxy_family family;
	uint8_t address[16]; /* of the peer, network order; IPv4: the first four */
	uint16_t port;       /* of the peer */
	size_t size;         /* bytes of the header */
};

/* Reads the header that bytes begin with; PROXY_HEADER_WHOLE fills ret_header. */
enum proxy_result proxy_header_read(struct span bytes, struct proxy_header *ret_header);

/* Whether bytes begin like a header: at least the first five agree. */
bool proxy_header_is_likely(struct span bytes);

#endif
