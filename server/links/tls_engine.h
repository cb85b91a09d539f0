/* SPDX-License-Identifier: MIT */
/*
 * TLS without a socket: enciphered bytes are fed in, clear ones read out, and what is to
 * be sent is put into an output. Nothing is kept between calls but what a record still
 * lacks. Loop thread only.
 *
 *     tls_engine_feed(engine, data, size);
 *     if (!tls_engine_is_done(engine)) result = tls_engine_handshake(engine);
 *     while ((result = tls_engine_read(engine, room, sizeof(room), &size)) == TLS_DONE)
 *             ...
 */
#ifndef READOUT_SERVER_LINKS_TLS_ENGINE_H
#define READOUT_SERVER_LINKS_TLS_ENGINE_H

#include "server/close_reason.h"
#include "server/links/link_output.h"
#include "server/links/tls_context.h"

enum tls_result {
	TLS_DONE,
	TLS_AGAIN,  /* with more bytes */
	TLS_CLOSED, /* the peer has ended it in order */
	TLS_FAILED, /* see tls_engine_failure(); a last alert may be in the output */
};

struct tls_engine;

/*
 * output receives what must be sent, and outlives the engine. server_name: whom a client
 * wants to talk to, a name or an address; NULL for a server. NULL when out of memory.
 */
struct tls_engine *tls_engine_new(struct tls_context *context, const char *server_name,
				  struct link_output *output);
void tls_engine_free(struct tls_engine *engine); /* NULL is fine */

/* data must stay until handshake or read has returned TLS_AGAIN. */
void tls_engine_feed(struct tls_engine *engine, const void *data, size_t size);

/* A client begins by calling it without bytes. */
enum tls_result tls_engine_handshake(struct tls_engine *engine);
bool tls_engine_is_done(const struct tls_engine *engine);

enum tls_result tls_engine_read(struct tls_engine *engine, char *ret_data, size_t room,
				size_t *ret_size);
enum tls_result tls_engine_write(struct tls_engine *engine, const char *data,
				 size_t size);

/* Says goodbye, into the output. */
void tls_engine_end(struct tls_engine *engine);

/* Why it failed, and the same in words for the log. The text lives with the engine. */
enum close_reason tls_engine_failure(const struct tls_engine *engine,
				     const char **ret_detail);

/*
 * Whom the peer has proved to be: the identity of its key, or the name in its verified
 * certificate (CN, else the first DNS name); "" when nothing, or no plain word of fewer
 * than size characters.
 */
void tls_engine_identity(const struct tls_engine *engine, char *ret_identity,
			 size_t size);

#endif
