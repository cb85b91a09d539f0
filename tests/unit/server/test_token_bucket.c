/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "server/token_bucket.h"

static uint32_t take_all(struct token_bucket *bucket, uint64_t now_ms)
{
	uint32_t taken = 0;
	while (token_bucket_take(bucket, now_ms) == 0)
		taken++;
	return taken;
}

Test(token_bucket, gives_a_seconds_worth_at_once_and_no_more)
{
	struct token_bucket bucket;
	token_bucket_init(&bucket, 50, 1000);
	cr_assert_eq(take_all(&bucket, 1000), 50);
	cr_assert_eq(take_all(&bucket, 1019), 0);
	cr_assert_eq(take_all(&bucket, 1020), 1);
	cr_assert_eq(take_all(&bucket, 1120), 5);
	cr_assert_eq(take_all(&bucket, 1000000), 50);
}

Test(token_bucket, says_when_to_come_back)
{
	struct token_bucket bucket;
	for (uint32_t rate = 1; rate <= 100000; rate = rate * 3 + 1) {
		token_bucket_init(&bucket, rate, 0);
		(void)take_all(&bucket, 0);
		uint64_t wait_ms = token_bucket_take(&bucket, 0);
		cr_assert_gt(wait_ms, 0);
		cr_assert_leq(wait_ms, 1000);
		cr_assert_eq(token_bucket_take(&bucket, wait_ms), 0, "rate %u", rate);
	}
}

Test(token_bucket, a_sleep_of_years_overflows_nothing)
{
	struct token_bucket bucket;
	token_bucket_init(&bucket, 100000, 0);
	(void)take_all(&bucket, 0);
	cr_assert_eq(take_all(&bucket, UINT64_MAX), 100000);
}
