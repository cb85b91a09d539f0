/* SPDX-License-Identifier: MIT */
/* CRC-16 of EN 13757-4 (polynomial 3D65h, begins with 0, complemented). Pure; any thread.
 */
#ifndef READOUT_PROTOCOL_WMBUS_CRC_H
#define READOUT_PROTOCOL_WMBUS_CRC_H

#include "protocol/span.h"

/* The CRC of no bytes at all, to begin a calculation in pieces with. */
enum { WMBUS_CRC_NONE = 0xFFFF };

/* The CRC of some bytes that follow others, whose CRC is crc. */
uint16_t wmbus_crc_add(uint16_t crc, struct span bytes);

static inline uint16_t wmbus_crc(struct span bytes)
{
	return wmbus_crc_add(WMBUS_CRC_NONE, bytes);
}

#endif
