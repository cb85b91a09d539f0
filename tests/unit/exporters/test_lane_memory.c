/* SPDX-License-Identifier: MIT */
/* What outlives a delivery: letters put aside, readings left out, names of the sink. */
#include <criterion/criterion.h>

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

TestSuite(lane_memory, .init = setup, .fini = teardown);

Test(lane_memory, a_dead_letter_keeps_what_was_sent_and_what_the_sink_replied)
{
	fixture.scripted[0].steps[0] = SCRIPTED_REJECT_WHOLE;
	fixture_append(&fixture, 2);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 2);
	fixture_stop(&fixture, 1000);
	/* What would be half a character is left out. */
	cr_expect_eq(fixture_query(&fixture,
				   "SELECT telegram FROM dead_letter WHERE "
				   "reason = 'no such meter' AND length(payload) = 2047 "
				   "AND reply = '{\"error\":1}'"),
		     1);
}

Test(lane_memory, a_telegram_left_out_on_purpose_is_counted_and_holds_nothing_up)
{
	fixture.scripted[0].steps[0] = SCRIPTED_THIN_FIRST;
	fixture_append(&fixture, 3);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 3);
	struct runner_status status = fixture_status(&fixture, 0);
	cr_expect_eq(status.thinned, 1);
	cr_expect_eq(status.delivered, 2);
	fixture_stop(&fixture, 1000);
	cr_expect_eq(fixture_query(&fixture, "SELECT count(*) FROM dead_letter"), 0);
}

Test(lane_memory, what_a_plugin_remembers_is_committed_with_the_cursor)
{
	fixture.scripted[0].steps[0] = SCRIPTED_REMEMBER;
	fixture_append(&fixture, 1);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 1);
	cr_expect_str_eq(fixture.scripted[0].recalled, "-");
	cr_expect_eq(fixture_query(&fixture, "SELECT count(*) FROM remote_id WHERE "
					     "exporter = 'one' AND key = 'key' AND "
					     "remote = 'remote'"),
		     1);
	cr_expect_eq(fixture_query(&fixture, "SELECT count(*) FROM remote_id"), 1);
	fixture_stop(&fixture, 1000);
	fixture_append(&fixture, 1);
	fixture_start(&fixture, 1);
	fixture_await_position(&fixture, 0, 2);
	cr_expect_str_eq(fixture.scripted[0].recalled, "remote");
}
