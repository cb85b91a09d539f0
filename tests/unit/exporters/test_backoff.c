/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "exporters/backoff.h"

Test(backoff, the_ceiling_doubles_from_one_second_to_five_minutes)
{
	static const uint64_t ceilings[] = { 1000,  2000,  4000,   8000,   16000,
					     32000, 64000, 128000, 256000, 300000 };
	for (uint32_t attempt = 0; attempt < 10; attempt++) {
		uint64_t ceiling = ceilings[attempt];
		cr_expect_eq(backoff_wait_ms(attempt, ceiling, 0), ceiling);
		cr_expect_eq(backoff_wait_ms(attempt, ceiling + 1, 0), 0);
	}
	cr_expect_eq(backoff_wait_ms(UINT32_MAX, 300000, 0), 300000);
}

Test(backoff, what_the_sink_asks_for_is_a_floor_of_at_most_a_day)
{
	cr_expect_eq(backoff_wait_ms(0, 500, 30000), 30000);
	cr_expect_eq(backoff_wait_ms(9, 200000, 30000), 200000);
	cr_expect_eq(backoff_wait_ms(0, 0, UINT64_MAX), 86400000);
}

Test(backoff, waits_are_spread_over_the_whole_range)
{
	uint64_t state = 1;
	unsigned quarter[4] = { 0 };
	for (int i = 0; i < 4000; i++)
		quarter[backoff_wait_ms(3, backoff_random(&state), 0) / 2001]++;
	for (int i = 0; i < 4; i++)
		cr_expect(quarter[i] > 800 && quarter[i] < 1200, "quarter %d: %u", i,
			  quarter[i]);
}
