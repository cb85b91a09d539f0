/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdbool.h>

#include "server/loop_delay.h"

Test(loop_delay, counts_a_turn_under_the_first_bound_that_is_above_it)
{
	struct loop_delay delay = { 0 };
	loop_delay_add(&delay, 0);
	loop_delay_add(&delay, LOOP_DELAY_FIRST_US - 1);
	loop_delay_add(&delay, LOOP_DELAY_FIRST_US);
	loop_delay_add(&delay, UINT64_MAX - 1);
	cr_assert_eq(delay.turns[0], 2);
	cr_assert_eq(delay.turns[1], 1);
	cr_assert_eq(delay.turns[LOOP_DELAY_BUCKETS - 1], 1);
	cr_assert_eq(delay.longest_us, UINT64_MAX - 1);
}

Test(loop_delay, tells_what_so_many_of_a_thousand_did_not_exceed)
{
	struct loop_delay delay = { 0 };
	cr_assert_eq(loop_delay_quantile_us(&delay, 500), 0);
	for (int i = 0; i < 998; i++)
		loop_delay_add(&delay, 10);
	loop_delay_add(&delay, 300);
	loop_delay_add(&delay, 700);
	cr_assert_eq(loop_delay_quantile_us(&delay, 500), LOOP_DELAY_FIRST_US);
	cr_assert_eq(loop_delay_quantile_us(&delay, 998), LOOP_DELAY_FIRST_US);
	cr_assert_eq(loop_delay_quantile_us(&delay, 999), 4 * LOOP_DELAY_FIRST_US);
	cr_assert_eq(loop_delay_quantile_us(&delay, 1000), 700);
}

static void rest_then_keep_busy(uv_timer_t *timer)
{
	bool *has_rested = timer->data;
	if (!*has_rested) {
		*has_rested = true;
		return;
	}
	uint64_t until = uv_hrtime() + 20 * UINT64_C(1000000);
	while (uv_hrtime() < until)
		continue;
	uv_close((uv_handle_t *)timer, NULL);
}

Test(loop_delay, sees_a_busy_turn_and_leaves_sleep_out)
{
	struct loop_delay delay;
	uv_loop_t loop;
	uv_timer_t timer;
	bool has_rested = false;

	cr_assert_eq(uv_loop_init(&loop), 0);
	loop_delay_init(&delay, &loop);
	(void)uv_timer_init(&loop, &timer);
	timer.data = &has_rested;
	(void)uv_timer_start(&timer, rest_then_keep_busy, 15, 15);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	loop_delay_close(&delay);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	cr_expect_eq(uv_loop_close(&loop), 0);
	cr_assert_geq(delay.longest_us, 20000);
	cr_assert_gt(delay.turns[0], 0, "the turn that slept is an idle one");
}
