/* SPDX-License-Identifier: MIT */
/* latest_readings against the slow way: every reading compared with every other. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "store_fixture.h"

static struct store_fixture f;
static struct layout_table *table;

static void setup(void)
{
	fixture_begin(&f);
	table = layout_table_new(64);
}

static void teardown(void)
{
	fixture_end(&f);
	layout_table_free(table);
}

TestSuite(latest_readings, .init = setup, .fini = teardown);

/* A layout of one register or two; the first is common to all. */
static const struct layout *layout_of(uint32_t count)
{
	static const struct reading_register registers[] = {
		{ .quantity = "volume",
		  .unit = "m3",
		  .modifiers = "",
		  .factor = 1,
		  .type = READING_TYPE_INTEGER,
		  .source = READING_SOURCE_MBUS,
		  .header = { 0x04, 0x13 },
		  .header_size = 2 },
		{ .quantity = "energy",
		  .unit = "Wh",
		  .modifiers = "",
		  .factor = 1,
		  .type = READING_TYPE_INTEGER,
		  .source = READING_SOURCE_MBUS,
		  .header = { 0x04, 0x03 },
		  .header_size = 2 },
	};
	struct span key = span_of((const uint8_t *)"\x04\x13\x04\x03", 2 * (size_t)count);
	const struct layout *layout = layout_table_find(table, key);
	return layout != NULL ? layout : layout_table_add(table, key, registers, count);
}

static void store(int meter, int64_t stamp, int64_t sequence, const char *vals)
{
	struct store_telegram telegram = fixture_telegram(stamp, sequence, "a");
	telegram.layout = layout_of(strchr(vals, ',') == NULL ? 1 : 2);
	telegram.vals = span_text(vals);
	telegram.has_meter = meter != 0;
	telegram.device_index = meter == 0 ? 9 : 1;
	telegram.meter = (struct mbus_address){ "00000000", 0x3265, 0x99, 0x06 };
	telegram.meter.id[7] = (char)('0' + meter);
	fixture_store(&f, &telegram);
}

static void assert_latest(const char *condition, const char *expected)
{
	char sql[512], text[512];
	snprintf(
		sql, sizeof sql,
		"SELECT group_concat(one, ' ') FROM (SELECT quantity || '=' || value_text"
		" AS one FROM latest_readings WHERE %s ORDER BY meter, quantity)",
		condition);
	fixture_text(&f, sql, text);
	cr_assert_str_eq(text, expected, "%s", condition);
}

Test(latest_readings, each_series_has_its_newest_however_telegrams_alternate)
{
	store(1, STAMP_TRUE, 1, "[10,20]");
	store(1, STAMP_TRUE + 900, 2, "[11]");
	store(1, STAMP_TRUE + 1800, 3, "[12,22]");
	store(1, STAMP_TRUE + 2700, 4, "[13]");
	store(2, STAMP_TRUE, 5, "[7]");
	assert_latest("meter = '0000000165329906'", "energy=22 volume=13");
	assert_latest("1", "energy=22 volume=13 volume=7");
}

Test(latest_readings, a_meter_that_fell_silent_long_ago_keeps_its_own)
{
	store(1, STAMP_TRUE, 1, "[10]");
	for (int day = 1; day < 40; day++)
		store(2, STAMP_TRUE + (int64_t)day * 86400, 1 + day, "[5]");
	assert_latest("meter = '0000000165329906'", "volume=10");
	char text[512];
	fixture_text(&f,
		     "SELECT last_read_at FROM meters WHERE meter = '0000000165329906'",
		     text);
	cr_assert_str_eq(text, "2023-11-14T22:13:20Z");
}

Test(latest_readings, what_arrives_late_is_not_the_latest)
{
	store(1, STAMP_TRUE + 5 * 86400, 9, "[15]");
	store(1, STAMP_TRUE, 1, "[10]");
	assert_latest("1", "volume=15");
}

Test(latest_readings, devices_without_an_address_are_told_apart_by_terminal_and_index)
{
	store(0, STAMP_TRUE, 1, "[1]");
	store(0, STAMP_TRUE + 900, 2, "[2]");
	fixture_contact(&f, "T2");
	f.terminal = f.state.id;
	store(0, STAMP_TRUE, 1, "[3]");
	assert_latest("terminal = 'T1'", "volume=2");
	assert_latest("terminal = 'T2'", "volume=3");
	assert_latest("meter IS NULL AND device_index = 9", "volume=2 volume=3");
}

Test(latest_readings, are_those_that_a_comparison_of_all_readings_finds)
{
	for (int i = 0; i < 300; i++)
		store(1 + i * 7 % 5, STAMP_TRUE + (int64_t)(i * 37 % 311) * 20000, i,
		      i % 3 == 0 ? "[1,2]" : "[3]");
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM latest_readings"), 10);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM latest_readings l WHERE EXISTS"
				     " (SELECT 1 FROM readings r WHERE r.meter = l.meter"
				     " AND r.quantity = l.quantity"
				     " AND r.read_at > l.read_at)"),
		     0);
}
