/* SPDX-License-Identifier: MIT */
/*
 * The ciphers that the decoder of wireless M-Bus asks for, as a table of functions that
 * the caller passes in. The decoder itself knows none: whoever links it decides whose AES
 * does the work. protocol/openssl/ fills this table with OpenSSL.
 *
 * CBC, CTR and CMAC are what security modes 5 and 7 and the sessions of the extended link
 * layer need: they must be set. CCM and GCM belong to modes 9 and 10, which the decoder
 * does not read yet; they may be NULL.
 *
 * All are AES with a key of 128 bits (FIPS 197; SP 800-38A, B, C, D). Each function:
 * - returns true when it wrote its whole result, false when it could not (a size that the
 *   cipher does not allow, a library that fails) or, for CCM and GCM, when the tag does
 *   not match; what stands in the result is then undefined;
 * - may be given a result that begins exactly where its input begins, and none that
 *   overlaps otherwise;
 * - keeps nothing between calls and none of its arguments after it returned, so that one
 *   table serves every thread.
 */
#ifndef READOUT_PROTOCOL_CRYPTO_H
#define READOUT_PROTOCOL_CRYPTO_H

#include "protocol/span.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { CRYPTO_KEY_SIZE = 16, CRYPTO_BLOCK_SIZE = 16 };

struct crypto {
	/* CBC without padding: cipher.size is a multiple of CRYPTO_BLOCK_SIZE. Writes
	 * cipher.size bytes. */
	bool (*cbc_decrypt_cb)(const uint8_t key[CRYPTO_KEY_SIZE],
			       const uint8_t iv[CRYPTO_BLOCK_SIZE], struct span cipher,
			       uint8_t *ret_plain);

	/* CTR; encrypting and decrypting are the same. counter is the first counter
	 * block, counted up as one big-endian number. Writes input.size bytes. */
	bool (*ctr_cb)(const uint8_t key[CRYPTO_KEY_SIZE],
		       const uint8_t counter[CRYPTO_BLOCK_SIZE], struct span input,
		       uint8_t *ret_output);

	/* CMAC of a message of any size. */
	bool (*cmac_cb)(const uint8_t key[CRYPTO_KEY_SIZE], struct span message,
			uint8_t ret_mac[CRYPTO_BLOCK_SIZE]);

	/* CCM: nonce of 7 to 13 bytes, tag of 4 to 16 (even). Writes cipher.size bytes.
	 */
	bool (*ccm_decrypt_cb)(const uint8_t key[CRYPTO_KEY_SIZE], struct span nonce,
			       struct span associated, struct span cipher,
			       struct span tag, uint8_t *ret_plain);

	/* GCM: tag of 4 to 16 bytes. Writes cipher.size bytes. */
	bool (*gcm_decrypt_cb)(const uint8_t key[CRYPTO_KEY_SIZE], struct span nonce,
			       struct span associated, struct span cipher,
			       struct span tag, uint8_t *ret_plain);
};

#ifdef __cplusplus
}
#endif

#endif
