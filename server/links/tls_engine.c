/* SPDX-License-Identifier: MIT */
/*
 * A BIO of our own stands where OpenSSL expects a socket: it reads from the bytes just
 * fed and writes to the output, so nothing is copied twice and no memory BIO keeps its
 * largest size for the life of a link.
 *
 * Failure modes: OpenSSL reports an error, from which tls_failure.c makes a reason; the
 * output is full, for the peer does not read.
 */
#include "server/links/tls_engine.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "server/links/tls_parts.h"

/* ---- the BIO ---- */

static int bio_read(BIO *bio, char *data, size_t room, size_t *ret_size)
{
	struct tls_engine *engine = BIO_get_data(bio);
	size_t size = room < engine->input_size ? room : engine->input_size;

	BIO_clear_retry_flags(bio);
	if (size == 0) {
		BIO_set_retry_read(bio);
		return 0;
	}
	memcpy(data, engine->input, size);
	engine->input += size;
	engine->input_size -= size;
	*ret_size = size;
	return 1;
}

static int bio_write(BIO *bio, const char *data, size_t size, size_t *ret_size)
{
	struct tls_engine *engine = BIO_get_data(bio);

	BIO_clear_retry_flags(bio);
	if (!link_output_add(engine->output, data, size)) {
		engine->is_output_full = true;
		return 0;
	}
	*ret_size = size;
	return 1;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
	(void)bio;
	(void)number;
	(void)pointer;
	return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD *tls_bio_method_new(void)
{
	BIO_METHOD *method =
		BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "link");
	if (method == NULL)
		return NULL;
	if (BIO_meth_set_read_ex(method, bio_read) == 1 &&
	    BIO_meth_set_write_ex(method, bio_write) == 1 &&
	    BIO_meth_set_ctrl(method, bio_control) == 1)
		return method;
	BIO_meth_free(method);
	return NULL;
}

/* ---- life cycle ---- */

static bool expect_name(SSL *ssl, const char *name)
{
	unsigned char bytes[16];
	X509_VERIFY_PARAM *parameters = SSL_get0_param(ssl);
	bool is_address = inet_pton(AF_INET, name, bytes) == 1 ||
			  inet_pton(AF_INET6, name, bytes) == 1;

	if (is_address)
		return X509_VERIFY_PARAM_set1_ip_asc(parameters, name) == 1;
	return SSL_set1_host(ssl, name) == 1 &&
	       SSL_set_tlsext_host_name(ssl, (char *)(uintptr_t)name) == 1;
}

static bool set_up(struct tls_engine *engine, const char *server_name)
{
	engine->ssl = SSL_new(engine->context->ssl);
	if (engine->ssl == NULL)
		return false;
	BIO *bio = BIO_new(engine->context->bio);
	if (bio == NULL)
		return false;
	BIO_set_data(bio, engine);
	BIO_set_init(bio, 1);
	SSL_set_bio(engine->ssl, bio, bio);
	SSL_set_app_data(engine->ssl, engine);
	if (engine->context->role == TLS_SERVER)
		SSL_set_accept_state(engine->ssl);
	else
		SSL_set_connect_state(engine->ssl);
	return server_name == NULL || expect_name(engine->ssl, server_name);
}

struct tls_engine *tls_engine_new(struct tls_context *context, const char *server_name,
				  struct link_output *output)
{
	struct tls_engine *engine = calloc(1, sizeof(*engine));
	if (engine == NULL)
		return NULL;
	engine->context = tls_context_hold(context);
	engine->output = output;
	ERR_clear_error();
	if (set_up(engine, server_name))
		return engine;
	tls_engine_free(engine);
	return NULL;
}

void tls_engine_free(struct tls_engine *engine)
{
	if (engine == NULL)
		return;
	SSL_free(engine->ssl);
	tls_context_release(engine->context);
	free(engine);
}

/* ---- moving bytes ---- */

void tls_engine_feed(struct tls_engine *engine, const void *data, size_t size)
{
	engine->input = data;
	engine->input_size = size;
}

/* What a call that returned no success means. */
static enum tls_result result_of(struct tls_engine *engine, int returned)
{
	switch (SSL_get_error(engine->ssl, returned)) {
	case SSL_ERROR_WANT_READ: return TLS_AGAIN;
	case SSL_ERROR_ZERO_RETURN: return TLS_CLOSED;
	default: tls_failure_note(engine); return TLS_FAILED;
	}
}

/*
 * The peer's certificate stays with the link, and 2 KiB of it are its decoded public key.
 * That has done its work, for nothing is negotiated again: the certificate gets one that
 * all links share.
 */
static void forget_peer_key(struct tls_engine *engine)
{
	X509 *certificate = SSL_get0_peer_certificate(engine->ssl);
	EVP_PKEY *shared = SSL_CTX_get0_privatekey(engine->context->ssl);

	if (certificate != NULL && shared != NULL)
		(void)X509_set_pubkey(certificate, shared);
}

enum tls_result tls_engine_handshake(struct tls_engine *engine)
{
	ERR_clear_error();
	int done = SSL_do_handshake(engine->ssl);
	if (done != 1)
		return result_of(engine, done);
	/* It may have gone on with a certificate of ours: that is not what it asked for.
	 */
	if (engine->psk == TLS_PSK_UNKNOWN) {
		tls_failure_note(engine);
		return TLS_FAILED;
	}
	forget_peer_key(engine);
	return TLS_DONE;
}

bool tls_engine_is_done(const struct tls_engine *engine)
{
	return SSL_is_init_finished(engine->ssl) == 1;
}

enum tls_result tls_engine_read(struct tls_engine *engine, char *ret_data, size_t room,
				size_t *ret_size)
{
	ERR_clear_error();
	int done = SSL_read_ex(engine->ssl, ret_data, room, ret_size);
	return done == 1 ? TLS_DONE : result_of(engine, done);
}

enum tls_result tls_engine_write(struct tls_engine *engine, const char *data, size_t size)
{
	size_t written;
	ERR_clear_error();
	int done = SSL_write_ex(engine->ssl, data, size, &written);
	return done == 1 ? TLS_DONE : result_of(engine, done);
}

void tls_engine_end(struct tls_engine *engine)
{
	ERR_clear_error();
	if (engine->detail[0] == '\0' && tls_engine_is_done(engine))
		(void)SSL_shutdown(engine->ssl);
	ERR_clear_error();
}

/* ---- who it is ---- */

static bool is_word(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] <= ' ' || text[i] >= 0x7f)
			return false;
	return length > 0;
}

/* false: the text is no plain word, or too long; then it says nothing. */
static bool take_word(const ASN1_STRING *string, char *ret_word, size_t size)
{
	const char *text = (const char *)ASN1_STRING_get0_data(string);
	int length = ASN1_STRING_length(string);

	if (length < 0 || (size_t)length >= size || !is_word(text, (size_t)length))
		return false;
	memcpy(ret_word, text, (size_t)length);
	ret_word[length] = '\0';
	return true;
}

static bool take_common_name(X509 *certificate, char *ret_name, size_t size)
{
	X509_NAME *subject = X509_get_subject_name(certificate);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);

	return at >= 0 &&
	       take_word(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)),
			 ret_name, size);
}

static void take_dns_name(X509 *certificate, char *ret_name, size_t size)
{
	GENERAL_NAMES *names =
		X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		if (name->type == GEN_DNS && take_word(name->d.dNSName, ret_name, size))
			break;
	}
	GENERAL_NAMES_free(names);
}

void tls_engine_identity(const struct tls_engine *engine, char *ret_identity, size_t size)
{
	X509 *certificate = SSL_get0_peer_certificate(engine->ssl);

	ret_identity[0] = '\0';
	if (engine->psk == TLS_PSK_KNOWN && strlen(engine->psk_identity) < size &&
	    is_word(engine->psk_identity, strlen(engine->psk_identity)))
		memcpy(ret_identity, engine->psk_identity,
		       strlen(engine->psk_identity) + 1);
	else if (certificate != NULL && SSL_get_verify_result(engine->ssl) == X509_V_OK &&
		 !take_common_name(certificate, ret_identity, size))
		take_dns_name(certificate, ret_identity, size);
}

enum close_reason tls_engine_failure(const struct tls_engine *engine,
				     const char **ret_detail)
{
	*ret_detail = engine->detail;
	return engine->failure;
}
