/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/unit/exporters/fixture.h"

static struct fixture fixture;

static void setup(void)
{
	fixture_open(&fixture);
}

static void teardown(void)
{
	fixture_close(&fixture);
}

TestSuite(runner_orders, .init = setup, .fini = teardown);

/* All telegrams given, in order, are these. */
static void expect_ids(const int64_t *ids, uint32_t count)
{
	const struct scripted *scripted = &fixture.scripted[0];
	cr_expect_eq(scripted->id_count, count, "%u telegrams", scripted->id_count);
	for (uint32_t i = 0; i < count && i < scripted->id_count; i++)
		cr_expect_eq(scripted->ids[i], ids[i], "telegram %u is %ld", i,
			     (long)scripted->ids[i]);
}

#define EXPECT_IDS(...)                                                                  \
	expect_ids((const int64_t[]){ __VA_ARGS__ },                                     \
		   sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t))

Test(runner_orders, what_is_paused_stays_paused_over_a_restart_until_it_is_resumed)
{
	fixture_start(&fixture, 1);
	cr_assert(runner_order(fixture.runner, "one", RUNNER_PAUSE, 0));
	fixture_await_state(&fixture, 0, RUNNER_PAUSED);
	fixture_append(&fixture, 3);
	fixture_stop(&fixture, 1000);
	fixture_start(&fixture, 1);
	fixture_await_state(&fixture, 0, RUNNER_PAUSED);
	cr_expect_eq(fixture.scripted[0].call_count, 0);
	runner_order(fixture.runner, "one", RUNNER_RESUME, 0);
	fixture_await_position(&fixture, 0, 3);
	fixture_stop(&fixture, 1000);
	EXPECT_IDS(1, 2, 3);
}

Test(runner_orders, an_order_to_nobody_is_refused)
{
	fixture_start(&fixture, 1);
	cr_expect_not(runner_order(fixture.runner, "nobody", RUNNER_PAUSE, 0));
	fixture_stop(&fixture, 1000);
}

Test(runner_orders, what_is_reset_is_delivered_again_from_there)
{
	fixture_append(&fixture, 3);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 3);
	runner_order(fixture.runner, "one", RUNNER_RESET, 1);
	fixture_await_calls(&fixture, 0, 2);
	fixture_await_position(&fixture, 0, 3);
	fixture_stop(&fixture, 1000);
	EXPECT_IDS(1, 2, 3, 2, 3);
}

Test(runner_orders,
     dead_letters_are_tried_again_in_order_and_removed_when_they_get_through)
{
	fixture.batch_count = 2;
	fixture.scripted[0].steps[0] = SCRIPTED_REJECT_FIRST;
	fixture.scripted[0].steps[1] = SCRIPTED_REJECT_FIRST;
	fixture_append(&fixture, 4);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 4);
	runner_order(fixture.runner, "one", RUNNER_DEAD_RETRY, 0);
	fixture_await_calls(&fixture, 0, 3);
	fixture_await_state(&fixture, 0, RUNNER_WAITING);
	fixture_stop(&fixture, 1000);
	EXPECT_IDS(1, 2, 3, 4, 1, 3);
	cr_expect_eq(fixture_query(&fixture, "SELECT count(*) FROM dead_letter"), 0);
}

Test(runner_orders, dead_letters_that_are_purged_are_gone)
{
	fixture.scripted[0].steps[0] = SCRIPTED_REJECT_FIRST;
	fixture_append(&fixture, 2);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 2);
	runner_order(fixture.runner, "one", RUNNER_DEAD_PURGE, 0);
	fixture_append(&fixture, 1);
	fixture_await_position(&fixture, 0, 3);
	fixture_stop(&fixture, 1000);
	cr_expect_eq(fixture_query(&fixture, "SELECT count(*) FROM dead_letter"), 0);
}

Test(runner_orders, after_failures_in_a_row_one_telegram_is_tried_and_then_all,
     .timeout = 120)
{
	for (int i = 0; i < RUNNER_BREAKER; i++)
		fixture.scripted[0].steps[i] = SCRIPTED_RETRY;
	fixture_append(&fixture, 3);
	fixture_start(&fixture, 1);
	for (uint32_t i = 1; i <= RUNNER_BREAKER; i++) {
		fixture_await_calls(&fixture, 0, i);
		/* An operator need not wait for the pause. */
		if (i < RUNNER_BREAKER)
			continue;
		fixture_await_state(&fixture, 0, RUNNER_BROKEN);
	}
	fixture_await_position(&fixture, 0, 3);
	fixture_stop(&fixture, 1000);
	cr_expect_eq(fixture.scripted[0].calls[RUNNER_BREAKER].count, 1);
	cr_expect_eq(fixture.scripted[0].calls[RUNNER_BREAKER + 1].count, 2);
	cr_expect_eq(fixture_lines(&fixture, "failed too often in a row"), 1);
}

Test(runner_orders, what_the_filter_leaves_out_never_reaches_the_plugin)
{
	static const char *const other[] = { "T2" };
	fixture.filter.terminals = (struct log_filter_list){ other, 1 };
	fixture_append(&fixture, 2000);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 2000);
	fixture_append(&fixture, 5);
	fixture_stop(&fixture, 1000);
	cr_expect_eq(fixture.scripted[0].call_count, 0);
}

Test(runner_orders, what_fits_the_filter_is_delivered)
{
	static const char *const terminals[] = { "T2", "T1" };
	static const char *const quantities[] = { "volume" };
	fixture.filter.terminals = (struct log_filter_list){ terminals, 2 };
	fixture.filter.quantities = (struct log_filter_list){ quantities, 1 };
	fixture_append(&fixture, 3);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 3);
	fixture_stop(&fixture, 1000);
	EXPECT_IDS(1, 2, 3);
}

Test(runner_orders, a_batch_holds_no_more_bytes_than_it_may)
{
	fixture.batch_bytes = 1;
	fixture_append(&fixture, 3);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 3);
	fixture_stop(&fixture, 1000);
	cr_expect_eq(fixture.scripted[0].call_count, 3);
	EXPECT_IDS(1, 2, 3);
}

Test(runner_orders, newest_first_delivers_what_is_new_and_then_fills_in_what_was_missed)
{
	fixture.batch_count = 2;
	fixture.is_newest_first = true;
	fixture_append(&fixture, 10);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 10);
	fixture_append(&fixture, 2);
	fixture_await_position(&fixture, 0, 12);
	fixture_stop(&fixture, 1000);
	EXPECT_IDS(9, 10, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12);
}

Test(runner_orders, a_reload_leaves_alone_what_is_configured_as_before)
{
	char error[EXPORTER_ERROR_MAX];
	struct runner_exporter exporters[FIXTURE_EXPORTERS];
	fixture_append(&fixture, 3);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 3);
	fixture_configure(&fixture, exporters, 2);
	cr_assert(runner_reload(fixture.runner, exporters, 2, error), "%s", error);
	fixture_await_position(&fixture, 1, 3);
	cr_expect_not(fixture.scripted[0].is_destroyed);
	exporters[1].batch_count++;
	cr_assert(runner_reload(fixture.runner, exporters + 1, 1, error), "%s", error);
	fixture_append(&fixture, 1);
	fixture_await_position(&fixture, 0, 4); /* "two" is the only one now */
	cr_expect(fixture.scripted[0].is_destroyed);
	exporters[0].plugin = "missing";
	cr_expect_not(runner_reload(fixture.runner, exporters, 2, error));
	fixture_append(&fixture, 1);
	fixture_await_position(&fixture, 0, 5);
	fixture_stop(&fixture, 1000);
	cr_expect_eq(fixture.scripted[0].id_count, 3);
	cr_expect_eq(fixture.scripted[1].id_count, 5);
}
