/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>

#include "server/terminal.h"

static void count_visit(struct terminal *terminal, void *context)
{
	uint64_t *links = context;
	*links += terminal->links;
}

Test(terminal, is_found_by_its_identity)
{
	struct terminal_table *table = terminal_table_new(10);
	cr_expect_null(terminal_table_find(table, "MC1"));
	struct terminal *made = terminal_table_add(table, "MC1");
	cr_assert_not_null(made);
	cr_expect_eq(terminal_table_find(table, "MC1"), made);
	cr_expect_null(terminal_table_find(table, "MC"));
	cr_expect_eq(made->id, 0);
	terminal_table_free(table);
}

Test(terminal, is_refused_beyond_the_limit)
{
	struct terminal_table *table = terminal_table_new(2);
	cr_expect_not_null(terminal_table_add(table, "MC1"));
	cr_expect_not_null(terminal_table_add(table, "MC2"));
	cr_expect_null(terminal_table_add(table, "MC3"));
	cr_expect_eq(terminal_table_count(table), 2);
	terminal_table_free(table);
}

/* More than there are buckets, so that some share one. */
Test(terminal, is_visited_once_each)
{
	struct terminal_table *table = terminal_table_new(1000);
	char identity[16];
	uint64_t links = 0;

	for (uint64_t i = 0; i < 1000; i++) {
		(void)snprintf(identity, sizeof(identity), "MC%u", (unsigned)i);
		terminal_table_add(table, identity)->links = i;
	}
	terminal_table_each(table, count_visit, &links);
	cr_expect_eq(links, 999 * 500);
	for (uint64_t i = 0; i < 1000; i++) {
		(void)snprintf(identity, sizeof(identity), "MC%u", (unsigned)i);
		cr_assert_eq(terminal_table_find(table, identity)->links, i);
	}
	terminal_table_free(table);
}
