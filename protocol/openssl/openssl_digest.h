/* SPDX-License-Identifier: MIT */
/* SHA-256 over bytes that come in pieces. One thread. */
#ifndef READOUT_PROTOCOL_OPENSSL_DIGEST_H
#define READOUT_PROTOCOL_OPENSSL_DIGEST_H

#include "protocol/span.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { DIGEST_SIZE = 32 };

struct openssl_digest;

struct openssl_digest *openssl_digest_new(void); /* NULL when out of memory */
bool openssl_digest_add(struct openssl_digest *digest, struct span bytes);

/* Writes the digest of everything added. Frees it; NULL is fine, and gives false. */
bool openssl_digest_end(struct openssl_digest *digest, uint8_t ret_bytes[DIGEST_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
