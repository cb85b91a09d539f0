/* SPDX-License-Identifier: MIT */
/*
 * Addresses and ports as text, as version 1 of the PROXY protocol writes them: strictly,
 * without the shortened IPv4 forms, zones, signs or leading zeros. (The protocol library
 * asks nothing of libc beyond memory and strings, so inet_pton() is not for it.) Pure;
 * any thread.
 */
#ifndef READOUT_PROTOCOL_PROXY_ADDRESS_H
#define READOUT_PROTOCOL_PROXY_ADDRESS_H

#include "protocol/span.h"

/* "203.0.113.7" to 4 bytes. */
bool proxy_address_read_v4(struct span text, uint8_t *ret_bytes);

/* "2001:db8::7", with an IPv4 tail too, to 16 bytes. */
bool proxy_address_read_v6(struct span text, uint8_t *ret_bytes);

/* "0" to "65535". */
bool proxy_address_read_port(struct span text, uint16_t *ret_port);

#endif
