/* SPDX-License-Identifier: MIT */
/*
 * Lists of networks, as in "192.0.2.0/24", "2001:db8::/32" or one address: who is in
 * them. An IPv4 address and the same one mapped into IPv6 are one. Any thread.
 */
#ifndef READOUT_CONFIG_NETWORKS_H
#define READOUT_CONFIG_NETWORKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* IPv4 is kept mapped: ::ffff:192.0.2.0, 96 bits longer. */
struct config_network {
	uint8_t address[16];
	uint8_t prefix_bits; /* 0 to 128; the bits behind it are 0 */
};

/* false: text is no network, or has bits set behind its prefix. */
bool network_parse(const char *text, struct config_network *ret_network);

/* Whether the address (text, without zone) is in one of the networks. */
bool networks_contain(const struct config_network *networks, size_t count,
		      const char *address);

#endif
