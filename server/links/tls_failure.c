/* SPDX-License-Identifier: MIT */
/* From what OpenSSL says to one reason an operator can count, and a line he can act on.
 */
#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>

#include "server/links/tls_parts.h"

/* Verification of the peer's certificate. Whatever is not here is CLOSE_TLS_UNTRUSTED. */
static const struct {
	long result;
	enum close_reason reason;
} verifications[] = {
	{ X509_V_ERR_CERT_HAS_EXPIRED, CLOSE_TLS_EXPIRED },
	{ X509_V_ERR_CERT_NOT_YET_VALID, CLOSE_TLS_EXPIRED },
	{ X509_V_ERR_CERT_REVOKED, CLOSE_TLS_REVOKED },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, CLOSE_TLS_SELF_SIGNED },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, CLOSE_TLS_SELF_SIGNED },
	{ X509_V_ERR_HOSTNAME_MISMATCH, CLOSE_TLS_WRONG_NAME },
	{ X509_V_ERR_IP_ADDRESS_MISMATCH, CLOSE_TLS_WRONG_NAME },
};

static enum close_reason verification_reason(long result)
{
	for (size_t i = 0; i < sizeof(verifications) / sizeof(verifications[0]); i++)
		if (verifications[i].result == result)
			return verifications[i].reason;
	return CLOSE_TLS_UNTRUSTED;
}

static void note(struct tls_engine *engine, enum close_reason reason, const char *what,
		 const char *which)
{
	engine->failure = reason;
	(void)snprintf(engine->detail, sizeof(engine->detail), "%s%s%s", what,
		       which != NULL ? ": " : "", which != NULL ? which : "");
}

/* A key that differs shows as a message that cannot be checked. */
static bool is_key_mismatch(int reason)
{
	return reason == SSL_R_BINDER_DOES_NOT_VERIFY ||
	       reason == SSL_R_DIGEST_CHECK_FAILED ||
	       reason == SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC;
}

static bool note_psk(struct tls_engine *engine, int reason)
{
	bool is_unknown = engine->psk == TLS_PSK_UNKNOWN;

	if (!is_unknown && (engine->psk != TLS_PSK_KNOWN || !is_key_mismatch(reason)))
		return false;
	note(engine, CLOSE_TLS_WRONG_PSK,
	     is_unknown ? "no key is configured for this identity"
			: "its key is not the one configured for this identity",
	     engine->psk_identity);
	return true;
}

void tls_failure_note(struct tls_engine *engine)
{
	unsigned long error = ERR_peek_error();
	int reason = ERR_GET_REASON(error);
	bool is_ssl = ERR_GET_LIB(error) == ERR_LIB_SSL;
	long verified = SSL_get_verify_result(engine->ssl);

	if (engine->is_output_full)
		note(engine, CLOSE_NOT_READING, "it does not read what is sent to it",
		     NULL);
	else if (is_ssl && reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
		note(engine, verification_reason(verified),
		     X509_verify_cert_error_string(verified), NULL);
	else if (note_psk(engine, is_ssl ? reason : 0))
		;
	else if (is_ssl && reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE)
		note(engine, CLOSE_TLS_NO_CERTIFICATE,
		     "it has shown no certificate, and client_certificate is required",
		     NULL);
	else if (is_ssl && reason > SSL_AD_REASON_OFFSET)
		note(engine, CLOSE_TLS_REFUSED, "the other side has refused us",
		     ERR_reason_error_string(error));
	else
		note(engine, CLOSE_TLS_HANDSHAKE, "TLS failed",
		     error != 0 ? ERR_reason_error_string(error) : "broken off");
	ERR_clear_error();
}
