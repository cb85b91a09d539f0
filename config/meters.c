/* SPDX-License-Identifier: MIT */
#include "config/meters.h"

#include <stdlib.h>
#include <string.h>

#include "config/json_path.h"
#include "config/keys.h"
#include "config/secret_value.h"

enum { KEY_DIGITS = 2 * CONFIG_KEY_SIZE, SHORT_ADDRESS = 8, FULL_ADDRESS = 16 };

static const char HEX_DIGITS[] = "0123456789ABCDEFabcdef";

void meters_free(struct config *config)
{
	for (size_t i = 0; i < config->meter_count; i++) {
		/* The key is a secret: it does not stay behind in freed memory. */
		explicit_bzero(config->meters[i].key, CONFIG_KEY_SIZE);
		free(config->meters[i].address);
	}
	free(config->meters);
	config->meters = NULL;
	config->meter_count = 0;
}

static bool is_address(const char *text)
{
	size_t size = strlen(text);
	return (size == SHORT_ADDRESS || size == FULL_ADDRESS) &&
	       strspn(text, HEX_DIGITS) == size;
}

static uint8_t nibble(char digit)
{
	const char *at = strchr(HEX_DIGITS, digit);
	size_t value = (size_t)(at - HEX_DIGITS);
	return (uint8_t)(value < 16 ? value : value - 6);
}

void read_meter_key(const struct reader_value *value, void *target)
{
	struct config_meter *meter = target;
	char *text = secret_value_read(value->reader, value->path, value->json, true);
	if (!text)
		return;
	if (strlen(text) == KEY_DIGITS && strspn(text, HEX_DIGITS) == KEY_DIGITS) {
		for (size_t i = 0; i < CONFIG_KEY_SIZE; i++)
			meter->key[i] = (uint8_t)(nibble(text[2 * i]) << 4 |
						  nibble(text[2 * i + 1]));
		meter->has_key = true;
	} else {
		reader_complain(value->reader, value->path,
				"the secret is no AES key; it must be %d hex digits and "
				"nothing else",
				KEY_DIGITS);
	}
	explicit_bzero(text, strlen(text));
	free(text);
}

static void read_meter(const struct reader *reader, const char *path, const char *address,
		       json_t *json, struct config_meter *meter)
{
	meter->address = strdup(address);
	if (!meter->address)
		reader_complain(reader, path, "out of memory");
	if (!is_address(address))
		reader_complain(reader, path,
				"no address of a meter; write its 8 digits, or 16 with "
				"manufacturer, version and medium as `readout decode` "
				"shows them");
	reader_read_object(reader, METER_KEYS, path, json, meter);
}

void read_meters(const struct reader_value *value, void *target)
{
	struct config *config = target;
	const char *address;
	json_t *json;
	if (!reader_expect_object(value->reader, value->path, value->json))
		return;
	meters_free(config);
	config->meters =
		calloc(json_object_size(value->json) + 1, sizeof(*config->meters));
	json_object_foreach(value->json, address, json)
	{
		char *path = json_path_member(value->path, address);
		if (!path || !config->meters)
			reader_complain(value->reader, value->path, "out of memory");
		else if (!reader_is_comment(address))
			read_meter(value->reader, path, address, json,
				   &config->meters[config->meter_count++]);
		free(path);
	}
}
