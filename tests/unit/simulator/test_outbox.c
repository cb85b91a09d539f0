/* SPDX-License-Identifier: MIT */
#include "tests/simulator/outbox.h"

#include <criterion/criterion.h>
#include <string.h>

static struct options options;
static struct terminal terminal;
static struct outbox outbox;

static void set_up(void)
{
	options_default(&options);
	options.meters = 1;
	options.interval_ms = 1000;
	options.history = 200;
	terminal_init(&terminal, &options, 1, 1449586862, NULL, NULL);
	outbox_init(&outbox, &terminal);
	outbox.final = "OK";
}

static void tear_down(void)
{
	terminal_free(&terminal);
}

TestSuite(outbox, .init = set_up, .fini = tear_down);

Test(outbox, counts_a_record_as_sent_with_the_last_byte_of_its_line_end)
{
	bool is_dropped;
	const char *bytes;
	size_t line;

	outbox_list(&outbox, 2);
	line = outbox_line_size(&outbox, outbox_peek(&outbox, &bytes, &is_dropped));
	cr_assert_eq(bytes[line - 1], '\n');
	outbox_take(&outbox, line - 1);
	cr_assert_eq(terminal.ring.totals.sent, 0);
	outbox_take(&outbox, 1);
	cr_assert_eq(terminal.ring.totals.sent, 1);
}

/* Everything up to the end or the drop. */
static size_t drain(bool *ret_is_dropped)
{
	const char *bytes;
	size_t size;
	size_t total = 0;

	while ((size = outbox_peek(&outbox, &bytes, ret_is_dropped)) > 0) {
		outbox_take(&outbox, size);
		total += size;
	}
	return total;
}

Test(outbox, lists_more_records_than_one_chunk_holds)
{
	bool is_dropped;

	outbox_list(&outbox, UINT32_MAX);
	cr_assert_gt(drain(&is_dropped), 4 * OUTBOX_CHUNK_SIZE);
	cr_assert(!is_dropped);
	cr_assert_eq(terminal.ring.totals.sent, 200);
}

Test(outbox, drops_between_the_quotes_of_a_record)
{
	for (int i = 0; i < 100; i++) {
		bool is_dropped;
		unsigned quotes = 0;

		outbox_init(&outbox, &terminal);
		outbox.final = "OK";
		outbox_list(&outbox, 3);
		outbox_plan_drop(&outbox, OUTBOX_DROP_IN_QUOTE);
		drain(&is_dropped);
		cr_assert(is_dropped);
		for (size_t j = 0; j < outbox.taken; j++)
			quotes += outbox.chunk[j] == '"';
		cr_assert_eq(quotes % 2, 1);
	}
	cr_assert_leq(terminal.ring.totals.sent, 2);
}

Test(outbox, drops_before_the_result_code)
{
	for (int i = 0; i < 100; i++) {
		bool is_dropped;

		outbox_init(&outbox, &terminal);
		text_put_string(&outbox.text, "^SCERR: 72> 8,10\r\n");
		outbox.final = "OK";
		outbox_plan_drop(&outbox, OUTBOX_DROP_ANYWHERE);
		cr_assert_leq(drain(&is_dropped), 18);
		cr_assert(is_dropped);
	}
}

Test(outbox, passes_over_records_overwritten_while_it_prints)
{
	bool is_dropped;
	const char *bytes;

	outbox_list(&outbox, UINT32_MAX);
	outbox_take(&outbox, outbox_peek(&outbox, &bytes, &is_dropped));
	ring_delete_oldest(&terminal.ring, 150);
	drain(&is_dropped);
	cr_assert_eq(terminal.ring.unsent, 0);
	cr_assert_gt(terminal.ring.totals.deleted_unsent, 0);
	cr_assert_leq(terminal.ring.totals.sent, 50 + OUTBOX_MARKS_MAX);
}

Test(outbox, puts_stray_lines_inside_and_behind)
{
	bool is_dropped;
	const char *bytes;
	size_t size;

	outbox_list(&outbox, 2);
	outbox.stray_before = 1;
	outbox.has_stray_after = true;
	size = outbox_peek(&outbox, &bytes, &is_dropped);
	cr_assert_not_null(memmem(bytes, size, "\r\nalarm1 AIN1=51\r\n^SCDATA", 25));
	cr_assert_arr_eq(bytes + size - 20, "OK\r\nalarm1 AIN1=51\r\n", 20);
}
