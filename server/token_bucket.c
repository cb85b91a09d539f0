/* SPDX-License-Identifier: MIT */
#include "server/token_bucket.h"

/* Thousandths: rate tokens a second are rate thousandths a millisecond. */
enum { ONE = 1000 };

void token_bucket_init(struct token_bucket *bucket, uint32_t rate, uint64_t now_ms)
{
	*bucket = (struct token_bucket){ .rate = rate,
					 .tokens_x1000 = (uint64_t)rate * ONE,
					 .filled_at_ms = now_ms };
}

uint64_t token_bucket_take(struct token_bucket *bucket, uint64_t now_ms)
{
	uint64_t full = (uint64_t)bucket->rate * ONE;
	uint64_t passed_ms = now_ms - bucket->filled_at_ms;

	/* after a second it is full anyway: no product can overflow */
	bucket->tokens_x1000 += (passed_ms < ONE ? passed_ms : ONE) * bucket->rate;
	if (bucket->tokens_x1000 > full)
		bucket->tokens_x1000 = full;
	bucket->filled_at_ms = now_ms;
	if (bucket->tokens_x1000 >= ONE) {
		bucket->tokens_x1000 -= ONE;
		return 0;
	}
	uint64_t lacking = ONE - bucket->tokens_x1000;
	return (lacking + bucket->rate - 1) / bucket->rate;
}
