/* SPDX-License-Identifier: MIT */
#include "server/links/tls_context.h"

#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "config/psk_file.h"
#include "server/links/tls_parts.h"

/*
 * Authenticated ciphers only; forward secrecy where the terminal can. Pre-shared keys
 * come first: a terminal that offers one wants to be known by it, not to look at our
 * certificate. Modems often know nothing but PSK-AES128-GCM and -CCM8. In TLS 1.3 a key
 * goes with SHA-256 alone.
 */
static const char ciphers_12[] =
	"ECDHE-PSK-CHACHA20-POLY1305:DHE-PSK-AES128-GCM-SHA256:"
	"DHE-PSK-AES256-GCM-SHA384:PSK-AES128-GCM-SHA256:PSK-AES256-GCM-SHA384:"
	"PSK-CHACHA20-POLY1305:PSK-AES128-CCM:PSK-AES128-CCM8:"
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
	"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-AES128-GCM-SHA256:"
	"ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305:"
	"DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384";
static const char ciphers_13[] = "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:"
				 "TLS_AES_256_GCM_SHA384";

__attribute__((format(printf, 3, 4))) static bool refuse(char error[TLS_ERROR_MAX],
							 const struct config_tls *config,
							 const char *format, ...)
{
	char text[TLS_ERROR_MAX];
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	(void)snprintf(error, TLS_ERROR_MAX, "%.150s: %.240s", config->where, text);
	return false;
}

/* What OpenSSL says of the last failure. */
static const char *why(void)
{
	unsigned long code = ERR_peek_last_error();
	const char *text = ERR_reason_error_string(code);
	return text != NULL ? text : "cannot be opened";
}

static bool is_given(const char *path)
{
	return path != NULL && path[0] != '\0';
}

static bool load_certificate(SSL_CTX *ssl, const struct config_tls *config,
			     char error[TLS_ERROR_MAX])
{
	if (!is_given(config->certificate))
		return true;
	if (SSL_CTX_use_certificate_chain_file(ssl, config->certificate) != 1)
		return refuse(error, config,
			      "certificate \"%s\": %s; name a PEM file of the "
			      "certificate and its chain that Readout may read",
			      config->certificate, why());
	if (SSL_CTX_use_PrivateKey_file(ssl, config->key, SSL_FILETYPE_PEM) != 1)
		return refuse(error, config,
			      "key \"%s\": %s; name the PEM file of the key that belongs "
			      "to the certificate",
			      config->key, why());
	return true;
}

static bool load_authority(SSL_CTX *ssl, const struct config_tls *config,
			   enum tls_role role, char error[TLS_ERROR_MAX])
{
	if (!is_given(config->ca)) {
		/* A server trusts nobody, nor a client that shares a key: whoever has
		 * that needs no certificate. Other clients trust the system's
		 * authorities. */
		return role == TLS_SERVER || config->psk_count > 0 ||
		       SSL_CTX_set_default_verify_paths(ssl) == 1 ||
		       refuse(error, config, "the system's authorities: %s", why());
	}
	if (SSL_CTX_load_verify_file(ssl, config->ca) != 1)
		return refuse(error, config,
			      "authority \"%s\": %s; name a PEM file of the "
			      "authorities whose certificates are accepted",
			      config->ca, why());
	STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(config->ca);
	if (role == TLS_SERVER && names != NULL)
		SSL_CTX_set_client_CA_list(ssl, names);
	else
		sk_X509_NAME_pop_free(names, X509_NAME_free);
	return true;
}

static bool load_revocations(SSL_CTX *ssl, const struct config_tls *config,
			     char error[TLS_ERROR_MAX])
{
	X509_STORE *store = SSL_CTX_get_cert_store(ssl);
	if (!is_given(config->crl))
		return true;
	X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
	if (lookup == NULL ||
	    X509_load_crl_file(lookup, config->crl, X509_FILETYPE_PEM) <= 0)
		return refuse(error, config,
			      "crl \"%s\": %s; name a PEM file of the authority's "
			      "revocation list",
			      config->crl, why());
	return X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK) == 1;
}

static bool load_keys(struct tls_context *context, const struct config_tls *config,
		      char error[TLS_ERROR_MAX])
{
	struct config_psk *more = NULL;
	size_t count = 0;
	char reason[PSK_FILE_ERROR_MAX];

	if (is_given(config->psk_file) &&
	    !psk_file_read(config->psk_file, &more, &count, reason))
		return refuse(error, config, "%s", reason);
	context->keys = psk_table_new(config->psk, config->psk_count, more, count);
	psk_file_free(more, count);
	return context->keys != NULL || refuse(error, config, "out of memory");
}

static void set_rules(SSL_CTX *ssl, const struct config_tls *config, enum tls_role role)
{
	static const int modes[] = {
		[CONFIG_CLIENT_NONE] = SSL_VERIFY_NONE,
		[CONFIG_CLIENT_OPTIONAL] = SSL_VERIFY_PEER,
		[CONFIG_CLIENT_REQUIRED] =
			SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
	};
	static const unsigned char name[] = "readout";

	(void)SSL_CTX_set_min_proto_version(ssl, config->is_tls13_only ? TLS1_3_VERSION
								       : TLS1_2_VERSION);
	(void)SSL_CTX_set_cipher_list(ssl, ciphers_12);
	(void)SSL_CTX_set_ciphersuites(ssl, ciphers_13);
	(void)SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
					       SSL_OP_NO_COMPRESSION |
					       SSL_OP_CIPHER_SERVER_PREFERENCE);
	(void)SSL_CTX_set_num_tickets(ssl, 0);
	(void)SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
	(void)SSL_CTX_set_session_id_context(ssl, name, sizeof(name) - 1);
	(void)SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_verify(ssl,
			   role == TLS_CLIENT ? SSL_VERIFY_PEER
					      : modes[config->client_certificate],
			   NULL);
}

static bool fill(struct tls_context *context, const struct config_tls *config,
		 char error[TLS_ERROR_MAX])
{
	ERR_clear_error();
	context->ssl = SSL_CTX_new(context->role == TLS_SERVER ? TLS_server_method()
							       : TLS_client_method());
	context->bio = tls_bio_method_new();
	if (context->ssl == NULL || context->bio == NULL)
		return refuse(error, config, "out of memory");
	set_rules(context->ssl, config, context->role);
	if (!load_certificate(context->ssl, config, error) ||
	    !load_authority(context->ssl, config, context->role, error) ||
	    !load_revocations(context->ssl, config, error) ||
	    !load_keys(context, config, error))
		return false;
	tls_psk_set_up(context);
	return true;
}

struct tls_context *tls_context_new(const struct config_tls *config, enum tls_role role,
				    char error[TLS_ERROR_MAX])
{
	struct tls_context *context = calloc(1, sizeof(*context));

	if (context == NULL) {
		(void)refuse(error, config, "out of memory");
		return NULL;
	}
	context->role = role;
	context->users = 1;
	if (fill(context, config, error))
		return context;
	tls_context_release(context);
	return NULL;
}

struct tls_context *tls_context_hold(struct tls_context *context)
{
	context->users++;
	return context;
}

void tls_context_release(struct tls_context *context)
{
	if (context == NULL || --context->users > 0)
		return;
	SSL_CTX_free(context->ssl);
	BIO_meth_free(context->bio);
	psk_table_free(context->keys);
	free(context);
}
