/* SPDX-License-Identifier: MIT */
/*
 * Between the files TLS is made of: tls_context.c, tls_engine.c, tls_psk.c (callbacks),
 * tls_failure.c (errors to reasons). Nobody else includes this. Loop thread only.
 */
#ifndef READOUT_SERVER_LINKS_TLS_PARTS_H
#define READOUT_SERVER_LINKS_TLS_PARTS_H

#include "server/links/tls_engine.h"

enum { TLS_PSK_IDENTITY_MAX = 64, TLS_DETAIL_MAX = 200 };

/* What the peer has said of a pre-shared key. */
enum tls_psk { TLS_PSK_NONE, TLS_PSK_KNOWN, TLS_PSK_UNKNOWN };

struct tls_engine {
	struct tls_context *context;
	SSL *ssl;
	struct link_output *output;
	const uint8_t *input; /* fed, not yet read */
	size_t input_size;
	bool is_output_full;
	enum tls_psk psk;
	char psk_identity[TLS_PSK_IDENTITY_MAX]; /* as offered, cut off if longer */
	enum close_reason failure;
	char detail[TLS_DETAIL_MAX]; /* "" until it fails */
};

/* ---- tls_engine.c ---- */

/* The BIO that reads and writes an engine's bytes. NULL when out of memory. */
BIO_METHOD *tls_bio_method_new(void);

/* ---- tls_psk.c ---- */

/* Lets the context use its keys. */
void tls_psk_set_up(struct tls_context *context);

/* ---- tls_failure.c ---- */

/* Fills engine->failure and engine->detail from OpenSSL's errors, which are cleared. */
void tls_failure_note(struct tls_engine *engine);

#endif
