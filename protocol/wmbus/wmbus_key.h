/* SPDX-License-Identifier: MIT */
/*
 * Key derivation (KDF-A of EN 13757-7, OMS volume 2): from the meter's key and the
 * message counter come one key for encrypting and one for authenticating this very
 * message, and with the latter the authentication code of the authentication layer is
 * checked.
 */
#ifndef READOUT_PROTOCOL_WMBUS_KEY_H
#define READOUT_PROTOCOL_WMBUS_KEY_H

#include "protocol/wmbus/wmbus_message.h"

struct wmbus_keys {
	uint8_t encryption[CRYPTO_KEY_SIZE];
	uint8_t authentication[CRYPTO_KEY_SIZE];
};

/*
 * Derives both keys from key. Returns false without a message counter, or if the cipher
 * functions fail.
 */
bool wmbus_keys_derive(const struct wmbus_message *message, const uint8_t *key,
		       struct wmbus_keys *ret_keys);

/*
 * Whether the authentication code is right for the bytes from tpl, an offset in the body,
 * to its end. True if the telegram brings none. room holds WMBUS_TELEGRAM_MAX bytes and
 * is overwritten.
 */
bool wmbus_mac_is_right(const struct wmbus_message *message,
			const struct wmbus_keys *keys, size_t tpl, uint8_t *room);

#endif
