/* SPDX-License-Identifier: MIT */
#include "config/networks.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum { V6_BITS = 128, V4_BITS = 32, MAPPED_BITS = V6_BITS - V4_BITS };

static bool parse_address(const char *text, uint8_t ret_address[16], bool *ret_is_v4)
{
	static const uint8_t mapped[12] = { [10] = 0xFF, [11] = 0xFF };
	struct in_addr v4;

	*ret_is_v4 = inet_pton(AF_INET, text, &v4) == 1;
	if (!*ret_is_v4)
		return inet_pton(AF_INET6, text, ret_address) == 1;
	memcpy(ret_address, mapped, sizeof(mapped));
	memcpy(ret_address + sizeof(mapped), &v4, sizeof(v4));
	return true;
}

/* Digits alone, at most most. */
static bool parse_bits(const char *text, unsigned long most, unsigned long *ret_bits)
{
	char *end = NULL;
	if (*text < '0' || *text > '9')
		return false;
	unsigned long bits = strtoul(text, &end, 10);
	if (*end != '\0' || bits > most)
		return false;
	*ret_bits = bits;
	return true;
}

static bool is_equal(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;
	uint8_t mask = (uint8_t)(0xFF00u >> rest);
	return memcmp(a, b, whole) == 0 &&
	       (rest == 0 || ((a[whole] ^ b[whole]) & mask) == 0);
}

/* Whether all bits behind the prefix are 0: "192.0.2.7/24" is a slip of the pen. */
static bool is_clean(const struct config_network *network)
{
	for (unsigned bit = network->prefix_bits; bit < V6_BITS; bit++)
		if (network->address[bit / 8] & (0x80u >> (bit % 8)))
			return false;
	return true;
}

bool network_parse(const char *text, struct config_network *ret_network)
{
	char address[INET6_ADDRSTRLEN];
	struct config_network network;
	bool is_v4;
	size_t length = strcspn(text, "/");

	if (length >= sizeof(address))
		return false;
	memcpy(address, text, length);
	address[length] = '\0';
	if (!parse_address(address, network.address, &is_v4))
		return false;
	unsigned long bits = is_v4 ? V4_BITS : V6_BITS;
	if (text[length] == '/' && !parse_bits(text + length + 1, bits, &bits))
		return false;
	network.prefix_bits = (uint8_t)(bits + (is_v4 ? MAPPED_BITS : 0));
	if (!is_clean(&network))
		return false;
	*ret_network = network;
	return true;
}

bool networks_contain(const struct config_network *networks, size_t count,
		      const char *address)
{
	uint8_t bytes[16];
	bool is_v4;

	if (!parse_address(address, bytes, &is_v4))
		return false;
	for (size_t i = 0; i < count; i++)
		if (is_equal(networks[i].address, bytes, networks[i].prefix_bits))
			return true;
	return false;
}
