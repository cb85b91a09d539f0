/* SPDX-License-Identifier: MIT */
/* From telegrams in the log to the views consumption_... and gaps. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "storage/consumption/calendar.h"
#include "storage/consumption/consumption.h"
#include "storage/housekeeping/redecode.h"
#include "store_fixture.h"

enum { HOUR = 3600, DAY = 24 * HOUR, DAYS = 400, RECEIVED_LATER_S = 60 };

/* 2023-11-01T00:00:00Z: a day of UTC begins. */
#define BEGIN INT64_C(1698796800)

static struct store_fixture f;
static struct layout_table *table;
static const struct layout *water, *water_fine;
static int64_t sequence;
static bool is_sliced, has_more;

static const struct layout *volume_layout(const char *key, int exponent)
{
	struct reading_register reg = { .source = READING_SOURCE_MBUS,
					.header = { 0x0c, (uint8_t)(0x16 + exponent) },
					.header_size = 2,
					.quantity = "volume",
					.unit = "m3",
					.type = READING_TYPE_BCD,
					.data_size = 4,
					.exponent = (int8_t)exponent,
					.factor = 1 };
	return layout_table_add(table, span_text(key), &reg, 1);
}

/* Days of UTC from 2023-10-01 on, each shifted. */
static void set_days(int64_t shift_s)
{
	static struct calendar_day days[DAYS];
	for (int i = 0; i < DAYS; i++) {
		time_t at = BEGIN + (i - 31) * DAY;
		struct tm tm;
		gmtime_r(&at, &tm);
		strftime(days[i].date, sizeof days[i].date, "%Y-%m-%d", &tm);
		days[i].start_at = at + shift_s;
		days[i].end_at = at + DAY + shift_s;
	}
	cr_assert(calendar_submit(f.store, f.port, days, DAYS));
}

static void setup(void)
{
	fixture_begin(&f);
	table = layout_table_new(64);
	water = volume_layout("litres", -3);
	water_fine = volume_layout("millilitres", -6);
	sequence = 0;
	set_days(0);
}

static void teardown(void)
{
	fixture_end(&f);
	layout_table_free(table);
}

TestSuite(consumption, .init = setup, .fini = teardown);

static void store_for(const char *id, const struct layout *layout, int64_t at,
		      int64_t digits)
{
	char vals[32];
	snprintf(vals, sizeof vals, "[%" PRId64 "]", digits);
	struct store_telegram telegram = fixture_telegram(at, ++sequence, "raw");
	telegram.received_at_ms = (at + RECEIVED_LATER_S) * 1000;
	telegram.layout = layout;
	telegram.vals = span_text(vals);
	telegram.has_meter = true;
	telegram.meter = (struct mbus_address){ "00000001", 0x3265, 0x99, 0x07 };
	memcpy(telegram.meter.id, id, 8);
	fixture_store(&f, &telegram);
}

static void store(int64_t at, int64_t digits)
{
	store_for("00000001", water, at, digits);
}

static void on_slice(bool more, enum store_result result, const char *error,
		     void *context)
{
	(void)context;
	cr_assert_eq(result, STORE_COMMITTED, "%s", error);
	has_more = more;
	is_sliced = true;
}

static void work_out(void)
{
	do {
		is_sliced = false;
		cr_assert(consumption_submit(f.store, f.port, on_slice, NULL));
		fixture_wait(&f, &is_sliced);
	} while (has_more);
}

static void assert_text(const char *sql, const char *expected)
{
	char text[512];
	fixture_text(&f, sql, text);
	cr_expect_str_eq(text, expected, "%s: %s, not %s", sql, text, expected);
}

Test(consumption, of_a_day_is_the_difference_of_the_counter)
{
	for (int hour = 0; hour <= 48; hour++)
		store(BEGIN + hour * HOUR, 1000 + hour * 7);
	work_out();
	assert_text("SELECT value_text FROM consumption_daily WHERE day = '2023-11-01'",
		    "0.168");
	assert_text("SELECT group_concat(value || complete || interpolated) FROM "
		    "consumption_daily WHERE day < '2023-11-03'",
		    "0.16810,0.16810");
	assert_text("SELECT counter_from || ' ' || counter_to || ' ' || from_at FROM "
		    "consumption_daily WHERE day = '2023-11-02'",
		    "1.168 1.336 2023-11-02T00:00:00Z");
	assert_text("SELECT count(*) || ' ' || min(value_text) || ' ' || max(hour) FROM "
		    "consumption_hourly WHERE day = '2023-11-01'",
		    "24 0.007 23");
	assert_text("SELECT value_text || ' ' || month || ' ' || days FROM "
		    "consumption_monthly",
		    "0.336 2023-11 2");
}

Test(consumption, without_a_reading_near_is_a_line_and_marked)
{
	for (int hour = 0; hour <= 6; hour++)
		store(BEGIN + hour * HOUR, 1000);
	store(BEGIN + 72 * HOUR, 1000 + 66);
	work_out();
	assert_text("SELECT group_concat(value_text || ' ' || interpolated) FROM "
		    "consumption_daily WHERE day < '2023-11-04'",
		    "0.018 1,0.024 1,0.024 1");
	assert_text("SELECT missing || from_at || to_at FROM gaps WHERE to_at NOT NULL",
		    "652023-11-01T06:00:00Z2023-11-04T00:00:00Z");
}

Test(consumption, goes_on_over_a_roll_over)
{
	store(BEGIN, 99999990);
	store(BEGIN + HOUR, 99999995);
	store(BEGIN + 2 * HOUR, 5);
	store(BEGIN + DAY, 10);
	work_out();
	assert_text("SELECT value_text FROM consumption_daily WHERE day = '2023-11-01'",
		    "0.020");
	cr_expect_eq(fixture_int(&f, "SELECT count(*) FROM events"), 0);
}

Test(consumption, has_no_value_where_a_counter_fell_and_one_event_says_so)
{
	for (int hour = 0; hour <= 72; hour++)
		store(BEGIN + hour * HOUR, hour < 30 ? 5000 + hour : hour - 30);
	work_out();
	store(BEGIN + 73 * HOUR, 43);
	work_out();
	assert_text("SELECT group_concat(coalesce(value_text, '-')) FROM "
		    "consumption_daily WHERE day < '2023-11-04'",
		    "0.024,-,0.024");
	assert_text("SELECT group_concat(day || hour) FROM consumption_hourly WHERE "
		    "value IS NULL",
		    "2023-11-025");
	assert_text("SELECT typeof(value) FROM consumption_monthly", "null");
	cr_expect_eq(fixture_int(&f, "SELECT count(*) FROM events WHERE kind = "
				     "'counter_fell'"),
		     1);
	assert_text("SELECT substr(detail, 1, 71) FROM events",
		    "meter 0000000165329907: the volume fell from 5.029 to 0.000 m3 "
		    "between ");
}

Test(consumption, is_one_curve_when_a_meter_changes_its_registers)
{
	for (int hour = 0; hour < 24; hour++)
		store(BEGIN + hour * HOUR, 1000 + hour);
	work_out();
	for (int hour = 24; hour <= 48; hour++)
		store_for("00000001", water_fine, BEGIN + hour * HOUR,
			  (1000 + hour) * INT64_C(1000) + 1);
	work_out();
	cr_expect_eq(fixture_int(&f, "SELECT count(*) FROM counter"), 1);
	assert_text("SELECT group_concat(value_text) FROM consumption_daily WHERE day < "
		    "'2023-11-03'",
		    "0.024001,0.024000");
}

Test(consumption, of_a_place_goes_on_over_the_exchange_of_its_meter)
{
	for (int hour = 0; hour <= 36; hour++)
		store(BEGIN + hour * HOUR, 5000 + hour * 10);
	for (int hour = 38; hour <= 60; hour++)
		store_for("00000002", water, BEGIN + hour * HOUR, hour * 10 - 370);
	work_out();
	char sql[512];
	snprintf(sql, sizeof sql,
		 "INSERT INTO place VALUES (1, NULL, 'flat', 'flat 7', 'flat 7');"
		 "INSERT INTO meter_place VALUES (1, 1, %" PRId64 ", %" PRId64
		 ", NULL, '5.366');"
		 "INSERT INTO meter_place VALUES (2, 1, %" PRId64
		 ", NULL, '0.001 m3', NULL)",
		 BEGIN, BEGIN + 37 * HOUR, BEGIN + 37 * HOUR);
	fixture_exec(f.path, sql);
	work_out();
	assert_text("SELECT count(*) FROM consumption_daily WHERE place = 'flat 7' AND "
		    "day = '2023-11-02'",
		    "2");
	assert_text("SELECT sum(value) FROM consumption_daily WHERE place = 'flat 7' AND "
		    "day = '2023-11-02'",
		    "0.235");
	assert_text("SELECT round(sum(value), 6) FROM consumption_monthly WHERE place = "
		    "'flat 7'",
		    "0.595");
	assert_text("SELECT count(*) FROM events WHERE kind = 'counter_fell'", "0");
}

Test(consumption, is_cut_anew_when_the_days_begin_otherwise)
{
	for (int hour = 0; hour <= 96; hour++)
		store(BEGIN + hour * HOUR, hour * hour);
	work_out();
	assert_text("SELECT value_text FROM consumption_daily WHERE day = '2023-11-02'",
		    "1.728");
	set_days(-HOUR);
	work_out();
	assert_text("SELECT value_text FROM consumption_daily WHERE day = '2023-11-02'",
		    "1.680");
}

static void shuffle_in(int64_t *times, size_t count)
{
	for (size_t i = count - 1; i > 0; i--) {
		size_t with = (size_t)rand() % (i + 1);
		int64_t time = times[i];
		times[i] = times[with];
		times[with] = time;
	}
}

Test(consumption, of_all_days_is_the_difference_of_the_counter_whatever_the_order)
{
	enum { COUNT = 120 };
	int64_t times[COUNT], digits[COUNT], order[COUNT];
	srand(7);
	for (int i = 0; i < COUNT; i++) {
		times[i] =
			i == 0 ? BEGIN + rand() % DAY
			       : times[i - 1] + (rand() % 12 == 0 ? rand() % (5 * DAY)
								  : 1800 + rand() % HOUR);
		digits[i] = i == 0 ? 0 : digits[i - 1] + rand() % 500;
		order[i] = i;
	}
	shuffle_in(order, COUNT);
	for (int i = 0; i < COUNT; i++) {
		store(times[order[i]], digits[order[i]]);
		if (i % 20 == 0)
			work_out();
	}
	work_out();
	cr_expect_eq(fixture_int(&f, "SELECT sum(digits) FROM consumption"),
		     digits[COUNT - 1]);
	cr_expect_eq(fixture_int(&f, "SELECT count(*) FROM consumption c WHERE digits <> "
				     "(SELECT sum(value) FROM json_each(c.hours))"),
		     0);
	cr_expect_eq(fixture_int(&f, "SELECT sum(to_at - from_at) FROM consumption"),
		     times[COUNT - 1] - times[0] +
			     fixture_int(&f, "SELECT max(to_at) FROM consumption") -
			     times[COUNT - 1] -
			     (fixture_int(&f, "SELECT min(from_at) FROM consumption") -
			      times[0]));
}

/* ---- decoded anew ---- */

static int64_t hour_of(int64_t stamp)
{
	return (stamp - BEGIN) / HOUR;
}

/* Everything was another meter's; what was sent stays as it was. */
static void decode_as_another(void *context, struct store_telegram *telegram)
{
	static char vals[32];
	const int64_t *since = context;
	int64_t hour = hour_of(telegram->stamp);
	snprintf(vals, sizeof vals, "[%" PRId64 "]", 1000 + hour * 7);
	telegram->layout = water;
	telegram->vals = span_text(vals);
	telegram->remarks = span_of(NULL, 0);
	telegram->has_meter = true;
	telegram->meter = (struct mbus_address){ "00000001", 0x3265, 0x99, 0x07 };
	if (telegram->stamp >= *since)
		memcpy(telegram->meter.id, "00000002", 8);
	telegram->kind = "mbus"; /* what is given does not last */
	telegram->decode_status = "ok";
	telegram->decode_diagnosis = "";
	telegram->access_number = telegram->meter_status = -1;
}

static void redecode(int64_t since)
{
	const struct redecode_filter filter = { .since = INT64_MIN };
	struct store_caller *caller = store_caller_new(f.store);
	char error[STORE_ERROR_MAX];
	struct redecode *redecode = redecode_open(f.path, caller, &filter, error);
	cr_assert_not_null(redecode, "%s", error);
	const struct redecode_state *state = redecode_state(redecode);
	while (state->position < state->last)
		cr_assert(redecode_slice(redecode, decode_as_another, &since, error),
			  "%s", error);
	redecode_close(redecode);
	work_out();
	fixture_close(&f); /* a caller is freed behind the store */
	store_caller_free(caller);
	fixture_open(&f);
}

Test(consumption, leaves_the_meter_that_telegrams_were_not_about)
{
	for (int hour = 0; hour <= 96; hour++)
		if (hour < 50 || hour > 56)
			store(BEGIN + hour * HOUR, 1000 + hour * 7);
	work_out();
	redecode(BEGIN + 24 * HOUR);
	assert_text("SELECT group_concat(day) FROM consumption_daily WHERE meter LIKE "
		    "'00000001%'",
		    "2023-11-01");
	assert_text("SELECT group_concat(value_text) FROM consumption_daily WHERE meter "
		    "LIKE '00000002%'",
		    "0.168,0.168,0.168");
	assert_text("SELECT count(*) || min(meter) FROM gaps WHERE to_at NOT NULL",
		    "10000000265329907");
	assert_text("SELECT last_at FROM rhythm WHERE meter = 1", "1698879600");
	redecode(BEGIN);
	assert_text("SELECT count(*) FROM consumption_daily WHERE meter LIKE '00000001%'",
		    "0");
	assert_text("SELECT count(*) FROM gaps WHERE meter LIKE '00000001%'", "0");
	assert_text("SELECT sum(digits) FROM consumption", "672");
}

/* ---- what no counter sends ---- */

Test(consumption, of_others_goes_on_when_a_meter_sends_absurd_numbers)
{
	static const int64_t absurd[] = { 9, INT64_MAX, INT64_MIN + 1, 9000000000000000,
					  8999999999999999 };
	for (int i = 0; i < 5; i++)
		store_for("00000009", water, BEGIN + i * HOUR, absurd[i]);
	work_out();
	for (int i = 0; i < 5; i++)
		store_for("00000009", water_fine, BEGIN + (i + 5) * HOUR, absurd[i]);
	work_out();
	for (int i = 0; i < 30; i++)
		store_for("00000009", i % 2 == 0 ? water : water_fine,
			  BEGIN + (i + 10) * 2 * HOUR, absurd[i % 5]);
	for (int hour = 0; hour <= 24; hour++)
		store(BEGIN + hour * HOUR, hour);
	work_out();
	assert_text("SELECT value_text FROM consumption_daily WHERE meter LIKE "
		    "'00000001%'",
		    "0.024");
	assert_text("SELECT count(value) > 0 FROM consumption_monthly", "1");
	assert_text("SELECT max(abs(digits)) <= 10000000000000000 FROM consumption", "1");
}
