/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>

#include "storage/origin_limit.h"
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

TestSuite(telegram_batch, .init = setup, .fini = teardown);

static enum telegram_outcome store(int64_t stamp, int64_t sequence, const char *raw)
{
	struct store_telegram telegram = fixture_telegram(stamp, sequence, raw);
	return fixture_store(&f, &telegram);
}

static int64_t count(void)
{
	return fixture_int(&f, "SELECT count(*) FROM telegram");
}

static void end_deletion(bool is_confirmed, int64_t stamp, int64_t sequence)
{
	cr_assert(terminal_record_end_deletion(f.store, f.port, f.terminal, is_confirmed,
					       stamp, sequence));
}

Test(telegram_batch, a_record_sent_again_is_known)
{
	cr_assert_eq(store(STAMP_TRUE, 1, "a"), TELEGRAM_NEW);
	cr_assert_eq(store(STAMP_TRUE + 900, 2, "b"), TELEGRAM_NEW);
	cr_assert_eq(store(STAMP_TRUE, 1, "a"), TELEGRAM_KNOWN);
	cr_assert_eq(store(STAMP_TRUE + 900, 2, "b"), TELEGRAM_KNOWN);
	cr_assert_eq(count(), 2);
}

Test(telegram_batch, another_payload_is_the_next_variant)
{
	cr_assert_eq(store(STAMP_TRUE, 1, "a"), TELEGRAM_NEW);
	cr_assert_eq(store(STAMP_TRUE, 1, "b"), TELEGRAM_VARIANT);
	cr_assert_eq(store(STAMP_TRUE, 1, "c"), TELEGRAM_VARIANT);
	cr_assert_eq(store(STAMP_TRUE, 1, "b"), TELEGRAM_KNOWN);
	cr_assert_eq(fixture_int(&f, "SELECT max(variant) FROM telegram"), 2);
	cr_assert_eq(count(), 3);
}

Test(telegram_batch, every_part_of_the_payload_counts)
{
	struct store_telegram telegram = fixture_telegram(STAMP_TRUE, 1, "a");
	cr_assert_eq(fixture_store(&f, &telegram), TELEGRAM_NEW);
	telegram.raw_is_text = true;
	cr_assert_eq(fixture_store(&f, &telegram), TELEGRAM_VARIANT);
	telegram.error_code = 7;
	cr_assert_eq(fixture_store(&f, &telegram), TELEGRAM_VARIANT);
	telegram.device = span_text("d");
	cr_assert_eq(fixture_store(&f, &telegram), TELEGRAM_VARIANT);
	telegram.kind = "unknown";
	cr_assert_eq(fixture_store(&f, &telegram), TELEGRAM_VARIANT);
	cr_assert_eq(fixture_store(&f, &telegram), TELEGRAM_KNOWN);
}

Test(telegram_batch, a_record_whose_meter_is_decoded_otherwise_is_still_known)
{
	struct store_telegram telegram = fixture_telegram(STAMP_TRUE, 1, "a");
	cr_assert_eq(fixture_store(&f, &telegram), TELEGRAM_NEW);
	telegram.has_meter = true;
	telegram.meter = (struct mbus_address){ "08031768", 0x3265, 0x99, 0x06 };
	cr_assert_eq(fixture_store(&f, &telegram), TELEGRAM_KNOWN);
	telegram.sequence = 2;
	cr_assert_eq(fixture_store(&f, &telegram), TELEGRAM_NEW);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM meters"), 1);
}

Test(telegram_batch, twice_in_one_batch_is_stored_once)
{
	struct store_telegram telegram = fixture_telegram(STAMP_TRUE, 1, "a");
	struct telegram_batch *batch = fixture_batch(&f);
	cr_assert(telegram_batch_add(batch, &telegram));
	cr_assert(telegram_batch_add(batch, &telegram));
	telegram.raw = span_text("b");
	cr_assert(telegram_batch_add(batch, &telegram));
	cr_assert_eq(fixture_commit(&f, batch), STORE_COMMITTED);
	cr_assert_eq(f.outcomes[0], TELEGRAM_NEW);
	cr_assert_eq(f.outcomes[1], TELEGRAM_KNOWN);
	cr_assert_eq(f.outcomes[2], TELEGRAM_VARIANT);
}

Test(telegram_batch, records_out_of_order_are_looked_up)
{
	cr_assert_eq(store(STAMP_TRUE + 10, 5, "e"), TELEGRAM_NEW);
	cr_assert_eq(store(STAMP_TRUE, 9, "a"), TELEGRAM_NEW);
	cr_assert_eq(store(STAMP_TRUE + 10, 4, "d"), TELEGRAM_NEW);
	cr_assert_eq(store(STAMP_TRUE, 9, "a"), TELEGRAM_KNOWN);
	cr_assert_eq(store(STAMP_TRUE + 10, 4, "d"), TELEGRAM_KNOWN);
	cr_assert_eq(store(STAMP_TRUE + 10, 5, "e"), TELEGRAM_KNOWN);
}

Test(telegram_batch, terminals_do_not_know_each_others_records)
{
	store(STAMP_TRUE, 1, "a");
	fixture_contact(&f, "T2");
	f.terminal = f.state.id;
	cr_assert(!f.state.has_records);
	cr_assert_eq(store(STAMP_TRUE, 1, "a"), TELEGRAM_NEW);
}

Test(telegram_batch, ends_at_its_limit_with_nothing_half_added)
{
	struct store_telegram telegram = fixture_telegram(STAMP_TRUE, 1, "0123456789");
	struct telegram_batch *batch = telegram_batch_new(f.port, f.terminal, 2000);
	uint32_t added = 0;
	while (telegram_batch_add(batch, &telegram))
		added++;
	cr_assert_gt(added, 0);
	cr_assert_eq(telegram_batch_count(batch), added);
	cr_assert_leq(telegram_batch_bytes(batch), 2000);
	telegram_batch_free(batch);
}

/* [A 99, B 1]: the terminal lost its clock and began to count again. */
static void fetch_both(enum telegram_outcome expected)
{
	cr_assert_eq(store(50, 99, "A"), expected);
	cr_assert_eq(store(60, 1, "B"), expected);
}

Test(telegram_batch, records_around_a_reset_are_neither_doubled_nor_lost_without_deletion)
{
	fetch_both(TELEGRAM_NEW);
	for (int i = 0; i < 3; i++)
		fetch_both(TELEGRAM_KNOWN);
	cr_assert_eq(count(), 2);
}

Test(telegram_batch, records_around_a_reset_are_neither_doubled_nor_lost_with_deletion)
{
	fetch_both(TELEGRAM_NEW);
	end_deletion(true, 50, 99);
	for (int i = 0; i < 3; i++)
		cr_assert_eq(store(60, 1, "B"), TELEGRAM_KNOWN);
	cr_assert_eq(store(70, 2, "C"), TELEGRAM_NEW);
	for (int i = 0; i < 3; i++) {
		cr_assert_eq(store(60, 1, "B"), TELEGRAM_KNOWN);
		cr_assert_eq(store(70, 2, "C"), TELEGRAM_KNOWN);
	}
	cr_assert_eq(fixture_int(&f, "SELECT epoch FROM terminal"), 1);
	cr_assert_eq(fixture_int(&f, "SELECT epoch_floor FROM terminal"), 0);
	end_deletion(true, 60, 1);
	cr_assert_eq(store(80, 3, "D"), TELEGRAM_NEW);
	end_deletion(true, 70, 2);
	cr_assert_eq(store(80, 3, "D"), TELEGRAM_KNOWN);
	cr_assert_eq(fixture_int(&f, "SELECT epoch_floor FROM terminal"), 1);
	cr_assert_eq(fixture_int(&f, "SELECT deleted_sequence FROM terminal"), 2);
	cr_assert_eq(fixture_int(&f, "SELECT epoch FROM terminal"), 1);
	cr_assert_eq(count(), 4);
}

Test(telegram_batch, the_same_stamp_and_sequence_after_a_reset_is_a_new_record)
{
	cr_assert_eq(store(50, 1, "A"), TELEGRAM_NEW);
	cr_assert_eq(store(51, 2, "B"), TELEGRAM_NEW);
	end_deletion(true, 50, 1);
	cr_assert_eq(store(50, 1, "other"), TELEGRAM_NEW);
	cr_assert_eq(fixture_int(&f, "SELECT max(epoch) FROM telegram"), 1);
	cr_assert_eq(store(50, 1, "other"), TELEGRAM_KNOWN);
	cr_assert_eq(store(51, 2, "B"), TELEGRAM_KNOWN);
}

Test(telegram_batch, a_reset_raises_the_epoch_once_for_all_that_come_with_it)
{
	struct telegram_batch *batch = fixture_batch(&f);
	store(50, 99, "A");
	end_deletion(true, 50, 99);
	for (int64_t i = 1; i <= 3; i++) {
		struct store_telegram telegram = fixture_telegram(60 + i, i, "B");
		telegram_batch_add(batch, &telegram);
	}
	cr_assert_eq(fixture_commit(&f, batch), STORE_COMMITTED);
	cr_assert_eq(fixture_int(&f, "SELECT epoch FROM terminal"), 1);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM telegram WHERE epoch = 1"), 3);
}

Test(telegram_batch, a_deletion_from_before_the_reset_says_nothing_of_the_new_counter)
{
	store(50, 99, "A");
	store(51, 100, "B");
	end_deletion(true, 50, 99);
	store(60, 1, "C");
	end_deletion(true, 51, 100);
	store(70, 2, "D");
	cr_assert_eq(fixture_int(&f, "SELECT epoch FROM terminal"), 1);
	cr_assert_eq(fixture_int(&f, "SELECT deleted_sequence IS NULL FROM terminal"), 1);
}

Test(telegram_batch, a_deletion_that_did_not_happen_raises_nothing)
{
	fetch_both(TELEGRAM_NEW);
	end_deletion(false, 50, 99);
	cr_assert_eq(store(70, 2, "C"), TELEGRAM_NEW);
	cr_assert_eq(fixture_int(&f, "SELECT epoch FROM terminal"), 0);
}

Test(telegram_batch, a_true_stamp_deleted_gives_the_counter_its_last_sequence)
{
	store(STAMP_TRUE, 500, "T");
	end_deletion(true, STAMP_TRUE, 500);
	cr_assert_eq(store(60, 1, "B"), TELEGRAM_NEW);
	cr_assert_eq(fixture_int(&f, "SELECT epoch FROM terminal"), 1);
	cr_assert_eq(store(60, 1, "B"), TELEGRAM_KNOWN);
}

Test(telegram_batch, a_deletion_begun_is_committed_with_the_batch_and_survives)
{
	struct store_telegram telegram = fixture_telegram(STAMP_TRUE, 1, "a");
	struct telegram_batch *batch = fixture_batch(&f);
	telegram_batch_add(batch, &telegram);
	telegram_batch_begin_deletion(batch, 1700000002000);
	fixture_commit(&f, batch);
	fixture_close(&f);
	fixture_open(&f);
	fixture_contact(&f, "T1");
	cr_assert(f.state.is_deletion_begun);
	cr_assert_eq(f.state.deletion_begun_at_ms, 1700000002000);
	end_deletion(true, STAMP_TRUE, 1);
	fixture_contact(&f, "T1");
	cr_assert(!f.state.is_deletion_begun);
}

static void store_devices(int from, int until)
{
	struct telegram_batch *batch = telegram_batch_new(f.port, f.terminal, 8 << 20);
	char devices[64];
	for (int i = from; i < until; i++) {
		struct store_telegram telegram =
			fixture_telegram(STAMP_TRUE + i, i, "raw");
		snprintf(devices, sizeof devices, "device \"%d\"", i);
		telegram.device = span_text(devices);
		cr_assert(telegram_batch_add(batch, &telegram));
	}
	cr_assert_eq(fixture_commit(&f, batch), STORE_COMMITTED, "%s", f.error);
}

Test(telegram_batch, a_terminal_of_endless_kinds_of_records_makes_few_origins)
{
	enum { MOST = ORIGINS_A_DAY_MAX, MORE = 40 };
	store_devices(0, MOST + MORE);
	cr_expect_eq(fixture_int(&f, "SELECT count(*) FROM telegram"), MOST + MORE);
	cr_expect_eq(fixture_int(&f, "SELECT count(*) FROM origin"), MOST + 1);
	cr_expect_eq(fixture_int(&f, "SELECT count(*) FROM events WHERE kind = "
				     "'origin_limit'"),
		     1);
	/* Known again, in either origin; another device is another record. */
	store_devices(MOST - 5, MOST + 5);
	for (int i = 0; i < 10; i++)
		cr_expect_eq(f.outcomes[i], TELEGRAM_KNOWN, "%d", i);
	struct store_telegram other = fixture_telegram(STAMP_TRUE + MOST, MOST, "raw");
	other.device = span_text("another");
	cr_expect_eq(fixture_store(&f, &other), TELEGRAM_VARIANT);
	/* Meters are not made either, but what there is goes on. */
	other = fixture_telegram(STAMP_TRUE + MOST, MOST + MORE, "raw");
	other.has_meter = true;
	other.meter = (struct mbus_address){ "00000001", 0x3265, 0x99, 0x07 };
	cr_expect_eq(fixture_store(&f, &other), TELEGRAM_NEW);
	cr_expect_eq(fixture_int(&f, "SELECT count(*) FROM meter"), 0);
	other.received_at_ms += INT64_C(86400000);
	other.sequence++;
	cr_expect_eq(fixture_store(&f, &other), TELEGRAM_NEW);
	cr_expect_eq(fixture_int(&f, "SELECT count(*) FROM meter"), 1);
}

/* A link that breaks after its reply was taken, or a crash, must not hide the gap. */
Test(telegram_batch, tells_what_is_missing_with_the_records_themselves)
{
	struct store_telegram telegram = fixture_telegram(STAMP_TRUE, 7, "a");
	fixture_store(&f, &telegram);
	telegram = fixture_telegram(STAMP_TRUE + 7200, 12, "b");
	struct telegram_batch *batch = fixture_batch(&f);
	telegram_batch_add(batch, &telegram);
	telegram_batch_expect_known(batch, 1000);
	fixture_commit(&f, batch);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM event WHERE at_ms = 1000"
				     " AND kind = 'overlap_missing' AND detail LIKE"
				     " '%at most 4 records are missing, between sequence"
				     " numbers 7 and 12, 2 hours'"),
		     1);
}

/* Failed reads of two lives of a clock that nobody set are equal in all they say. */
Test(telegram_batch, takes_no_failed_read_for_one_from_before_the_head_of_the_last_reply)
{
	cr_assert_eq(store(1000, 1, ""), TELEGRAM_NEW);
	cr_assert_eq(store(1900, 2, ""), TELEGRAM_NEW);
	cr_assert_eq(store(STAMP_TRUE, 3, "a"), TELEGRAM_NEW);
	cr_assert_neq(store(1000, 1, ""), TELEGRAM_KNOWN);
	cr_assert_neq(store(1900, 2, ""), TELEGRAM_KNOWN);
	cr_assert_eq(store(1900, 2, ""), TELEGRAM_KNOWN);
}
