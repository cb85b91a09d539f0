/* SPDX-License-Identifier: MIT */
#include "protocol/openssl/openssl_crypto.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

/* EVP takes sizes as int. */
static bool is_size_good(struct span bytes)
{
	return bytes.size <= INT_MAX;
}

/* One pass of a cipher without padding; CBC refuses what is no multiple of its block. */
static bool run_cipher(const EVP_CIPHER *cipher, const uint8_t *key, const uint8_t *iv,
		       struct span input, uint8_t *ret_output)
{
	EVP_CIPHER_CTX *evp = EVP_CIPHER_CTX_new();
	int size = 0;
	int rest = 0;
	bool is_done = evp != NULL && is_size_good(input) &&
		       EVP_DecryptInit_ex2(evp, cipher, key, iv, NULL) == 1 &&
		       EVP_CIPHER_CTX_set_padding(evp, 0) == 1 &&
		       EVP_DecryptUpdate(evp, ret_output, &size, input.data,
					 (int)input.size) == 1 &&
		       EVP_DecryptFinal_ex(evp, ret_output + size, &rest) == 1;

	EVP_CIPHER_CTX_free(evp);
	return is_done && (size_t)size + (size_t)rest == input.size;
}

static bool cbc_decrypt(const uint8_t *key, const uint8_t *iv, struct span cipher,
			uint8_t *ret_plain)
{
	return run_cipher(EVP_aes_128_cbc(), key, iv, cipher, ret_plain);
}

static bool ctr(const uint8_t *key, const uint8_t *counter, struct span input,
		uint8_t *ret_output)
{
	return run_cipher(EVP_aes_128_ctr(), key, counter, input, ret_output);
}

static bool cmac(const uint8_t *key, struct span message, uint8_t *ret_mac)
{
	char cipher[] = "AES-128-CBC";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "CMAC", NULL);
	EVP_MAC_CTX *evp = mac != NULL ? EVP_MAC_CTX_new(mac) : NULL;
	size_t size = 0;
	bool is_done = evp != NULL &&
		       EVP_MAC_init(evp, key, CRYPTO_KEY_SIZE, params) == 1 &&
		       EVP_MAC_update(evp, message.data, message.size) == 1 &&
		       EVP_MAC_final(evp, ret_mac, &size, CRYPTO_BLOCK_SIZE) == 1;

	EVP_MAC_CTX_free(evp);
	EVP_MAC_free(mac);
	return is_done && size == CRYPTO_BLOCK_SIZE;
}

/* What CCM and GCM share; they differ in when they want to know sizes and tag. */
struct aead {
	const EVP_CIPHER *cipher;
	bool is_ccm;
};

static bool aead_begin(EVP_CIPHER_CTX *evp, const struct aead *aead, const uint8_t *key,
		       struct span nonce, struct span cipher, struct span tag)
{
	int size = 0;

	return EVP_DecryptInit_ex2(evp, aead->cipher, NULL, NULL, NULL) == 1 &&
	       EVP_CIPHER_CTX_ctrl(evp, EVP_CTRL_AEAD_SET_IVLEN, (int)nonce.size, NULL) ==
		       1 &&
	       /* OpenSSL only reads the tag. */
	       EVP_CIPHER_CTX_ctrl(evp, EVP_CTRL_AEAD_SET_TAG, (int)tag.size,
				   (void *)(uintptr_t)tag.data) == 1 &&
	       EVP_DecryptInit_ex2(evp, NULL, key, nonce.data, NULL) == 1 &&
	       (!aead->is_ccm ||
		EVP_DecryptUpdate(evp, NULL, &size, NULL, (int)cipher.size) == 1);
}

static bool run_aead(const struct aead *aead, const uint8_t *key, struct span nonce,
		     struct span associated, struct span cipher, struct span tag,
		     uint8_t *ret_plain)
{
	EVP_CIPHER_CTX *evp = EVP_CIPHER_CTX_new();
	int size = 0;
	int rest = 0;
	bool is_done = evp != NULL && is_size_good(nonce) && is_size_good(associated) &&
		       is_size_good(cipher) && is_size_good(tag) &&
		       aead_begin(evp, aead, key, nonce, cipher, tag) &&
		       (associated.size == 0 ||
			EVP_DecryptUpdate(evp, NULL, &size, associated.data,
					  (int)associated.size) == 1);

	size = 0;
	is_done =
		is_done &&
		EVP_DecryptUpdate(evp, ret_plain, &size, cipher.data, (int)cipher.size) ==
			1 &&
		(aead->is_ccm || EVP_DecryptFinal_ex(evp, ret_plain + size, &rest) == 1);
	EVP_CIPHER_CTX_free(evp);
	return is_done && (size_t)size + (size_t)rest == cipher.size;
}

static bool ccm_decrypt(const uint8_t *key, struct span nonce, struct span associated,
			struct span cipher, struct span tag, uint8_t *ret_plain)
{
	struct aead aead = { EVP_aes_128_ccm(), true };

	return run_aead(&aead, key, nonce, associated, cipher, tag, ret_plain);
}

static bool gcm_decrypt(const uint8_t *key, struct span nonce, struct span associated,
			struct span cipher, struct span tag, uint8_t *ret_plain)
{
	struct aead aead = { EVP_aes_128_gcm(), false };

	return run_aead(&aead, key, nonce, associated, cipher, tag, ret_plain);
}

const struct crypto openssl_crypto = {
	.cbc_decrypt_cb = cbc_decrypt,
	.ctr_cb = ctr,
	.cmac_cb = cmac,
	.ccm_decrypt_cb = ccm_decrypt,
	.gcm_decrypt_cb = gcm_decrypt,
};
