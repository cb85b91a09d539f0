/* SPDX-License-Identifier: MIT */
#include "protocol/wmbus/wmbus_key.h"

/* The constant that tells derived keys apart. */
enum { FOR_ENCRYPTION = 0x00, FOR_AUTHENTICATION = 0x01, TO_METER = 0x10 };

enum { C_PRIMARY = 0x40, ID_OFFSET = 2, ID_SIZE = 4, FILL = 0x07 };

/*
 * The C fields (EN 13757-4) that only the other side of a meter sends: SND-NKE, SND-UD,
 * REQ-UD1 and 2 as primary station, CNF-IR as secondary.
 */
static bool is_to_meter(uint8_t c)
{
	unsigned functions =
		c & C_PRIMARY ? 1U << 0x0 | 1U << 0x3 | 1U << 0xA | 1U << 0xB : 1U << 0x6;

	return functions >> (c & 0x0F) & 1U;
}

static bool derive(const struct wmbus_message *message, const uint8_t *key,
		   uint8_t purpose, uint8_t ret_key[CRYPTO_KEY_SIZE])
{
	const struct telegram *telegram = message->telegram;
	uint8_t address[WMBUS_ADDRESS_SIZE];
	uint8_t input[CRYPTO_BLOCK_SIZE];

	wmbus_address_write(&telegram->address, address);
	memset(input, FILL, sizeof input);
	input[0] = is_to_meter(telegram->frame.c) ? purpose | TO_METER : purpose;
	memcpy(input + 1, message->afl.counter, WMBUS_COUNTER_SIZE);
	memcpy(input + 1 + WMBUS_COUNTER_SIZE, address + ID_OFFSET, ID_SIZE);
	return message->context->crypto->cmac_cb(key, span_of(input, sizeof input),
						 ret_key);
}

bool wmbus_keys_derive(const struct wmbus_message *message, const uint8_t *key,
		       struct wmbus_keys *ret_keys)
{
	return message->afl.has_counter &&
	       derive(message, key, FOR_ENCRYPTION, ret_keys->encryption) &&
	       derive(message, key, FOR_AUTHENTICATION, ret_keys->authentication);
}

bool wmbus_mac_is_right(const struct wmbus_message *message,
			const struct wmbus_keys *keys, size_t tpl, uint8_t *room)
{
	const struct wmbus_afl *afl = &message->afl;
	struct span rest = wmbus_message_rest(message, tpl);
	uint8_t mac[CRYPTO_BLOCK_SIZE];
	size_t size = 0;

	if (afl->mac.size == 0)
		return true;
	if (afl->mac.size > sizeof mac)
		return false;
	/* The layers in front of the transport layer are at least as long as this. */
	room[size++] = afl->control;
	memcpy(room + size, afl->counter, WMBUS_COUNTER_SIZE);
	size += WMBUS_COUNTER_SIZE;
	memcpy(room + size, afl->length.data, afl->length.size);
	size += afl->length.size;
	memcpy(room + size, rest.data, rest.size);
	size += rest.size;
	return message->context->crypto->cmac_cb(keys->authentication,
						 span_of(room, size), mac) &&
	       memcmp(mac, afl->mac.data, afl->mac.size) == 0;
}
