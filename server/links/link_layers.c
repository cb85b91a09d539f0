/* SPDX-License-Identifier: MIT */
/*
 * From the socket's bytes to the terminal's text: a proxy's header, TLS, telnet, login;
 * each layer gives the next what is left. A plain link's bytes pass as they came.
 *
 * Failure modes: what comes is not what the way is for (plain text on a TLS port, TLS on
 * a plain one, a header from who may not send one): said in so many words; a header or a
 * handshake is broken, a certificate or key refused; a limit is passed. Each is told once
 * by ended().
 */
#include <stdio.h>
#include <uv.h>

#include "protocol/proxy/proxy_header.h"
#include "server/links/link_parts.h"
#include "server/links/tls_engine.h"

/* Telnet has a handful of things to agree upon; a peer that goes on is at fault. */
enum { TELNET_COMMANDS_MAX = 1000 };

static void end(struct link *link, enum close_reason reason, const char *detail)
{
	if (!link->is_closing)
		link->events->ended(link, reason, detail);
}

/* ---- text ---- */

void link_layers_open(struct link *link)
{
	link->is_open = true;
	link->events->opened(link);
}

static void take_text(struct link *link, const char *data, size_t size)
{
	if (size == 0 || link->is_closing)
		return;
	if (link->login != NULL)
		link_login_take(link, data, size);
	else
		link->events->bytes(link, data, size);
}

/* ---- telnet ---- */

/* Takes the commands out of data, in place; returns what is left. */
static size_t strip_telnet(struct link *link, char *data, size_t size)
{
	uint8_t answer[TELNET_ANSWER_SIZE];
	size_t kept = 0;

	for (size_t at = 0; at < size && !link->is_closing;) {
		size_t plain = telnet_plain(&link->telnet, span_of(data + at, size - at));
		memmove(data + kept, data + at, plain);
		kept += plain;
		at += plain;
		if (at == size)
			break;
		uint8_t byte = (uint8_t)data[at++];
		enum telnet_result result = telnet_read(&link->telnet, byte, answer);
		if (result == TELNET_DATA)
			data[kept++] = (char)byte;
		else if (result == TELNET_ANSWER &&
			 !link_put_raw(link, (const char *)answer, sizeof(answer)))
			end(link, CLOSE_NOT_READING, NULL);
	}
	if (link->telnet.commands > TELNET_COMMANDS_MAX)
		end(link, CLOSE_UNASKED, "too many telnet commands");
	return kept;
}

static void take_clear(struct link *link, char *data, size_t size)
{
	if (link->way->is_telnet)
		size = strip_telnet(link, data, size);
	take_text(link, data, size);
}

static void open_text(struct link *link)
{
	if (link->way->user == NULL)
		link_layers_open(link);
	else if (!link_login_start(link))
		end(link, CLOSE_OUT_OF_MEMORY, NULL);
}

/* ---- TLS ---- */

static void end_tls(struct link *link)
{
	const char *detail;
	enum close_reason reason = tls_engine_failure(link->tls, &detail);
	end(link, reason, detail);
}

/* What a step of the handshake, or the end of reading, means; true: go on. */
static bool settle_tls(struct link *link, enum tls_result result)
{
	if (!link->is_closing && !link_flush(link))
		end(link, CLOSE_NETWORK_ERROR, NULL);
	if (link->is_closing || result == TLS_AGAIN)
		return false;
	if (result == TLS_CLOSED)
		end(link, CLOSE_PEER_CLOSED, NULL);
	else if (result == TLS_FAILED)
		end_tls(link);
	return result == TLS_DONE;
}

static bool shake_hands(struct link *link)
{
	if (!settle_tls(link, tls_engine_handshake(link->tls)))
		return false;
	open_text(link);
	return !link->is_closing;
}

/* A TLS record begins with its type, 20 to 23; the hello of SSL 2 with its top bit. */
static bool is_plain_text(uint8_t first)
{
	return (first < 20 || first > 23) && first < 0x80;
}

static void take_tls(struct link *link, const char *data, size_t size, bool is_first)
{
	char *clear = link->hub->clear_buffer;
	enum tls_result result;
	size_t clear_size;

	if (is_first && is_plain_text((uint8_t)data[0])) {
		end(link, CLOSE_TLS_PLAIN_TEXT, NULL);
		return;
	}
	tls_engine_feed(link->tls, data, size);
	if (!tls_engine_is_done(link->tls) && !shake_hands(link))
		return;
	while ((result = tls_engine_read(link->tls, clear, LINK_CLEAR_BYTES,
					 &clear_size)) == TLS_DONE) {
		take_clear(link, clear, clear_size);
		if (link->is_closing)
			return;
	}
	(void)settle_tls(link, result);
}

static void start_tls(struct link *link)
{
	link->tls = tls_engine_new(link->way->tls, link->way->server_name, &link->output);
	if (link->tls == NULL)
		end(link, CLOSE_OUT_OF_MEMORY, NULL);
	else if (link->way->server_name != NULL)
		(void)shake_hands(link); /* a client speaks first */
}

/* ---- what comes first ---- */

/* Whether the first three bytes of the link are those of a TLS ClientHello; they may come
 * one by one. */
static bool is_hello(struct link *link, const char *data, size_t size)
{
	static const uint8_t hello[] = { 0x16, 0x03 };
	enum { VERSION = sizeof(hello), DONE, NEWEST = 4 };

	for (size_t i = 0; i < size && link->hello_bytes < DONE; i++) {
		uint8_t byte = (uint8_t)data[i];
		bool is_next = link->hello_bytes < VERSION
				       ? byte == hello[link->hello_bytes]
				       : byte <= NEWEST;
		if (is_next && link->hello_bytes == VERSION)
			return true;
		link->hello_bytes = is_next ? (uint8_t)(link->hello_bytes + 1) : DONE;
	}
	return false;
}

static void take_stream(struct link *link, char *data, size_t size)
{
	bool is_first = !link->is_seen;

	link->is_seen = true;
	if (is_first && proxy_header_is_likely(span_of(data, size)))
		end(link, CLOSE_PROXY_NOT_LISTED, NULL);
	else if (link->tls != NULL)
		take_tls(link, data, size, is_first);
	else if (is_hello(link, data, size))
		end(link, CLOSE_TLS_NOT_HERE, NULL);
	else
		take_clear(link, data, size);
}

static void start_stream(struct link *link)
{
	link->events->known(link);
	if (link->is_closing)
		return;
	if (link->way->tls != NULL)
		start_tls(link);
	else
		open_text(link);
}

/* ---- a proxy's header ---- */

static void take_address(struct link *link, const struct proxy_header *header)
{
	int family = header->family == PROXY_FAMILY_IPV4 ? AF_INET : AF_INET6;

	if (header->family == PROXY_FAMILY_NONE)
		return;
	(void)uv_inet_ntop(family, header->address, link->address, sizeof(link->address));
	link->port = header->port;
	link_unmap_address(link);
}

static void take_header(struct link *link, char *data, size_t size)
{
	struct proxy_header header;
	struct link_output head = link->head;

	if (head.size > 0) {
		if (!link_output_add(&link->head, data, size)) {
			end(link, CLOSE_PROXY_HEADER, NULL);
			return;
		}
		head = link->head;
		data = head.data;
		size = head.size;
	}
	enum proxy_result result = proxy_header_read(span_of(data, size), &header);
	if (result == PROXY_HEADER_BROKEN) {
		end(link, CLOSE_PROXY_HEADER, NULL);
	} else if (result == PROXY_HEADER_MORE && head.size == 0) {
		if (!link_output_add(&link->head, data, size))
			end(link, CLOSE_OUT_OF_MEMORY, NULL);
	} else if (result == PROXY_HEADER_WHOLE) {
		link->head = (struct link_output){ 0 }; /* data may lie in it still */
		link->awaits_header = false;
		take_address(link, &header);
		start_stream(link);
		if (!link->is_closing && size > header.size)
			take_stream(link, data + header.size, size - header.size);
		link_output_clear(&head);
	}
}

void link_layers_start(struct link *link)
{
	link->awaits_header = networks_contain(link->way->proxies, link->way->proxy_count,
					       link->address);
	if (!link->awaits_header)
		start_stream(link);
}

void link_layers_take(struct link *link, char *data, size_t size)
{
	if (link->awaits_header)
		take_header(link, data, size);
	else
		take_stream(link, data, size);
}
