/* SPDX-License-Identifier: MIT */
/* The examples of the standards: NIST SP 800-38A to 38C, the GCM specification, RFC 4493.
 */
#include "protocol/openssl/openssl_crypto.h"

#include <criterion/criterion.h>

#include "tests/unit/protocol/mbus_bench.h"

static const char aes_key[] = "2b7e151628aed2a6abf7158809cf4f3c";
static const char plain_block[] = "6bc1bee22e409f96e93d7e117393172a";

struct vector {
	uint8_t key[64], nonce[64], associated[64], cipher[64], tag[64], wanted[64];
	size_t nonce_size, associated_size, cipher_size, tag_size;
	uint8_t result[64];
};

static struct vector vector_of(const char *key, const char *nonce, const char *cipher,
			       const char *wanted)
{
	struct vector vector = { .tag_size = 0 };

	bench_hex(key, vector.key);
	vector.nonce_size = bench_hex(nonce, vector.nonce);
	vector.cipher_size = bench_hex(cipher, vector.cipher);
	bench_hex(wanted, vector.wanted);
	return vector;
}

static void expect_wanted(const struct vector *vector)
{
	cr_assert_arr_eq(vector->result, vector->wanted, vector->cipher_size);
}

Test(openssl_crypto, cbc_gives_the_plain_text_of_the_standard)
{
	struct vector v = vector_of(aes_key, "000102030405060708090a0b0c0d0e0f",
				    "7649abac8119b246cee98e9b12e9197d", plain_block);

	cr_assert(openssl_crypto.cbc_decrypt_cb(
		v.key, v.nonce, span_of(v.cipher, v.cipher_size), v.result));
	expect_wanted(&v);
	cr_assert(openssl_crypto.cbc_decrypt_cb(
		v.key, v.nonce, span_of(v.cipher, v.cipher_size), v.cipher));
	cr_assert_arr_eq(v.cipher, v.wanted, v.cipher_size);
}

Test(openssl_crypto, cbc_refuses_half_a_block)
{
	struct vector v = vector_of(aes_key, plain_block, plain_block, plain_block);

	cr_assert_not(openssl_crypto.cbc_decrypt_cb(v.key, v.nonce, span_of(v.cipher, 15),
						    v.result));
}

Test(openssl_crypto, ctr_gives_the_cipher_text_of_the_standard)
{
	struct vector v = vector_of(aes_key, "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
				    plain_block, "874d6191b620e3261bef6864990db6ce");

	cr_assert(openssl_crypto.ctr_cb(v.key, v.nonce, span_of(v.cipher, v.cipher_size),
					v.result));
	expect_wanted(&v);
}

Test(openssl_crypto, cmac_is_that_of_rfc_4493)
{
	struct vector v =
		vector_of(aes_key, "", plain_block, "070a16b46b4d4144f79bdd9dd04a287c");

	cr_assert(openssl_crypto.cmac_cb(v.key, span_of(v.cipher, 16), v.result));
	expect_wanted(&v);
	bench_hex("bb1d6929e95937287fa37d129b756746", v.wanted);
	cr_assert(openssl_crypto.cmac_cb(v.key, span_of(v.cipher, 0), v.result));
	expect_wanted(&v);
}

typedef bool aead_cb(const uint8_t *key, struct span nonce, struct span associated,
		     struct span cipher, struct span tag, uint8_t *ret_plain);

static bool run_aead(aead_cb *decrypt, struct vector *v)
{
	return decrypt(v->key, span_of(v->nonce, v->nonce_size),
		       span_of(v->associated, v->associated_size),
		       span_of(v->cipher, v->cipher_size), span_of(v->tag, v->tag_size),
		       v->result);
}

Test(openssl_crypto, ccm_checks_its_tag)
{
	struct vector v = vector_of("404142434445464748494a4b4c4d4e4f", "10111213141516",
				    "7162015b", "20212223");

	v.associated_size = bench_hex("0001020304050607", v.associated);
	v.tag_size = bench_hex("4dac255d", v.tag);
	cr_assert(run_aead(openssl_crypto.ccm_decrypt_cb, &v));
	expect_wanted(&v);
	v.associated[0] ^= 1;
	cr_assert_not(run_aead(openssl_crypto.ccm_decrypt_cb, &v));
}

Test(openssl_crypto, gcm_checks_its_tag)
{
	struct vector v = vector_of(
		"feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
		"42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b2"
		"5466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
		"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95"
		"956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");

	v.associated_size =
		bench_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2", v.associated);
	v.tag_size = bench_hex("5bc94fbc3221a5db94fae95ae7121a47", v.tag);
	cr_assert(run_aead(openssl_crypto.gcm_decrypt_cb, &v));
	expect_wanted(&v);
	v.cipher[0] ^= 1;
	cr_assert_not(run_aead(openssl_crypto.gcm_decrypt_cb, &v));
}
