/* SPDX-License-Identifier: MIT */
/*
 * Pre-shared keys: OpenSSL asks for the key of an identity (server), or for our identity
 * and key (client). The same two functions serve TLS 1.2 and, with SHA-256, TLS 1.3.
 */
#include <stdio.h>
#include <string.h>

#include "server/links/tls_parts.h"

static unsigned int find_key(SSL *ssl, const char *identity, unsigned char *ret_key,
			     unsigned int room)
{
	struct tls_engine *engine = SSL_get_app_data(ssl);
	const struct config_psk *key = psk_table_find(engine->context->keys, identity);

	(void)snprintf(engine->psk_identity, sizeof(engine->psk_identity), "%s",
		       identity);
	engine->psk = TLS_PSK_UNKNOWN;
	if (key == NULL || key->key_size > room)
		return 0;
	engine->psk = TLS_PSK_KNOWN;
	memcpy(ret_key, key->key, key->key_size);
	return (unsigned int)key->key_size;
}

static unsigned int offer_key(SSL *ssl, const char *hint, char *ret_identity,
			      unsigned int identity_room, unsigned char *ret_key,
			      unsigned int room)
{
	struct tls_engine *engine = SSL_get_app_data(ssl);
	const struct config_psk *key = psk_table_first(engine->context->keys);

	(void)hint;
	if (key == NULL || key->key_size > room || strlen(key->identity) >= identity_room)
		return 0;
	memcpy(ret_identity, key->identity, strlen(key->identity) + 1);
	memcpy(ret_key, key->key, key->key_size);
	return (unsigned int)key->key_size;
}

void tls_psk_set_up(struct tls_context *context)
{
	if (psk_table_first(context->keys) == NULL)
		return;
	if (context->role == TLS_SERVER)
		SSL_CTX_set_psk_server_callback(context->ssl, find_key);
	else
		SSL_CTX_set_psk_client_callback(context->ssl, offer_key);
}
