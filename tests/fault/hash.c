/* SPDX-License-Identifier: MIT */
#include "tests/fault/hash.h"

#include <string.h>

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
	const uint8_t *at = bytes;
	hash = dice_mix(hash ^ size);
	for (; size > 0; size -= size < sizeof hash ? size : sizeof hash) {
		uint64_t word = 0;
		size_t part = size < sizeof word ? size : sizeof word;
		memcpy(&word, at, part);
		hash = dice_mix(hash ^ word) + 1;
		at += part;
	}
	return hash == 0 ? 1 : hash;
}
