/* SPDX-License-Identifier: MIT */
/*
 * How often something may happen: rate times a second, and as many at once after a second
 * of rest. Pure; the caller brings the time, which never goes back.
 */
#ifndef READOUT_SERVER_TOKEN_BUCKET_H
#define READOUT_SERVER_TOKEN_BUCKET_H

#include <stdint.h>

struct token_bucket {
	uint32_t rate;         /* a second, at least 1 */
	uint64_t tokens_x1000; /* thousandths; at most a second's */
	uint64_t filled_at_ms;
};

void token_bucket_init(struct token_bucket *bucket, uint32_t rate, uint64_t now_ms);

/* Takes one and returns 0; or takes none and returns in how many ms to ask again. */
uint64_t token_bucket_take(struct token_bucket *bucket, uint64_t now_ms);

#endif
