/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "protocol/openssl/openssl_crypto.h"
#include "server/meter_keys.h"

/* AES-128 of CBC and the key 00 01 .. 0F over 2F 2F 0C 13 05 00 00 00 2F .. 2F, with the
 * initial vector of mode 5: B4 09 46 63 16 14 0A 07 and eight times 9B. */
static const uint8_t ENCRYPTED[] = { 0x44, 0xB4, 0x09, 0x46, 0x63, 0x16, 0x14, 0x0A,
				     0x07, 0x7A, 0x9B, 0x00, 0x10, 0x05, 0xb0, 0xc1,
				     0xe2, 0xa1, 0x8f, 0xd3, 0x4c, 0xe6, 0xeb, 0x9a,
				     0x59, 0xa0, 0xeb, 0x44, 0xe5, 0xdd };

static struct config_meter meter(char *address, uint8_t first)
{
	struct config_meter meter = { .address = address, .has_key = true };
	for (uint8_t i = 0; i < CONFIG_KEY_SIZE; i++)
		meter.key[i] = (uint8_t)(first + i);
	return meter;
}

static struct mbus_address address_of(const char *id, uint8_t version)
{
	struct mbus_address address = { .manufacturer = 0x09B4,
					.version = version,
					.medium = 7 };
	memcpy(address.id, id, sizeof(address.id));
	return address;
}

static char short_address[] = "14166346", full_address[] = "14166346B4090B07",
	    other_address[] = "00000001";

static struct meter_keys *keys_of_three(void)
{
	struct config_meter meters[] = { meter(short_address, 0), meter(full_address, 16),
					 meter(other_address, 32) };
	struct config config = { .meters = meters, .meter_count = 3 };
	struct meter_keys *keys = meter_keys_new(&config);
	cr_assert_not_null(keys);
	return keys;
}

Test(meter_keys, finds_a_key_by_the_whole_address_before_the_identification)
{
	struct meter_keys *keys = keys_of_three();
	struct mbus_address plain = address_of("14166346", 0x0A);
	struct mbus_address exact = address_of("14166346", 0x0B);
	uint8_t key[CRYPTO_KEY_SIZE];

	cr_assert(meter_keys_find(keys, &plain, key));
	cr_expect_eq(key[0], 0);
	cr_assert(meter_keys_find(keys, &exact, key));
	cr_expect_eq(key[0], 16);
	meter_keys_free(keys);
}

Test(meter_keys, leaves_the_key_alone_when_there_is_none)
{
	struct meter_keys *keys = keys_of_three();
	struct mbus_address unknown = address_of("99999999", 0x0A);
	uint8_t key[CRYPTO_KEY_SIZE] = { 7 };

	cr_expect_not(meter_keys_find(keys, &unknown, key));
	cr_expect_eq(key[0], 7);
	meter_keys_free(keys);
}

Test(meter_keys, open_an_encrypted_telegram)
{
	struct meter_keys *keys = keys_of_three();
	uint8_t buffer[WMBUS_BUFFER_SIZE];
	struct telegram_context context = { .find_key_cb = meter_keys_find,
					    .owner = keys,
					    .crypto = &openssl_crypto,
					    .buffer = buffer };
	struct telegram telegram;
	struct telegram_record record;
	struct reading_register reg;
	struct value value;

	cr_assert(telegram_open_wireless_record(span_of(ENCRYPTED, sizeof(ENCRYPTED)),
						&context, &telegram));
	cr_assert(telegram_next(&telegram, &record));
	telegram_register(&record, &reg);
	telegram_value(&record, &reg, &value);
	cr_expect_str_eq(reg.quantity, "volume");
	cr_expect_eq(value.digits, 5);
	meter_keys_free(keys);
}
