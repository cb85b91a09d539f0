/* SPDX-License-Identifier: MIT */
#include "storage/layout.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct span number_key(int number, char text[16])
{
	return span_of(text, (size_t)snprintf(text, 16, "key %d", number));
}

Test(layout, is_found_by_its_key_until_the_table_is_full)
{
	struct layout_table *table = layout_table_new(100);
	char text[16];
	struct reading_register reg = { .quantity = "volume" };
	for (int i = 0; i < 100; i++) {
		struct span key = number_key(i, text);
		cr_assert_null(layout_table_find(table, key));
		const struct layout *layout = layout_table_add(table, key, &reg, 1);
		cr_assert_eq(layout->number, (uint32_t)i);
	}
	cr_assert_null(layout_table_add(table, span_text("one more"), &reg, 1));
	cr_assert_null(layout_table_find(table, span_text("one more")));
	for (int i = 0; i < 100; i++) {
		struct span key = number_key(i, text);
		const struct layout *layout = layout_table_find(table, key);
		cr_assert_eq(layout->number, (uint32_t)i);
		cr_assert(span_equal(layout->key, key));
	}
	layout_table_free(table);
}

Test(layout, counts_equal_headers)
{
	struct layout_table *table = layout_table_new(1);
	struct reading_register registers[] = {
		{ .header = { 1, 2 }, .header_size = 2 },
		{ .header = { 1 }, .header_size = 1 },
		{ .header = { 1, 2 }, .header_size = 2 },
		{ .header = { 1, 2 }, .header_size = 2 },
	};
	const struct layout *layout =
		layout_table_add(table, span_of(NULL, 0), registers, 4);
	static const uint16_t expected[] = { 0, 0, 1, 2 };
	for (int i = 0; i < 4; i++)
		cr_assert_eq(layout->registers[i].occurrence, expected[i]);
	layout_table_free(table);
}

Test(layout, refuses_a_key_or_a_record_count_beyond_the_limit)
{
	static uint8_t key[LAYOUT_KEY_MAX + 1];
	static struct reading_register registers[LAYOUT_REGISTERS_MAX + 1];
	struct layout_table *table = layout_table_new(4);
	cr_assert_null(layout_table_add(table, span_of(key, sizeof key), registers, 1));
	cr_assert_null(layout_table_add(table, span_of(key, 1), registers,
					LAYOUT_REGISTERS_MAX + 1));
	cr_assert_not_null(layout_table_add(table, span_of(key, 1), registers,
					    LAYOUT_REGISTERS_MAX));
	layout_table_free(table);
}
