/* SPDX-License-Identifier: MIT */
/*
 * Little-endian loads at any address and on any machine; compilers make one instruction
 * of each. Pure; any thread.
 */
#ifndef READOUT_PROTOCOL_MBUS_BYTES_H
#define READOUT_PROTOCOL_MBUS_BYTES_H

#include <stdint.h>

static inline uint32_t bytes_load_16(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t bytes_load_24(const uint8_t *p)
{
	return bytes_load_16(p) | (uint32_t)p[2] << 16;
}

static inline uint32_t bytes_load_32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static inline uint64_t bytes_load_48(const uint8_t *p)
{
	return bytes_load_32(p) | (uint64_t)bytes_load_16(p + 4) << 32;
}

static inline uint64_t bytes_load_64(const uint8_t *p)
{
	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
	       (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 |
	       (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

#endif
