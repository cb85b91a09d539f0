/* SPDX-License-Identifier: MIT */
#include "server/meter_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

struct meter_key {
	char address[MBUS_ADDRESS_TEXT_SIZE]; /* 16 digits, or 8 */
	uint8_t key[CRYPTO_KEY_SIZE];
};

struct meter_keys {
	size_t count;
	struct meter_key keys[];
};

static int compare(const void *a, const void *b)
{
	const struct meter_key *left = a, *right = b;
	return strcasecmp(left->address, right->address);
}

struct meter_keys *meter_keys_new(const struct config *config)
{
	struct meter_keys *keys =
		calloc(1, sizeof(*keys) + config->meter_count * sizeof(struct meter_key));

	for (size_t i = 0; keys != NULL && i < config->meter_count; i++) {
		const struct config_meter *meter = &config->meters[i];
		struct meter_key *key = &keys->keys[keys->count];
		if (!meter->has_key)
			continue;
		(void)snprintf(key->address, sizeof(key->address), "%s", meter->address);
		memcpy(key->key, meter->key, sizeof(key->key));
		keys->count++;
	}
	if (keys != NULL)
		qsort(keys->keys, keys->count, sizeof(struct meter_key), compare);
	return keys;
}

void meter_keys_free(struct meter_keys *keys)
{
	if (keys == NULL)
		return;
	explicit_bzero(keys->keys, keys->count * sizeof(struct meter_key));
	free(keys);
}

static const struct meter_key *find(const struct meter_keys *keys, const char *address)
{
	struct meter_key wanted = { 0 };
	(void)snprintf(wanted.address, sizeof(wanted.address), "%s", address);
	return bsearch(&wanted, keys->keys, keys->count, sizeof(wanted), compare);
}

bool meter_keys_find(void *owner, const struct mbus_address *address,
		     uint8_t ret_key[CRYPTO_KEY_SIZE])
{
	const struct meter_keys *keys = owner;
	char text[MBUS_ADDRESS_TEXT_SIZE];

	mbus_address_text(address, text);
	const struct meter_key *key = find(keys, text);
	if (key == NULL)
		key = find(keys, address->id);
	if (key == NULL)
		return false;
	memcpy(ret_key, key->key, sizeof(key->key));
	return true;
}
