/* SPDX-License-Identifier: MIT */
/* What housekeeping leaves behind, and what the identity of records makes of it. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "storage/housekeeping/backup.h"
#include "storage/housekeeping/retention.h"
#include "storage/housekeeping/verify.h"
#include "store_fixture.h"

static struct store_fixture f;

static void setup(void)
{
	fixture_begin(&f);
}

static void teardown(void)
{
	fixture_end(&f);
}

TestSuite(housekeeping, .init = setup, .fini = teardown);

static void change(const char *sql)
{
	fixture_close(&f);
	fixture_exec(f.path, sql);
	fixture_open(&f);
}

static enum telegram_outcome store(int64_t stamp, int64_t sequence, const char *raw)
{
	struct store_telegram telegram = fixture_telegram(stamp, sequence, raw);
	return fixture_store(&f, &telegram);
}

/* Everything older than all stamps of these tests; no exporter counts. */
static struct retention_result retain(int64_t raw_before, int64_t readings_before)
{
	char error[STORE_ERROR_MAX] = "";
	struct retention_result result = { 0 };
	const struct retention_options options = {
		.raw_before = raw_before,
		.readings_before = readings_before,
		.now_ms = 1800000000000,
	};
	struct store_caller *caller = store_caller_new(f.store);
	cr_assert(retention_run(f.path, caller, &options, NULL, &result, error), "%s",
		  error);
	store_close(f.store);
	store_caller_free(caller);
	store_port_dispatch(f.port);
	store_port_free(f.port);
	store_free(f.store);
	fixture_open(&f);
	return result;
}

Test(housekeeping, a_record_that_went_is_known_and_no_other)
{
	store(1600000000, 50, "a");
	store(1500000000, 7, "");
	cr_assert_eq(retain(INT64_MIN, STAMP_TRUE).telegrams, 2);
	cr_expect_eq(store(1600000000, 50, "a"), TELEGRAM_KNOWN);
	cr_expect_eq(store(1500000000, 7, ""), TELEGRAM_KNOWN);
	cr_expect_eq(store(1600000001, 50, "a"), TELEGRAM_NEW);
	cr_expect_eq(store(1500000000, 51, "a clock set back"), TELEGRAM_NEW);
	cr_expect_eq(fixture_int(&f, "SELECT count(*) FROM telegram"), 2);
}

Test(housekeeping, a_new_record_before_all_that_went_is_stored)
{
	for (int i = 0; i < 1200; i++)
		store(1500000000 + i * 900, 40000 + i, "first life");
	cr_assert_eq(retain(INT64_MIN, STAMP_TRUE).telegrams, 1200);
	/* The clock was set back and the counter began again. */
	cr_expect_eq(store(1500000000, 1, "first life"), TELEGRAM_NEW);
	cr_expect_eq(store(1500000900, 40001, "second life"), TELEGRAM_NEW);
	cr_expect_eq(store(1500000900, 40001, "first life"), TELEGRAM_KNOWN);
	cr_expect_eq(store(1500000900, 40001, "second life"), TELEGRAM_KNOWN);
	cr_expect_eq(store(1500000000 + 1199 * 900, 41199, "first life"), TELEGRAM_KNOWN);
}

Test(housekeeping, a_record_whose_raw_data_went_is_known_and_no_other)
{
	cr_assert_eq(store(1600000000, 1, "a"), TELEGRAM_NEW);
	cr_assert_eq(store(1600000000, 2, "a"), TELEGRAM_NEW);
	cr_assert_eq(retain(STAMP_TRUE, INT64_MIN).raw, 2);
	cr_expect_eq(fixture_int(&f, "SELECT count(*) FROM telegram WHERE raw = x''"), 2);
	cr_expect_eq(store(1600000000, 1, "a"), TELEGRAM_KNOWN);
	cr_expect_eq(store(1600000000, 1, "b"), TELEGRAM_VARIANT);
	cr_expect_eq(store(1600000000, 3, "a"), TELEGRAM_NEW);
	cr_assert_eq(retain(INT64_MIN, STAMP_TRUE).telegrams, 4);
	cr_expect_eq(store(1600000000, 2, "a"), TELEGRAM_KNOWN);
	cr_expect_eq(store(1600000000, 2, "b"), TELEGRAM_NEW);
}

/* Two failed reads of an unset clock; the reply is sent again after the first moved. */
Test(housekeeping, a_record_that_moved_keeps_its_place_among_those_of_its_terminal)
{
	struct store_telegram first = fixture_telegram(5, 1, "");
	struct store_telegram second = fixture_telegram(5, 2, "");
	for (int round = 0; round < 2; round++) {
		struct telegram_batch *batch = fixture_batch(&f);
		cr_assert(telegram_batch_add(batch, &first));
		cr_assert(telegram_batch_add(batch, &second));
		cr_assert_eq(fixture_commit(&f, batch), STORE_COMMITTED);
		cr_expect_eq(f.outcomes[0], round == 0 ? TELEGRAM_NEW : TELEGRAM_KNOWN);
		cr_expect_eq(f.outcomes[1], round == 0 ? TELEGRAM_NEW : TELEGRAM_KNOWN);
		if (round == 0)
			change("UPDATE telegram SET id = 100 WHERE sequence = 1;"
			       "INSERT INTO log_order VALUES (100, 1)");
	}
	cr_expect_eq(fixture_int(&f, "SELECT count(*) FROM telegram"), 2);
}

Test(housekeeping, a_backup_is_sound_and_replaces_nothing_unasked)
{
	char file[160], error[STORE_ERROR_MAX];
	struct backup_result result;
	struct verify_result found;
	struct verify_options thorough = { 0 };
	struct backup_options options = { f.path, file, false };

	snprintf(file, sizeof file, "%s/copy.db", f.directory);
	cr_assert_eq(store(STAMP_TRUE, 1, "a"), TELEGRAM_NEW);
	cr_assert(backup_write(&options, NULL, &result, error), "%s", error);
	cr_expect_eq(result.last_position, 1);
	cr_assert(verify_database(file, &thorough, NULL, &found, error), "%s", error);
	cr_expect_eq(found.problem_count, 0, "%s", found.problems[0]);
	cr_expect_eq(found.telegrams, 1);
	cr_expect_not(backup_write(&options, NULL, &result, error));
	options.file = f.path;
	options.may_replace = true;
	cr_expect_not(backup_write(&options, NULL, &result, error));
}

static bool stop(void *context, const struct progress_step *step)
{
	(void)context;
	(void)step;
	return false;
}

Test(housekeeping, a_backup_that_is_stopped_leaves_nothing)
{
	char file[160], error[STORE_ERROR_MAX];
	struct backup_result result;
	const struct progress impatient = { stop, NULL };
	struct backup_options options = { f.path, file, false };
	FILE *left;

	snprintf(file, sizeof file, "%s/copy.db", f.directory);
	cr_expect_not(backup_write(&options, &impatient, &result, error));
	left = fopen(file, "rb");
	cr_expect_null(left);
	snprintf(file, sizeof file, "%s/copy.db.part", f.directory);
	left = fopen(file, "rb");
	cr_expect_null(left);
}

Test(housekeeping, one_event_again_and_again_fills_no_disk)
{
	change("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT"
	       " 3000) INSERT INTO event (at_ms, kind, severity, terminal, detail)"
	       " SELECT i * 60000, 'variant', 'info', 1, '' FROM n");
	/* Within two days and two hours: a thousand in each 24 hours. */
	cr_expect_lt(fixture_int(&f, "SELECT count(*) FROM events"), 2200);
	cr_expect_eq(fixture_int(&f, "SELECT count(*) FROM events WHERE kind ="
				     " 'events_left_out' AND subject = 'variant'"),
		     2);
}
