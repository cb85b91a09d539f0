/* SPDX-License-Identifier: MIT */
#include "exporters/backoff.h"

uint64_t backoff_wait_ms(uint32_t attempt, uint64_t random, uint64_t floor_ms)
{
	uint64_t ceiling = BACKOFF_FIRST_MS;
	while (attempt-- > 0 && ceiling < BACKOFF_LIMIT_MS)
		ceiling *= 2;
	if (ceiling > BACKOFF_LIMIT_MS)
		ceiling = BACKOFF_LIMIT_MS;
	if (floor_ms > BACKOFF_FLOOR_LIMIT_MS)
		floor_ms = BACKOFF_FLOOR_LIMIT_MS;
	uint64_t wait = random % (ceiling + 1);
	return wait > floor_ms ? wait : floor_ms;
}

uint64_t backoff_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}
