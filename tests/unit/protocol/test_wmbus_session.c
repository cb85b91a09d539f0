/* SPDX-License-Identifier: MIT */
#include "protocol/wmbus/wmbus.h"

#include <criterion/criterion.h>

#include "protocol/openssl/openssl_crypto.h"
#include "protocol/wmbus/wmbus_crc.h"
#include "tests/unit/protocol/mbus_bench.h"
#include "tests/unit/protocol/wmbus_bench.h"

/* C field and address of a meter, KAM 12345678. */
#define LINK   "44 2D2C 78563412 1B 16 "
#define VOLUME "0C13 05000000 "

static const uint8_t other_key[CRYPTO_KEY_SIZE] = { 42 };

/* A session of the extended link layer, encrypted with the address of the link layer. */
static struct radio_message message_of_session(const char *ell, uint8_t cc,
					       const char *iv_address)
{
	struct radio_message message = { .size = 0 };
	struct radio_message plain = { .size = 0 };
	uint8_t counter[CRYPTO_BLOCK_SIZE] = { 0 };
	uint16_t crc;

	radio_append(&message, LINK);
	radio_append(&message, ell);
	bench_hex(iv_address, counter);
	counter[8] = cc;
	memcpy(counter + 9, message.bytes + message.size - 4, 4);
	radio_append(&plain, "0000 78" VOLUME);
	crc = wmbus_crc(span_of(plain.bytes + 2, plain.size - 2));
	plain.bytes[0] = (uint8_t)crc;
	plain.bytes[1] = (uint8_t)(crc >> 8);
	cr_assert(openssl_crypto.ctr_cb(radio_key, counter,
					span_of(plain.bytes, plain.size),
					message.bytes + message.size));
	message.size += plain.size;
	return message;
}

static void expect_session(struct radio_message message)
{
	struct radio radio;

	radio_open(&radio);
	radio_decode(&radio, message.bytes, message.size);
	radio_expect(&radio, TELEGRAM_ENCRYPTED, DIAGNOSIS_ENCRYPTED);
	cr_assert_str_eq(radio.telegram.address.id, "12345678");
	radio_set_key(&radio, NULL, other_key);
	radio_decode(&radio, message.bytes, message.size);
	radio_expect(&radio, TELEGRAM_ENCRYPTED, DIAGNOSIS_KEY_WRONG);
	radio_set_key(&radio, NULL, radio_key);
	radio_decode(&radio, message.bytes, message.size);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.text, "0C13=0.005 ");
}

Test(wmbus_session, a_session_is_decrypted_and_its_crc_proves_the_key)
{
	expect_session(message_of_session("8D 20 7B 70032F21", 0x20, "2D2C785634121B16"));
}

Test(wmbus_session, a_session_with_two_addresses_uses_either)
{
	const char *ell = "8F 20 7B 2423 11223344 0907 70032F21";

	expect_session(message_of_session(ell, 0x20, "2D2C785634121B16"));
	expect_session(message_of_session(ell, 0x20, "2423112233440907"));
}

Test(wmbus_session, a_session_in_another_cipher_is_named)
{
	struct radio_message message =
		message_of_session("8D 20 7B 70032F41", 0x20, "2D2C785634121B16");
	struct radio radio;

	radio_open(&radio);
	radio_set_key(&radio, NULL, radio_key);
	radio_decode(&radio, message.bytes, message.size);
	radio_expect(&radio, TELEGRAM_ENCRYPTED, DIAGNOSIS_MODE_UNKNOWN);
}

Test(wmbus_session, a_session_in_clear_is_read_whatever_its_crc)
{
	struct radio radio;

	radio_open(&radio);
	radio_decode_hex(&radio, LINK "8D 20 7B 70032F21 1234 78" VOLUME);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	radio_decode_hex(&radio, LINK "8D 20 7B 70032F21 1234 7A 01 00 0000" VOLUME);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.text, "0C13=0.005 ");
	radio_decode_hex(&radio, LINK "8D 20 7B 70032F21 1234 79 1122 3344 05");
	radio_expect(&radio, TELEGRAM_UNKNOWN_FORMAT, DIAGNOSIS_FORMAT_UNKNOWN);
	radio_decode_hex(&radio, LINK "8D 20 7B 70032F21 1234 78 3F" VOLUME);
	radio_expect(&radio, TELEGRAM_ENCRYPTED, DIAGNOSIS_ENCRYPTED);
	radio_decode_hex(&radio, LINK "8D 20 7B 70032F21 1234 72 01");
	radio_expect(&radio, TELEGRAM_ENCRYPTED, DIAGNOSIS_ENCRYPTED);
	radio_decode_hex(&radio, LINK "8D 20 7B 70032F21 1234 A2" VOLUME);
	radio_expect(&radio, TELEGRAM_ENCRYPTED, DIAGNOSIS_ENCRYPTED);
}
