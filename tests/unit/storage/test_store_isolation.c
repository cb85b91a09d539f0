/* SPDX-License-Identifier: MIT */
/* Triggers play the row that cannot be stored: no telegram of a terminal is known to. */
#include <criterion/criterion.h>
#include <stdio.h>

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

TestSuite(isolation, .init = setup, .fini = teardown);

/* Makes every row that fulfils the condition one that cannot be stored. */
static void refuse(const char *condition)
{
	char sql[256];
	snprintf(sql, sizeof sql,
		 "CREATE TRIGGER refuse BEFORE INSERT ON telegram WHEN %s "
		 "BEGIN SELECT RAISE(ABORT, 'refused for a test'); END",
		 condition);
	fixture_exec(f.path, sql);
}

static struct store_status status(void)
{
	struct store_status status;
	store_status(f.store, &status);
	return status;
}

/* Records with sequence 1 to count, each with values. */
static struct telegram_batch *batch_of(int count)
{
	struct telegram_batch *batch = fixture_batch(&f);
	for (int i = 1; i <= count; i++) {
		struct store_telegram telegram = fixture_telegram(STAMP_TRUE, i, "raw");
		telegram.vals = span_text("[1]");
		telegram.remarks = span_text("[null]");
		telegram.has_meter = true;
		telegram.meter = (struct mbus_address){ "00000000", 0x3265, 1, 6 };
		telegram.meter.id[7] = (char)('0' + i);
		cr_assert(telegram_batch_add(batch, &telegram));
	}
	return batch;
}

Test(isolation, stores_the_neighbours_of_a_record_that_cannot_be_stored)
{
	refuse("new.sequence IN (3, 5)");
	struct store_status before = status();
	cr_assert_eq(fixture_commit(&f, batch_of(6)), STORE_COMMITTED);
	for (int i = 0; i < 6; i++)
		cr_assert_eq(f.outcomes[i],
			     i == 2 || i == 4 ? TELEGRAM_REFUSED : TELEGRAM_NEW, "%d", i);
	cr_assert_not_null(strstr(f.error, "sequence 3"), "%s", f.error);
	cr_assert_not_null(strstr(f.error, "refused for a test"), "%s", f.error);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM telegram"), 4);
	cr_assert_eq(status().telegrams_new - before.telegrams_new, 4);
	cr_assert_eq(status().telegrams_refused, 2);
	cr_assert_eq(status().transactions - before.transactions, 1);
	cr_assert_eq(status().log_position,
		     fixture_int(&f, "SELECT max(id) FROM telegram"));
}

Test(isolation, leaves_no_trace_of_a_record_that_was_refused)
{
	refuse("new.sequence = 2");
	fixture_commit(&f, batch_of(2));
	cr_assert_eq(f.outcomes[1], TELEGRAM_REFUSED);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM meter"), 1);
	cr_assert_eq(status().log_position, 1);
}

Test(isolation, stores_the_raw_data_when_the_decoded_form_cannot_be_stored)
{
	char text[512];
	refuse("new.sequence = 2 AND new.vals IS NOT NULL");
	fixture_commit(&f, batch_of(3));
	cr_assert_eq(f.outcomes[0], TELEGRAM_NEW);
	cr_assert_eq(f.outcomes[1], TELEGRAM_BARE);
	cr_assert_eq(f.outcomes[2], TELEGRAM_NEW);
	cr_assert_neq(f.error[0], '\0');
	fixture_text(&f,
		     "SELECT hex(raw) || ' ' || meter || ' ' || (vals IS NULL) || ' ' || "
		     "(SELECT text FROM word WHERE id = decode_status) FROM telegram t "
		     "JOIN origin ON origin.id = t.origin WHERE sequence = 2",
		     text);
	cr_assert_str_eq(text, "726177 0 1 refused");
	cr_assert_eq(status().telegrams_refused, 0);
}

Test(isolation, knows_a_record_stored_raw_when_it_comes_again)
{
	refuse("new.sequence = 2 AND new.vals IS NOT NULL");
	fixture_commit(&f, batch_of(3));
	cr_assert_eq(fixture_commit(&f, batch_of(3)), STORE_COMMITTED);
	for (int i = 0; i < 3; i++)
		cr_assert_eq(f.outcomes[i], TELEGRAM_KNOWN);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM telegram"), 3);
}

Test(isolation, takes_a_refused_record_once_it_can_be_stored)
{
	refuse("new.sequence = 2");
	fixture_commit(&f, batch_of(3));
	fixture_exec(f.path, "DROP TRIGGER refuse");
	fixture_commit(&f, batch_of(3));
	cr_assert_eq(f.outcomes[0], TELEGRAM_KNOWN);
	cr_assert_eq(f.outcomes[1], TELEGRAM_NEW);
	cr_assert_eq(f.outcomes[2], TELEGRAM_KNOWN);
	cr_assert_eq(f.error[0], '\0');
}

/* A record whose stamp cannot be true, after a deletion: its epoch must be raised. */
Test(isolation, does_not_raise_the_epoch_for_a_record_that_was_refused)
{
	struct store_telegram telegram = fixture_telegram(1000, 5, "raw");
	fixture_store(&f, &telegram);
	terminal_record_end_deletion(f.store, f.port, f.terminal, true, 1000, 5);
	refuse("new.sequence = 1");
	telegram = fixture_telegram(1000, 1, "raw");
	struct telegram_batch *batch = fixture_batch(&f);
	telegram_batch_add(batch, &telegram);
	fixture_commit(&f, batch);
	cr_assert_eq(f.outcomes[0], TELEGRAM_REFUSED);
	cr_assert_eq(fixture_int(&f, "SELECT epoch FROM terminal"), 0);
	fixture_exec(f.path, "DROP TRIGGER refuse");
	cr_assert_eq(fixture_store(&f, &telegram), TELEGRAM_NEW);
	cr_assert_eq(fixture_int(&f, "SELECT epoch FROM terminal"), 1);
}

Test(isolation, keeps_the_mark_of_a_deletion_beside_a_refused_record)
{
	refuse("new.sequence = 2");
	struct telegram_batch *batch = batch_of(3);
	telegram_batch_begin_deletion(batch, 77);
	fixture_commit(&f, batch);
	cr_assert_eq(fixture_int(&f, "SELECT deletion_begun_ms FROM terminal"), 77);
}
