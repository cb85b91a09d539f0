/* SPDX-License-Identifier: MIT */
#include "protocol/wmbus/wmbus_crc.h"

/* By the upper four bits of the remainder. */
static const uint16_t nibbles[16] = {
	0x0000, 0x3D65, 0x7ACA, 0x47AF, 0xF594, 0xC8F1, 0x8F5E, 0xB23B,
	0xD64D, 0xEB28, 0xAC87, 0x91E2, 0x23D9, 0x1EBC, 0x5913, 0x6476,
};

static uint16_t shift_nibble(uint16_t crc)
{
	return (uint16_t)(crc << 4 ^ nibbles[crc >> 12]);
}

uint16_t wmbus_crc_add(uint16_t crc, struct span bytes)
{
	uint16_t remainder = (uint16_t)~crc;

	for (size_t i = 0; i < bytes.size; i++) {
		remainder = (uint16_t)(remainder ^ bytes.data[i] << 8);
		remainder = shift_nibble(shift_nibble(remainder));
	}
	return (uint16_t)~remainder;
}
