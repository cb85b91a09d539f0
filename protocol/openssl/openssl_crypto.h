/* SPDX-License-Identifier: MIT */
/*
 * The ciphers of protocol/crypto.h by OpenSSL 3 (EVP). A library of its own,
 * readout-crypto, so that whoever decodes without keys needs no OpenSSL.
 */
#ifndef READOUT_PROTOCOL_OPENSSL_CRYPTO_H
#define READOUT_PROTOCOL_OPENSSL_CRYPTO_H

#include "protocol/crypto.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Every function is set. Constant; any thread. OpenSSL allocates as it goes. */
extern const struct crypto openssl_crypto;

#ifdef __cplusplus
}
#endif

#endif
