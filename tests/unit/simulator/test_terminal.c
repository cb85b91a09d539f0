/* SPDX-License-Identifier: MIT */
#include "tests/simulator/terminal.h"

#include <criterion/criterion.h>
#include <string.h>

static const int64_t NOW_S = 1449586862;

static struct options options;
static struct terminal terminal;

static void set_up(void)
{
	options_default(&options);
	options.history = 0;
	options.interval_ms = 1000;
}

static void tear_down(void)
{
	terminal_free(&terminal);
}

TestSuite(terminal, .init = set_up, .fini = tear_down);

static void make_terminal(void)
{
	terminal_init(&terminal, &options, 1, NOW_S, NULL, NULL);
}

Test(terminal, has_exactly_the_history_asked_for_with_stamps_in_the_past)
{
	options.history = 7;
	make_terminal();
	cr_assert_eq(terminal.ring.count, 7);
	cr_assert_eq(ring_at(&terminal.ring, 0)->stamp, NOW_S - 3 * 900);
	cr_assert_eq(ring_at(&terminal.ring, 3)->stamp, NOW_S - 2 * 900);
	cr_assert_eq(ring_at(&terminal.ring, 6)->stamp, NOW_S - 900);
	cr_assert_eq(ring_at(&terminal.ring, 6)->sequence,
		     ring_at(&terminal.ring, 0)->sequence + 6);
}

Test(terminal, makes_the_same_again_from_the_same_seed)
{
	struct payload once;
	struct payload again;

	options.history = 3;
	make_terminal();
	terminal_payload(&terminal, ring_at(&terminal.ring, 2), &once);
	terminal_free(&terminal);
	make_terminal();
	terminal_payload(&terminal, ring_at(&terminal.ring, 2), &again);
	cr_assert_eq(once.size, again.size);
	cr_assert_arr_eq(once.bytes, again.bytes, once.size);
}

Test(terminal, stops_at_the_total)
{
	options.records_total = 5;
	options.history = 3;
	make_terminal();
	terminal_make_round(&terminal, NOW_S, false);
	terminal_make_round(&terminal, NOW_S, false);
	cr_assert_eq(terminal.ring.totals.made, 5);
	cr_assert(terminal_is_finished(&terminal));
}

Test(terminal, leaves_wireless_meters_out_of_a_round_of_the_table)
{
	options.kinds[1] = METER_WMBUS;
	make_terminal();
	terminal_make_round(&terminal, NOW_S, true);
	cr_assert_eq(terminal.ring.count, 2);
	cr_assert_eq(terminal_table_index(&terminal, 2), 2);
}

Test(terminal, skips_sequence_numbers)
{
	options.faults[FAULT_GAP] = 1000;
	make_terminal();
	terminal_make_round(&terminal, NOW_S, false);
	cr_assert_gt(ring_at(&terminal.ring, 1)->sequence,
		     ring_at(&terminal.ring, 0)->sequence + 1);
}

Test(terminal, starts_the_sequence_again)
{
	options.faults[FAULT_RESET] = 1000;
	make_terminal();
	terminal_make_round(&terminal, NOW_S, false);
	cr_assert_eq(ring_at(&terminal.ring, 0)->sequence, 1);
	cr_assert_eq(ring_at(&terminal.ring, 0)->stamp, NOW_S);
}

Test(terminal, loses_its_clock_for_two_rounds)
{
	options.faults[FAULT_CLOCK_RESET] = 1000;
	options.meters = 1;
	make_terminal();
	for (int64_t i = 0; i < 3; i++)
		terminal_make_round(&terminal, NOW_S + i, false);
	cr_assert_eq(ring_at(&terminal.ring, 0)->stamp, 0);
	cr_assert_eq(ring_at(&terminal.ring, 1)->stamp, 1);
	cr_assert_eq(ring_at(&terminal.ring, 2)->stamp, NOW_S + 2);
	cr_assert_eq(ring_at(&terminal.ring, 2)->sequence, 3);
}

Test(terminal, makes_records_of_failed_reads)
{
	struct payload payload;

	options.faults[FAULT_ERROR_RECORD] = 1000;
	make_terminal();
	terminal_make_round(&terminal, NOW_S, false);
	cr_assert_neq(terminal_error_code(ring_at(&terminal.ring, 0)), 0);
	terminal_payload(&terminal, ring_at(&terminal.ring, 0), &payload);
	cr_assert_eq(payload.size, 0);
	cr_assert_eq(ring_space(&terminal.ring),
		     options.memory - options.meters * RECORD_OVERHEAD);
}

Test(terminal, overwrites_more_short_records_than_a_round_makes)
{
	options.faults[FAULT_ERROR_RECORD] = 1000;
	options.memory = 3 * RECORD_OVERHEAD * 8;
	make_terminal();
	for (int i = 0; i < 8; i++)
		terminal_make_round(&terminal, NOW_S, false);
	cr_assert_eq(terminal.ring.totals.overwritten, 0);
	options.faults[FAULT_ERROR_RECORD] = 0;
	terminal_make_round(&terminal, NOW_S, false);
	cr_assert_gt(terminal.ring.totals.overwritten, options.meters);
}

Test(terminal, is_drained_when_all_is_sent_and_one_record_is_left)
{
	options.history = 2;
	make_terminal();
	ring_mark_sent(&terminal.ring, 0);
	ring_mark_sent(&terminal.ring, 1);
	cr_assert(!terminal_is_drained(&terminal));
	ring_delete_oldest(&terminal.ring, 1);
	cr_assert(terminal_is_drained(&terminal));
}

Test(fault, reads_a_list)
{
	uint16_t permille[FAULT_COUNT] = { 0 };
	const char *bad = NULL;

	cr_assert(fault_parse("all,split=7,gap", permille, &bad));
	cr_assert_eq(permille[FAULT_SPLIT], 7);
	cr_assert_neq(permille[FAULT_ERROR], 0);
	cr_assert(!fault_parse("slow=5,splat=1", permille, &bad));
	cr_assert_str_eq(bad, "splat=1");
	cr_assert_eq(permille[FAULT_SLOW], 5);
	cr_assert(!fault_parse("slow=1001", permille, &bad));
	cr_assert(!fault_parse("slow=", permille, &bad));
}
