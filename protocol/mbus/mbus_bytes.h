/* SPDX-License-Identifier: MIT */
/*
 * Little-endian loads at any address and on any machine; compilers make one instruction
 * of each. Pure; any thread.
 */
#ifndef READOUT_PROTOCOL_MBUS_BYTES_H
#define READOUT_PROTOCOL_MBUS_BYTES_H

#include <stddef.h>
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

/* Of fewer than 8 bytes, zeros above. Loads that overlap spare a loop. */
static inline uint64_t bytes_load_some(const uint8_t *p, size_t size)
{
	if (size >= 4)
		return bytes_load_32(p) | (uint64_t)bytes_load_32(p + size - 4)
						  << (8 * (size - 4));
	if (size == 0)
		return 0;
	return p[0] | (uint64_t)p[size / 2] << (8 * (size / 2)) |
	       (uint64_t)p[size - 1] << (8 * (size - 1));
}

#endif
