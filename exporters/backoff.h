/* SPDX-License-Identifier: MIT */
/*
 * How long to wait before the next attempt: full jitter (any time up to a ceiling that
 * doubles from 1 s to 5 min), so that exporters that failed together do not come back
 * together; never less than the sink asked for. Pure.
 */
#ifndef READOUT_EXPORTERS_BACKOFF_H
#define READOUT_EXPORTERS_BACKOFF_H

#include <stdint.h>

enum {
	BACKOFF_FIRST_MS = 1000,
	BACKOFF_LIMIT_MS = 300000,
	BACKOFF_FLOOR_LIMIT_MS = 86400000, /* no sink puts us off for more than a day */
};

/* attempt: failures in a row before this one. random: any 64 random bits. */
uint64_t backoff_wait_ms(uint32_t attempt, uint64_t random, uint64_t floor_ms);

/* The next 64 bits after state, which is never 0 (xorshift64; for jitter, no secrets). */
uint64_t backoff_random(uint64_t *state);

#endif
