/* SPDX-License-Identifier: MIT */
/* What housekeeping leaves behind, and what the identity of records makes of it. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "storage/backup.h"
#include "storage/verify.h"
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

Test(housekeeping, a_record_before_the_horizon_is_known_and_no_other)
{
	change("INSERT INTO horizon VALUES (1, 1600000000, 50)");
	cr_expect_eq(store(1600000000, 50, "a"), TELEGRAM_KNOWN);
	cr_expect_eq(store(1500000000, 7, "b"), TELEGRAM_KNOWN);
	cr_expect_eq(store(1600000001, 50, "a"), TELEGRAM_NEW);
	cr_expect_eq(store(1500000000, 51, "a clock set back"), TELEGRAM_NEW);
	cr_expect_eq(fixture_int(&f, "SELECT count(*) FROM telegram"), 2);
}

Test(housekeeping, a_record_whose_raw_data_went_is_known)
{
	cr_assert_eq(store(STAMP_TRUE, 1, "a"), TELEGRAM_NEW);
	change("UPDATE telegram SET raw = x''");
	cr_expect_eq(store(STAMP_TRUE, 1, "a"), TELEGRAM_KNOWN);
	cr_expect_eq(store(STAMP_TRUE, 2, "a"), TELEGRAM_NEW);
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
