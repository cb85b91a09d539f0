/* SPDX-License-Identifier: MIT */
/*
 * What all TLS links of one way share: our certificate, whom we trust, the pre-shared
 * keys, and what is allowed (TLS 1.2 and 1.3, ciphers with authentication, no
 * renegotiation, no resumption). Made from the configuration, whose files it reads: a new
 * one is made when certificates are renewed. Counted: links keep the one they began with.
 * Loop thread only.
 */
#ifndef READOUT_SERVER_LINKS_TLS_CONTEXT_H
#define READOUT_SERVER_LINKS_TLS_CONTEXT_H

#include <openssl/ssl.h>

#include "config/config.h"
#include "server/links/psk_table.h"

enum { TLS_ERROR_MAX = 400 };

enum tls_role { TLS_SERVER, TLS_CLIENT };

struct tls_context {
	SSL_CTX *ssl;
	BIO_METHOD *bio; /* of tls_engine.c */
	enum tls_role role;
	struct psk_table *keys; /* TLS_SERVER: of all peers; TLS_CLIENT: our one */
	uint32_t users;
};

/*
 * With one user. NULL and a message (where, what, what to do) on failure: a file that
 * cannot be read, a key that does not belong to its certificate, a broken list.
 */
struct tls_context *tls_context_new(const struct config_tls *config, enum tls_role role,
				    char error[TLS_ERROR_MAX]);

struct tls_context *tls_context_hold(struct tls_context *context);
void tls_context_release(struct tls_context *context); /* NULL is fine */

#endif
