/* SPDX-License-Identifier: MIT */
#include "protocol/openssl/openssl_digest.h"

#include <openssl/evp.h>

/* An EVP context under a name of ours. */
static EVP_MD_CTX *context_of(struct openssl_digest *digest)
{
	return (EVP_MD_CTX *)(void *)digest;
}

struct openssl_digest *openssl_digest_new(void)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1)
		return (struct openssl_digest *)(void *)context;
	EVP_MD_CTX_free(context);
	return NULL;
}

bool openssl_digest_add(struct openssl_digest *digest, struct span bytes)
{
	return EVP_DigestUpdate(context_of(digest), bytes.data, bytes.size) == 1;
}

bool openssl_digest_end(struct openssl_digest *digest, uint8_t ret_bytes[DIGEST_SIZE])
{
	bool is_made = digest != NULL &&
		       EVP_DigestFinal_ex(context_of(digest), ret_bytes, NULL) == 1;
	if (digest != NULL)
		EVP_MD_CTX_free(context_of(digest));
	return is_made;
}
