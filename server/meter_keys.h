/* SPDX-License-Identifier: MIT */
/*
 * The keys of meters whose telegrams are encrypted, as configured, in order of address so
 * that a fleet of keys is searched quickly. Made once; any thread may look up.
 */
#ifndef READOUT_SERVER_METER_KEYS_H
#define READOUT_SERVER_METER_KEYS_H

#include "config/config.h"
#include "protocol/wmbus/wmbus.h"

struct meter_keys;

/* Copies the keys of config. NULL when out of memory. */
struct meter_keys *meter_keys_new(const struct config *config);
void meter_keys_free(struct meter_keys *keys); /* wipes them; NULL is fine */

/*
 * A telegram_key_cb; owner is the struct meter_keys. A key for the whole address counts
 * before one for the identification alone.
 */
bool meter_keys_find(void *owner, const struct mbus_address *address,
		     uint8_t ret_key[CRYPTO_KEY_SIZE]);

#endif
