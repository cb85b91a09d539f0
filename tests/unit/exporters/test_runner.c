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

TestSuite(runner, .init = setup, .fini = teardown);

/* The n-th batch that an exporter was given was this range with these telegrams. */
static void expect_call(size_t exporter, uint32_t n, int64_t first_id, int64_t last_id,
			uint32_t count)
{
	const struct scripted_call *call = &fixture.scripted[exporter].calls[n];
	cr_expect_eq(call->first_id, first_id, "batch %u begins at %ld", n,
		     (long)call->first_id);
	cr_expect_eq(call->last_id, last_id, "batch %u ends at %ld", n,
		     (long)call->last_id);
	cr_expect_eq(call->count, count, "batch %u has %u telegrams", n, call->count);
}

static void expect_each_once_in_order(size_t exporter, uint32_t count)
{
	const struct scripted *scripted = &fixture.scripted[exporter];
	cr_expect_eq(scripted->id_count, count);
	for (uint32_t i = 0; i < count; i++)
		cr_expect_eq(scripted->ids[i], i + 1);
}

Test(runner, every_telegram_is_delivered_once_and_in_order)
{
	fixture.batch_count = 4;
	fixture_append(&fixture, 10);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 10);
	fixture_append(&fixture, 5);
	fixture_await_position(&fixture, 0, 15);
	fixture_stop(&fixture, 1000);
	expect_each_once_in_order(0, 15);
	expect_call(0, 0, 1, 4, 4);
	expect_call(0, 1, 5, 8, 4);
	cr_expect_eq(fixture_query(&fixture, "SELECT position FROM cursor"), 15);
	cr_expect_eq(fixture_lines(&fixture, ""), 0, "%s", fixture.lines[0]);
	cr_expect(fixture.scripted[0].is_destroyed);
}

Test(runner, a_batch_waits_until_it_is_full_when_its_telegrams_are_young)
{
	fixture.batch_count = 3;
	fixture.batch_age_ms = 3600000;
	fixture_start(&fixture, 1);
	for (int i = 0; i < 3; i++) {
		cr_expect_eq(fixture.scripted[0].call_count, 0);
		fixture_append(&fixture, 1);
	}
	fixture_append(&fixture, 2);
	fixture_await_position(&fixture, 0, 3);
	fixture_stop(&fixture, 1000);
	expect_each_once_in_order(0, 3);
	expect_call(0, 0, 1, 3, 3);
}

Test(runner, the_age_of_a_batch_is_measured_from_the_receipt_of_its_oldest_telegram)
{
	/* The log is an hour and more old when the exporter starts: due at once. */
	fixture.batch_age_ms = 3600000;
	fixture.received_before_ms = 3600001;
	fixture_append(&fixture, 2);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 2);
	expect_call(0, 0, 1, 2, 2);
}

Test(runner, a_wall_clock_that_was_ahead_does_not_stall_a_batch)
{
	fixture.batch_age_ms = 20;
	fixture.received_before_ms = -3600000;
	fixture_append(&fixture, 2);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 2);
	expect_call(0, 0, 1, 2, 2);
}

Test(runner, telegrams_from_the_future_wait_as_long_as_any)
{
	fixture.batch_count = 2;
	fixture.batch_age_ms = 3600000;
	fixture.received_before_ms = -7200000;
	fixture_append(&fixture, 2);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 2);
	for (int64_t id = 3; id < 40; id += 2) {
		fixture_append(&fixture, 1);
		fixture_append(&fixture, 1);
		fixture_await_position(&fixture, 0, id + 1);
	}
	fixture_stop(&fixture, 1000);
	cr_expect_eq(fixture.scripted[0].call_count, 20);
}

Test(runner, gaps_in_the_log_belong_to_the_range_around_them)
{
	fixture_append(&fixture, 6);
	fixture_execute(&fixture, "DELETE FROM telegram WHERE id IN (1, 3, 4)");
	fixture.batch_count = 2;
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 6);
	fixture_stop(&fixture, 1000);
	expect_call(0, 0, 1, 5, 2);
	expect_call(0, 1, 6, 6, 1);
}

Test(runner, what_the_sink_wants_again_is_delivered_again_and_logged_once)
{
	fixture.scripted[0].steps[0] = SCRIPTED_RETRY;
	fixture.scripted[0].steps[1] = SCRIPTED_RETRY;
	fixture_append(&fixture, 3);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 3);
	struct runner_status status = fixture_status(&fixture, 0);
	cr_expect_eq(status.delivered, 3);
	cr_expect_eq(status.retried, 2);
	cr_expect_str_eq(status.error, "");
	cr_expect(status.last_success_ms > 0);
	for (uint32_t i = 0; i < 3; i++)
		expect_call(0, i, 1, 3, 3);
	cr_expect_eq(fixture_lines(&fixture, "warning one: the test says so"), 1);
	cr_expect_eq(fixture_lines(&fixture, "info one: the trouble is over"), 1);
	cr_expect_eq(fixture_lines(&fixture, ""), 2);
}

Test(runner, only_the_open_part_of_a_batch_is_delivered_again)
{
	fixture.scripted[0].steps[0] = SCRIPTED_RETRY_SECOND;
	fixture_append(&fixture, 4);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 4);
	fixture_stop(&fixture, 1000);
	expect_call(0, 0, 1, 4, 4);
	expect_call(0, 1, 2, 4, 1);
	cr_expect_eq(fixture.scripted[0].ids[4], 2);
}

Test(runner, a_delivered_prefix_stays_delivered_after_a_restart)
{
	fixture.scripted[0].steps[0] = SCRIPTED_RETRY_SECOND;
	fixture.scripted[0].steps[1] = SCRIPTED_NEVER;
	fixture_append(&fixture, 4);
	fixture_start(&fixture, 1);
	fixture_await_calls(&fixture, 0, 2);
	fixture_stop(&fixture, 0);
	cr_expect_eq(fixture_query(&fixture, "SELECT position FROM cursor"), 1);
	cr_expect_eq(fixture_query(&fixture, "SELECT announced FROM cursor"), 4);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 4);
	fixture_stop(&fixture, 1000);
	expect_call(0, 2, 2, 4, 3);
}

Test(runner, what_the_sink_never_takes_is_put_aside_and_the_rest_goes_on)
{
	fixture.scripted[0].steps[0] = SCRIPTED_REJECT_FIRST;
	fixture_append(&fixture, 3);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 3);
	struct runner_status status = fixture_status(&fixture, 0);
	cr_expect_eq(status.dead, 1);
	cr_expect_eq(status.delivered, 2);
	fixture_stop(&fixture, 1000);
	cr_expect_eq(fixture_query(&fixture, "SELECT count(*) FROM dead_letter"), 1);
	cr_expect_eq(fixture_query(&fixture,
				   "SELECT telegram FROM dead_letter WHERE "
				   "exporter = 'one' AND reason = 'the test says "
				   "so'"),
		     1);
	cr_expect_eq(fixture_lines(&fixture, "telegram 1 is put aside as a dead letter"),
		     1);
}

Test(runner, an_exporter_that_says_stop_keeps_what_it_has_delivered)
{
	fixture.scripted[0].steps[0] = SCRIPTED_STOP_SECOND;
	fixture_append(&fixture, 3);
	fixture_start(&fixture, 1);
	fixture_await_state(&fixture, 0, RUNNER_REFUSED);
	fixture_append(&fixture, 3);
	struct runner_status status = fixture_status(&fixture, 0);
	cr_expect_eq(status.position, 1);
	cr_expect_str_eq(status.error,
			 "refused, tried again every five minutes: the test says so");
	fixture_stop(&fixture, 1000);
	cr_expect_eq(fixture.scripted[0].call_count, 1);
	cr_expect_eq(fixture_lines(&fixture, "error one: refused, tried"), 1);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 6);
	fixture_stop(&fixture, 1000);
	expect_call(0, 1, 2, 3, 2);
	expect_call(0, 2, 4, 6, 3);
}

Test(runner, an_announced_range_is_repeated_after_a_restart_whatever_the_batch_size)
{
	fixture.batch_count = 3;
	fixture.scripted[0].steps[1] = SCRIPTED_NEVER;
	fixture_append(&fixture, 8);
	fixture_start(&fixture, 1);
	fixture_await_calls(&fixture, 0, 2);
	fixture_stop(&fixture, 0);
	fixture_append(&fixture, 4);
	fixture.batch_count = 2;
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 12);
	fixture_stop(&fixture, 1000);
	expect_call(0, 0, 1, 3, 3);
	expect_call(0, 1, 4, 6, 3);
	expect_call(0, 2, 4, 6, 3);
	expect_call(0, 3, 7, 8, 2);
}

Test(runner, an_announced_range_that_is_empty_by_now_is_left_behind)
{
	fixture.scripted[0].steps[0] = SCRIPTED_NEVER;
	fixture_append(&fixture, 3);
	fixture_start(&fixture, 1);
	fixture_await_calls(&fixture, 0, 1);
	fixture_stop(&fixture, 0);
	fixture_execute(&fixture, "DELETE FROM telegram");
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 3);
	fixture_append(&fixture, 2);
	fixture_await_position(&fixture, 0, 5);
	fixture_stop(&fixture, 1000);
	expect_call(0, 1, 4, 5, 2);
}

Test(runner, a_slow_answer_is_waited_for_even_while_stopping)
{
	fixture.scripted[0].steps[0] = SCRIPTED_LATER;
	fixture_append(&fixture, 3);
	fixture_start(&fixture, 1);
	fixture_await_calls(&fixture, 0, 1);
	fixture_stop(&fixture, 30000);
	cr_expect_eq(fixture_query(&fixture, "SELECT position FROM cursor"), 3);
}

Test(runner, a_stuck_exporter_holds_up_no_other)
{
	fixture.batch_count = 2;
	fixture.scripted[0].steps[0] = SCRIPTED_NEVER;
	fixture_append(&fixture, 5);
	fixture_start(&fixture, 2);
	fixture_await_calls(&fixture, 0, 1);
	fixture_await_position(&fixture, 1, 5);
	fixture_append(&fixture, 5);
	fixture_await_position(&fixture, 1, 10);
	struct runner_status status = fixture_status(&fixture, 0);
	cr_expect_eq(status.state, RUNNER_DELIVERING);
	cr_expect_eq(status.position, 0);
	cr_expect_eq(status.lag_telegrams, 10);
	cr_expect_eq(fixture_status(&fixture, 1).lag_telegrams, 0);
	fixture_stop(&fixture, 0);
	cr_expect_eq(fixture.scripted[0].call_count, 1);
	expect_each_once_in_order(1, 10);
}

Test(runner, the_lag_in_seconds_is_the_age_of_the_oldest_telegram_not_delivered)
{
	fixture.scripted[0].steps[0] = SCRIPTED_NEVER;
	fixture.received_before_ms = 7200000;
	fixture_append(&fixture, 2);
	fixture_start(&fixture, 1);
	fixture_await_calls(&fixture, 0, 1);
	int64_t lag = fixture_status(&fixture, 0).lag_seconds;
	cr_expect(lag >= 7200 && lag < 7300, "%ld", (long)lag);
}

/* ---- plugins that answer badly ---- */

static void misbehave_once(enum scripted_action action, const char *said, uint32_t times)
{
	fixture.scripted[0].steps[1] = action;
	fixture_append(&fixture, 2);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 2);
	fixture_append(&fixture, 2);
	fixture_await_position(&fixture, 0, 4);
	fixture_append(&fixture, 2);
	fixture_await_position(&fixture, 0, 6);
	fixture_stop(&fixture, 1000);
	expect_each_once_in_order(0, 6);
	cr_expect_eq(fixture_lines(&fixture, said), times, "%s", fixture.lines[0]);
	cr_expect_eq(fixture_lines(&fixture, ""), times);
}

Test(runner, answering_twice_is_logged_and_ignored)
{
	misbehave_once(SCRIPTED_TWICE, "answered already", 1);
}

Test(runner, answering_outside_the_batch_is_logged_and_ignored)
{
	misbehave_once(SCRIPTED_OUTSIDE, "no such telegrams", 3);
}

Test(runner, a_verdict_that_does_not_exist_is_logged_and_ignored)
{
	misbehave_once(SCRIPTED_STRANGE, "no such verdict", 1);
}

Test(runner, answering_the_last_batch_again_is_logged_and_ignored)
{
	misbehave_once(SCRIPTED_FOR_THE_LAST, "answered already", 1);
}

Test(runner, a_handle_left_open_is_closed_for_the_plugin)
{
	misbehave_once(SCRIPTED_LEAVE_HANDLE, "left a handle of the loop open", 1);
}

Test(runner, answering_while_being_destroyed_changes_nothing)
{
	fixture.scripted[0].steps[0] = SCRIPTED_IN_DESTROY;
	fixture_append(&fixture, 2);
	fixture_start(&fixture, 1);
	fixture_await_calls(&fixture, 0, 1);
	fixture_stop(&fixture, 0);
	cr_expect_eq(fixture_query(&fixture, "SELECT position FROM cursor"), 0);
	cr_expect_eq(fixture_lines(&fixture, "no batch is in flight"), 1);
}
