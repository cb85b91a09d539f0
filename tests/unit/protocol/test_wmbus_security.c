/* SPDX-License-Identifier: MIT */
#include "protocol/wmbus/wmbus.h"

#include <criterion/criterion.h>

#include "protocol/openssl/openssl_crypto.h"
#include "tests/unit/protocol/mbus_bench.h"
#include "tests/unit/protocol/wmbus_bench.h"

/* C field and address of a meter, KAM 12345678, and of one that a converter sends for. */
#define LINK   "44 2D2C 78563412 1B 16 "
#define HEADER "72 11223344 2423 09 07 "
#define VOLUME "0C13 05000000 "

static const uint8_t other_key[CRYPTO_KEY_SIZE] = { 42 };

/* Two blocks under mode 5 with access number 2A, then what follows in clear. */
static struct radio_message message_of_mode_5(const char *header, const char *iv_address,
					      const char *tail)
{
	struct radio_message message = { .size = 0 };
	uint8_t iv[CRYPTO_BLOCK_SIZE];
	size_t begin;

	radio_append(&message, header);
	radio_append(&message, "2A 00 2005");
	begin = message.size;
	radio_append(&message, "2F2F" VOLUME "0C13 06000000 2F2F 0C13 07000000");
	radio_append(&message, "02FD17 0000 2F2F2F2F2F");
	bench_hex(iv_address, iv);
	memset(iv + 8, 0x2A, 8);
	radio_encrypt_cbc(radio_key, iv, message.bytes + begin, message.size - begin);
	radio_append(&message, tail);
	return message;
}

static struct radio_message usual_message(void)
{
	return message_of_mode_5(LINK "7A", "2D2C 78563412 1B 16", "02FD08 0700");
}

#define USUAL_TEXT "0C13=0.005 0C13=0.006 0C13=0.007 02FD17=0 02FD08=7 "

Test(wmbus_security, mode_5_is_decrypted_and_the_clear_tail_follows)
{
	struct radio_message message = usual_message();
	struct radio radio;

	radio_open(&radio);
	radio_set_key(&radio, "12345678", radio_key);
	radio_decode(&radio, message.bytes, message.size);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.text, USUAL_TEXT);
	cr_assert(radio.telegram.is_decrypted);
}

Test(wmbus_security, no_key_and_wrong_key_are_told_apart)
{
	struct radio_message message = usual_message();
	struct radio radio;

	radio_open(&radio);
	radio_decode(&radio, message.bytes, message.size);
	radio_expect(&radio, TELEGRAM_ENCRYPTED, DIAGNOSIS_ENCRYPTED);
	cr_assert_str_eq(radio.text, "");
	cr_assert_eq(radio.telegram.access_number, 0x2A);
	radio_set_key(&radio, "87654321", radio_key);
	radio_decode(&radio, message.bytes, message.size);
	radio_expect(&radio, TELEGRAM_ENCRYPTED, DIAGNOSIS_ENCRYPTED);
	radio_set_key(&radio, NULL, other_key);
	radio_decode(&radio, message.bytes, message.size);
	radio_expect(&radio, TELEGRAM_ENCRYPTED, DIAGNOSIS_KEY_WRONG);
	cr_assert_not(radio.telegram.is_decrypted);
	cr_assert_eq(radio.telegram.diagnosis_offset, 15);
}

Test(wmbus_security, without_cipher_functions_there_might_as_well_be_no_key)
{
	struct radio_message message = usual_message();
	struct radio radio;

	radio_open(&radio);
	radio_set_key(&radio, NULL, radio_key);
	radio.context.crypto = NULL;
	radio_decode(&radio, message.bytes, message.size);
	radio_expect(&radio, TELEGRAM_ENCRYPTED, DIAGNOSIS_ENCRYPTED);
	radio.context.crypto = &openssl_crypto;
	radio.context.find_key_cb = NULL;
	radio_decode(&radio, message.bytes, message.size);
	radio_expect(&radio, TELEGRAM_ENCRYPTED, DIAGNOSIS_ENCRYPTED);
}

Test(wmbus_security, with_a_wrong_key_the_clear_tail_is_read)
{
	struct radio_message message = usual_message();
	struct radio radio;

	radio_open(&radio);
	radio_set_key(&radio, NULL, other_key);
	radio_decode(&radio, message.bytes, message.size);
	radio_expect(&radio, TELEGRAM_ENCRYPTED, DIAGNOSIS_KEY_WRONG);
	cr_assert_str_eq(radio.text, "02FD08=7 ");
	/* A tail that is broken changes nothing about what is wrong. */
	radio_decode(&radio, message.bytes, message.size - 1);
	radio_expect(&radio, TELEGRAM_ENCRYPTED, DIAGNOSIS_KEY_WRONG);
}

Test(wmbus_security, a_converter_may_hold_the_key_of_its_meter)
{
	struct radio_message message =
		message_of_mode_5(LINK HEADER, "2423 11223344 09 07", "02FD08 0700");
	struct radio radio;

	radio_open(&radio);
	radio_set_key(&radio, "44332211", radio_key);
	radio_decode(&radio, message.bytes, message.size);
	cr_assert_str_eq(radio.text, USUAL_TEXT);
	radio_set_key(&radio, "12345678", radio_key);
	radio_decode(&radio, message.bytes, message.size);
	cr_assert_str_eq(radio.text, USUAL_TEXT);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
}

Test(wmbus_security, a_decrypted_telegram_with_its_security_bits_is_read)
{
	struct radio radio;

	radio_open(&radio);
	radio_set_key(&radio, NULL, other_key);
	radio_decode_hex(&radio, LINK "7A 2A 00 1005 2F2F" VOLUME);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.text, "0C13=0.005 ");
	/* Check bytes lost on the way: the records speak for themselves. */
	radio_decode_hex(&radio, LINK "7A 2A 00 1005" VOLUME "02FD17 0000 0C13 06000000");
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	/* Mode 7 has one byte more in front. */
	radio_decode_hex(&radio, LINK "7A 2A 00 1007 10 2F2F" VOLUME);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.text, "0C13=0.005 ");
	cr_assert_not(radio.telegram.is_decrypted);
}

Test(wmbus_security, ciphers_that_are_not_read_are_named)
{
	static const char *const configurations[] = { "1002", "1003", "1004", "1006",
						      "1008", "1009", "100A", "100D" };
	struct radio radio;

	radio_open(&radio);
	radio_set_key(&radio, NULL, radio_key);
	for (size_t i = 0; i < sizeof configurations / sizeof *configurations; i++) {
		struct radio_message message = { .size = 0 };

		radio_append(&message, LINK "7A 2A 00");
		radio_append(&message, configurations[i]);
		radio_append(&message, "A11E4EFF816C2F8D147ED0C1F959F55E");
		radio_decode(&radio, message.bytes, message.size);
		radio_expect(&radio, TELEGRAM_ENCRYPTED, DIAGNOSIS_MODE_UNKNOWN);
		cr_assert_str_eq(radio.text, "");
	}
}

Test(wmbus_security, under_a_reserved_mode_records_count_only_if_all_are_good)
{
	struct radio radio;

	radio_open(&radio);
	radio_decode_hex(&radio, LINK "7A 2A 00 1018" VOLUME);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.text, "0C13=0.005 ");
	radio_decode_hex(&radio, LINK "7A 2A 00 1018" VOLUME "4F");
	radio_expect(&radio, TELEGRAM_PARTIAL, DIAGNOSIS_MODE_UNKNOWN);
	cr_assert_str_eq(radio.text, "");
}

/* Mode 7 with key derivation and an authentication code of 8 bytes, for either C field.
 */
static struct radio_message message_of_mode_7(const char *link, uint8_t direction)
{
	struct radio_message message = { .size = 0 };
	struct radio_message authenticated = { .size = 0 };
	static const uint8_t iv[CRYPTO_BLOCK_SIZE];
	uint8_t input[16];
	uint8_t key[16];
	uint8_t mac[16];
	size_t tpl;

	radio_append(&message, link);
	radio_append(&message, "8C 2075 90 0F 002C 25 B30A0000 0000000000000000");
	tpl = message.size;
	radio_append(&message, "7A 75 00 1007 10");
	radio_append(&message, "2F2F" VOLUME "02FD17 0000 2F2F2F");
	bench_hex("00 B30A0000 78563412 07070707070707", input);
	input[0] = direction;
	cr_assert(openssl_crypto.cmac_cb(radio_key, span_of(input, 16), key));
	radio_encrypt_cbc(key, iv, message.bytes + message.size - 16, 16);

	input[0] = direction | 1;
	cr_assert(openssl_crypto.cmac_cb(radio_key, span_of(input, 16), key));
	radio_append(&authenticated, "25 B30A0000");
	memcpy(authenticated.bytes + authenticated.size, message.bytes + tpl,
	       message.size - tpl);
	authenticated.size += message.size - tpl;
	cr_assert(openssl_crypto.cmac_cb(
		key, span_of(authenticated.bytes, authenticated.size), mac));
	memcpy(message.bytes + tpl - 8, mac, 8);
	return message;
}

Test(wmbus_security, mode_7_derives_its_keys_from_the_message_counter)
{
	struct radio_message message = message_of_mode_7(LINK, 0x00);
	struct radio radio;

	radio_open(&radio);
	radio_decode(&radio, message.bytes, message.size);
	radio_expect(&radio, TELEGRAM_ENCRYPTED, DIAGNOSIS_ENCRYPTED);
	radio_set_key(&radio, NULL, other_key);
	radio_decode(&radio, message.bytes, message.size);
	radio_expect(&radio, TELEGRAM_ENCRYPTED, DIAGNOSIS_KEY_WRONG);
	radio_set_key(&radio, NULL, radio_key);
	radio_decode(&radio, message.bytes, message.size);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.text, "0C13=0.005 02FD17=0 ");
}

Test(wmbus_security, mode_7_towards_the_meter_has_keys_of_its_own)
{
	struct radio_message message = message_of_mode_7("53 2D2C 78563412 1B 16", 0x10);
	struct radio radio;

	radio_open(&radio);
	radio_set_key(&radio, NULL, radio_key);
	radio_decode(&radio, message.bytes, message.size);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	message = message_of_mode_7("06 2D2C 78563412 1B 16", 0x10);
	radio_decode(&radio, message.bytes, message.size);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
}

Test(wmbus_security, an_altered_message_is_refused_though_the_key_fits)
{
	struct radio_message message = message_of_mode_7(LINK, 0x00);
	struct radio radio;

	radio_open(&radio);
	radio_set_key(&radio, NULL, radio_key);
	message.bytes[9 + 3 + 9]++;
	radio_decode(&radio, message.bytes, message.size);
	radio_expect(&radio, TELEGRAM_MALFORMED, DIAGNOSIS_MAC_WRONG);
	cr_assert_str_eq(radio.text, "");
}

Test(wmbus_security, mode_7_without_an_authentication_code_is_read)
{
	struct radio_message message = message_of_mode_7(LINK, 0x00);
	/* Where the authentication layer begins, and the transport layer behind it. */
	size_t afl = 9 + 3;
	size_t tpl = afl + 17;
	struct radio_message bare = { .size = 0 };
	struct radio radio;

	memcpy(bare.bytes, message.bytes, afl);
	bare.size = afl;
	radio_append(&bare, "90 07 0028 25 B30A0000");
	memcpy(bare.bytes + bare.size, message.bytes + tpl, message.size - tpl);
	bare.size += message.size - tpl;
	radio_open(&radio);
	radio_set_key(&radio, NULL, radio_key);
	radio_decode(&radio, bare.bytes, bare.size);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.text, "0C13=0.005 02FD17=0 ");
}

Test(wmbus_security, an_authentication_code_of_impossible_size_is_wrong)
{
	struct radio_message message = message_of_mode_7(LINK, 0x00);
	size_t afl = 9 + 3;
	size_t tpl = afl + 17;
	struct radio_message changed = { .size = 0 };
	struct radio radio;

	memcpy(changed.bytes, message.bytes, afl);
	changed.size = afl;
	radio_append(&changed, "90 18 002C 25 B30A0000 "
			       "0000000000000000000000000000000000");
	memcpy(changed.bytes + changed.size, message.bytes + tpl, message.size - tpl);
	changed.size += message.size - tpl;
	radio_open(&radio);
	radio_set_key(&radio, NULL, radio_key);
	radio_decode(&radio, changed.bytes, changed.size);
	radio_expect(&radio, TELEGRAM_MALFORMED, DIAGNOSIS_MAC_WRONG);
}

Test(wmbus_security, a_payload_of_less_than_a_block_fits_no_key)
{
	struct radio radio;

	radio_open(&radio);
	radio_set_key(&radio, NULL, radio_key);
	radio_decode_hex(&radio, LINK "7A 2A 00 1005 3F1122");
	radio_expect(&radio, TELEGRAM_ENCRYPTED, DIAGNOSIS_KEY_WRONG);
}

Test(wmbus_security, mode_7_without_a_message_counter_cannot_be_read)
{
	struct radio radio;

	radio_open(&radio);
	radio_set_key(&radio, NULL, radio_key);
	radio_decode_hex(&radio,
			 LINK "7A 75 00 1007 10 A11E4EFF816C2F8D147ED0C1F959F55E");
	radio_expect(&radio, TELEGRAM_ENCRYPTED, DIAGNOSIS_MODE_UNKNOWN);
}

Test(wmbus_security, mode_7_may_use_the_key_as_it_is)
{
	static const uint8_t iv[CRYPTO_BLOCK_SIZE];
	struct radio_message message = { .size = 0 };
	struct radio radio;

	radio_append(&message, LINK "7A 75 00 1007 00 2F2F" VOLUME "02FD17 0000 2F2F2F");
	radio_encrypt_cbc(radio_key, iv, message.bytes + message.size - 16, 16);
	radio_open(&radio);
	radio_set_key(&radio, NULL, radio_key);
	radio_decode(&radio, message.bytes, message.size);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.text, "0C13=0.005 02FD17=0 ");
}
