/* SPDX-License-Identifier: MIT */
/* What goes in must come out, the same from the view and from the reader of the log. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "protocol/decimal.h"
#include "storage/log_reader.h"
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

TestSuite(readings, .init = setup, .fini = teardown);

static const struct number {
	const char *json;
	int exponent;
	int32_t factor;
	bool is_real;
	const char *text; /* NULL: as decimal_write() says */
} numbers[] = {
	{ "1891", -3, 1, false, "1.891" },
	{ "1500", -3, 1, false, "1.500" },
	{ "-5", -2, 1, false, "-0.05" },
	{ "-5", 0, 1, false, NULL },
	{ "15", 3, 1, false, "15000" },
	{ "2", 20, 1, false, "200000000000000000000" },
	{ "0", 3, 1, false, "0" },
	{ "0", -3, 1, false, "0.000" },
	{ "123", -3, 1, false, "0.123" },
	{ "7", 0, 3600, false, "25200" },
	{ "-7", -1, 86400, false, "-60480.0" },
	{ "9223372036854775807", 0, 1, false, NULL },
	{ "9223372036854775807", -6, 86400, false, NULL },
	{ "-9223372036854775808", 0, 1, false, "-9223372036854775808" },
	{ "-9223372036854775808", -19, 1, false, "-0.9223372036854775808" },
	{ "-9223372036854775808", 4, 3600, false, NULL },
	{ "1000000000", 0, 60, false, "60000000000" },
	{ "999999999", -12, 60, false, "0.059999999940" },
	{ "1.5", 0, 1, true, "1.5" },
	{ "1.5", -3, 1, true, "0.0015" },
	{ "1.5", 3, 1, true, "1500" },
	{ "1500", -3, 1, true, "1.5" },
	{ "0", -3, 1, true, "0" },
	{ "-0", -3, 1, true, "0" },
	{ "-0.25", 0, 60, true, "-15.00" },
	{ "1.25e-7", 0, 1, true, "0.000000125" },
	{ "3.4028235e+38", 0, 1, true, "340282350000000000000000000000000000000" },
	{ "100000000000000000000", 0, 1, true, "100000000000000000000" },
};

enum { NUMBER_COUNT = sizeof numbers / sizeof numbers[0] };

static void store_numbers(void)
{
	struct reading_register registers[NUMBER_COUNT] = { 0 };
	char vals[1024] = "[";
	for (size_t i = 0; i < NUMBER_COUNT; i++) {
		registers[i] = (struct reading_register){
			.source = READING_SOURCE_MBUS,
			.header = { (uint8_t)i },
			.header_size = 1,
			.storage = i,
			.quantity = "volume",
			.unit = "m3",
			.type = numbers[i].is_real ? READING_TYPE_REAL
						   : READING_TYPE_INTEGER,
			.exponent = (int8_t)numbers[i].exponent,
			.factor = numbers[i].factor,
		};
		size_t size = strlen(vals);
		snprintf(vals + size, sizeof vals - size, "%s%s", i > 0 ? "," : "",
			 numbers[i].json);
	}
	snprintf(vals + strlen(vals), 2, "]");
	struct store_telegram telegram = fixture_telegram(STAMP_TRUE, 1, "raw");
	telegram.layout =
		layout_table_add(table, span_text("n"), registers, NUMBER_COUNT);
	telegram.vals = span_text(vals);
	cr_assert_eq(fixture_store(&f, &telegram), TELEGRAM_NEW);
}

static void expected_text(const struct number *number, char ret_text[DECIMAL_TEXT_MAX])
{
	if (number->text != NULL)
		snprintf(ret_text, DECIMAL_TEXT_MAX, "%s", number->text);
	else
		decimal_write(strtoll(number->json, NULL, 10), number->exponent,
			      number->factor, ret_text);
}

Test(readings, give_every_number_exactly_in_the_view)
{
	char sql[128], text[512], expected[DECIMAL_TEXT_MAX];
	store_numbers();
	for (size_t i = 0; i < NUMBER_COUNT; i++) {
		snprintf(sql, sizeof sql,
			 "SELECT value_text FROM readings WHERE storage = %zu", i);
		fixture_text(&f, sql, text);
		expected_text(&numbers[i], expected);
		cr_expect_str_eq(text, expected, "%s*10^%d*%d: %s, not %s",
				 numbers[i].json, numbers[i].exponent, numbers[i].factor,
				 text, expected);
	}
}

Test(readings, give_every_number_exactly_in_the_log)
{
	char expected[DECIMAL_TEXT_MAX];
	const struct log_telegram *telegrams;
	store_numbers();
	struct log_reader *reader = log_reader_open(f.path, f.error);
	cr_assert_eq(log_reader_next(reader, 0, -1, 10, &telegrams), 1);
	cr_assert_eq(telegrams[0].reading_count, NUMBER_COUNT);
	for (size_t i = 0; i < NUMBER_COUNT; i++) {
		const struct log_reading *reading = &telegrams[0].readings[i];
		expected_text(&numbers[i], expected);
		cr_expect_str_eq(reading->value_text, expected, "%s*10^%d*%d",
				 numbers[i].json, numbers[i].exponent, numbers[i].factor);
		cr_expect(reading->is_number);
	}
	log_reader_close(reader);
}

Test(readings, have_the_double_nearest_to_the_decimal_number)
{
	char sql[128];
	store_numbers();
	for (size_t i = 0; i < NUMBER_COUNT; i++) {
		snprintf(sql, sizeof sql,
			 "SELECT CAST(value AS REAL) = CAST(value_text AS REAL) FROM "
			 "readings "
			 "WHERE storage = %zu",
			 i);
		cr_expect_eq(fixture_int(&f, sql), 1, "%s*10^%d", numbers[i].json,
			     numbers[i].exponent);
	}
}

static struct reading_register record(uint8_t dif, uint8_t vif, uint64_t storage,
				      const char *quantity, enum reading_type type)
{
	return (struct reading_register){ .source = READING_SOURCE_MBUS,
					  .header = { dif, vif },
					  .header_size = 2,
					  .storage = storage,
					  .quantity = quantity,
					  .unit = "",
					  .type = type,
					  .exponent = type == READING_TYPE_BCD ? -3 : 0,
					  .factor = 1 };
}

/* A water meter: volume, its date and time, the volume of the due date, that date. */
static void store_water(void)
{
	struct reading_register registers[] = {
		record(0x0c, 0x13, 0, "volume", READING_TYPE_BCD),
		record(0x04, 0x6d, 0, "date time", READING_TYPE_DATE_TIME),
		record(0x4c, 0x13, 1, "volume", READING_TYPE_BCD),
		record(0x42, 0x6c, 1, "date", READING_TYPE_DATE),
		record(0x0c, 0x13, 0, "volume", READING_TYPE_BCD),
		record(0x0b, 0x3b, 0, "volume flow", READING_TYPE_BCD),
		record(0x0d, 0xfd, 0, "model", READING_TYPE_TEXT),
	};
	struct store_telegram telegram = fixture_telegram(STAMP_TRUE, 1, "raw");
	telegram.layout = layout_table_add(table, span_text("w"), registers, 7);
	telegram.vals = span_text("[1891,\"2014-05-21T14:16\",1374,\"2013-12-31\",1892,"
				  "null,\"W\\\"\\\\\\u00e4\\n1\"]");
	telegram.remarks =
		span_text("[null,\"summer time\",null,null,null,\"bcd error\",null]");
	telegram.has_meter = true;
	telegram.meter = (struct mbus_address){ "08031768", 0x3265, 0x99, 0x06 };
	telegram.access_number = 0x8e;
	telegram.read_at = STAMP_TRUE + 5;
	telegram.time_quality = "corrected";
	cr_assert_eq(fixture_store(&f, &telegram), TELEGRAM_NEW);
	fixture_exec(f.path,
		     "UPDATE terminal SET name = 'cellar';"
		     "INSERT INTO place VALUES (1, NULL, 'flat', 'flat 7', 'flat 7');"
		     "INSERT INTO meter_place VALUES (1, 1, 0, NULL, NULL, NULL);"
		     "UPDATE meter SET name = 'kitchen'");
}

static void assert_column(const char *column, const char *where, const char *expected)
{
	char sql[256], text[512];
	snprintf(sql, sizeof sql, "SELECT %s FROM readings WHERE %s", column, where);
	fixture_text(&f, sql, text);
	cr_expect_str_eq(text, expected, "%s where %s: %s", column, where, text);
}

Test(readings, say_when_a_stored_value_was_valid)
{
	store_water();
	assert_column("valid_at", "storage = 1 AND quantity = 'volume'", "2013-12-31");
	assert_column("count(valid_at)", "1", "1");
}

Test(readings, have_every_column_of_the_published_schema)
{
	store_water();
	const char *first = "quantity = 'volume' AND storage = 0 AND occurrence = 0";
	assert_column("id || ' ' || revision || ' ' || terminal || ' ' || terminal_name",
		      first, "1 0 T1 cellar");
	assert_column("meter || ' ' || meter_name || ' ' || place || ' ' || medium",
		      first, "0803176865329906 kitchen flat 7 warm water");
	assert_column("quantity || modifiers || function || storage || tariff || subunit "
		      "|| occurrence || unit",
		      first, "volumeinstantaneous0000");
	assert_column("value || ' ' || value_text || ' ' || typeof(no_value_reason)",
		      first, "1.891 1.891 null");
	assert_column("read_at || ' ' || received_at || ' ' || time_quality", first,
		      "2023-11-14T22:13:25Z 2023-11-14T22:13:21.500Z corrected");
	assert_column("typeof(obis) || typeof(valid_at)", first, "nullnull");
}

Test(readings, tell_two_records_of_one_meaning_apart)
{
	store_water();
	assert_column("value_text", "quantity = 'volume' AND occurrence = 1", "1.892");
}

Test(readings, say_why_there_is_no_value)
{
	store_water();
	assert_column("typeof(value) || typeof(value_text) || no_value_reason",
		      "quantity = 'volume flow'", "nullnullbcd error");
	assert_column("typeof(no_value_reason)", "quantity = 'date time'", "null");
}

Test(readings, keep_text_as_text)
{
	store_water();
	assert_column("value", "quantity = 'model'", "W\"\\\xc3\xa4\n1");
	assert_column("value_text", "quantity = 'date'", "2013-12-31");
}

static void assert_same(int64_t n, const char *column, const char *text)
{
	char sql[256], expected[512];
	snprintf(sql, sizeof sql,
		 "SELECT coalesce(%s, '') FROM readings LIMIT 1 OFFSET %lld", column,
		 (long long)n);
	fixture_text(&f, sql, expected);
	cr_expect_str_eq(text, expected, "%s of reading %lld: %s, not %s", column,
			 (long long)n, text, expected);
}

Test(readings, are_the_same_in_the_view_and_in_the_log)
{
	const struct log_telegram *telegrams;
	store_water();
	struct log_reader *reader = log_reader_open(f.path, f.error);
	cr_assert_eq(log_reader_next(reader, 0, -1, 10, &telegrams), 1);
	const struct log_telegram *telegram = &telegrams[0];
	cr_assert_eq(telegram->reading_count, 7);
	for (uint32_t i = 0; i < telegram->reading_count; i++) {
		const struct log_reading *reading = &telegram->readings[i];
		char occurrence[16];
		snprintf(occurrence, sizeof occurrence, "%u", reading->occurrence);
		assert_same(i, "quantity", reading->quantity);
		assert_same(i, "unit", reading->unit);
		assert_same(i, "function", reading->function);
		assert_same(i, "occurrence", occurrence);
		assert_same(i, "value_text", reading->value_text);
		assert_same(i, "no_value_reason", reading->no_value_reason);
		assert_same(i, "valid_at", reading->valid_at);
		assert_same(i, "obis", reading->obis);
		assert_same(i, "terminal_name", telegram->terminal_name);
		assert_same(i, "meter", telegram->meter);
		assert_same(i, "meter_name", telegram->meter_name);
		assert_same(i, "place", telegram->place);
		assert_same(i, "medium", telegram->medium);
		assert_same(i, "time_quality", telegram->time_quality);
	}
	cr_assert(telegram->readings[2].has_valid_at);
	cr_assert(!telegram->readings[6].is_number);
	log_reader_close(reader);
}

Test(readings, of_a_layout_from_an_earlier_run_go_on_under_it)
{
	store_water();
	fixture_close(&f);
	layout_table_free(table);
	table = layout_table_new(64);
	fixture_open(&f);
	struct reading_register reg = record(0x0c, 0x13, 0, "volume", READING_TYPE_BCD);
	struct store_telegram telegram = fixture_telegram(STAMP_TRUE + 1, 2, "raw");
	telegram.layout = layout_table_add(table, span_text("w"), &reg, 1);
	telegram.vals = span_text("[7]");
	cr_assert_eq(fixture_store(&f, &telegram), TELEGRAM_NEW);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM layout"), 1);
	assert_column("value_text",
		      "id = 2 AND occurrence = 0 AND storage = 0 AND "
		      "quantity = 'volume'",
		      "0.007");
}

Test(readings, failed_reads_are_a_view_of_their_own)
{
	char text[512];
	struct store_telegram telegram = fixture_telegram(STAMP_TRUE, 1, "");
	telegram.error_code = 17;
	fixture_store(&f, &telegram);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM readings"), 0);
	fixture_text(&f,
		     "SELECT terminal || kind || device_index || error_code || read_at "
		     "FROM failed_reads",
		     text);
	cr_assert_str_eq(text, "T1mbus1172023-11-14T22:13:20Z");
}

Test(readings, stand_once_where_two_stays_overlap)
{
	char text[512];
	store_water();
	int64_t count = fixture_int(&f, "SELECT count(*) FROM readings WHERE id = 1");
	fixture_exec(f.path, "INSERT INTO place (id, kind, name, path) VALUES"
			     " (11, 'flat', 'a', 'a'), (12, 'flat', 'b', 'b');"
			     "INSERT INTO meter_place (meter, place, from_at) VALUES"
			     " (1, 11, 1), (1, 12, 5)");
	cr_expect_eq(fixture_int(&f, "SELECT count(*) FROM readings WHERE id = 1"),
		     count);
	fixture_text(&f, "SELECT group_concat(DISTINCT place) FROM readings WHERE id = 1",
		     text);
	cr_expect_str_eq(text, "b");
}
