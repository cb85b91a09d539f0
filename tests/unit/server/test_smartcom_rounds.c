/* SPDX-License-Identifier: MIT */
/* Overlap, room, unknown deletions, the store and the size of a batch. */
#include "smartcom_bench.h"

static struct bench bench;

static void setup(void)
{
	bench_init(&bench);
}

TestSuite(smartcom_rounds, .init = setup);

/* ---- overlap ---- */

Test(smartcom_rounds, tells_when_the_overlap_is_missing)
{
	bench_start(&bench, &bench_seen_before);
	bench_say_records(&bench, 4);
	bench_forget(&bench);
	bench_commit(&bench, 4, false);
	bench_expect(&bench, "event overlap_missing, " SPACE);
}

Test(smartcom_rounds, tells_when_a_memory_is_empty_that_should_not_be)
{
	bench_start(&bench, &bench_seen_before);
	(void)bench_say(&bench, "OK");
	bench_expect(&bench, "event overlap_missing, round ended");
	smartcom_on_timer(&bench.driver);
	bench_forget(&bench);
	(void)bench_say(&bench, "OK");
	bench_expect(&bench, "round ended");
}

/* ---- room in the terminal ---- */

/* Goes on with full replies until it deletes; returns how many records it keeps back. */
static uint32_t kept_back(const char *space)
{
	for (int i = 0; i < 500; i++) {
		uint32_t asked = bench.driver.asked;
		bench_say_records(&bench, asked);
		bench_commit(&bench, asked, true);
		(void)bench_say(&bench, space);
		bench_forget(&bench);
		if (bench.driver.state == SMARTCOM_DELETING)
			return asked - bench.driver.deleting;
	}
	cr_assert_fail("it never deletes");
	return 0;
}

Test(smartcom_rounds, keeps_back_one_record_when_there_is_plenty_of_space)
{
	bench_start(&bench, &bench_seen_before);
	cr_expect_eq(kept_back(PLENTY), 1);
}

Test(smartcom_rounds, keeps_back_whole_rounds_when_space_is_small)
{
	bench_start(&bench, &bench_seen_before);
	cr_expect_gt(kept_back(NO_SPACE), 2, "two meters, and the overlap");
}

Test(smartcom_rounds, takes_unknown_space_for_none)
{
	static const char *const answers[] = { "ERROR", "OK", "^SCDATA: \"GET_SPACE\"|OK",
					       "^SCDATA: \"GET_SPACE\",-1|OK" };
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		bench_init(&bench);
		bench_start_to_space(&bench, &bench_seen_before);
		(void)bench_say(&bench, answers[i]);
		cr_expect_neq(bench.driver.state, SMARTCOM_DELETING, "%s", answers[i]);
	}
}

Test(smartcom_rounds, counts_radio_meters_as_part_of_a_round)
{
	const struct smartcom_commit commit = { .is_committed = true,
						.count = 4,
						.new_count = 4,
						.is_head_known = true,
						.wireless_count = 10 };
	bench_start(&bench, &bench_seen_before);
	uint32_t without = kept_back(NO_SPACE);
	bench_init(&bench);
	bench_start(&bench, &bench_seen_before);
	bench_say_records(&bench, 4);
	smartcom_on_committed(&bench.driver, &commit);
	(void)bench_say(&bench, NO_SPACE);
	cr_expect_geq(kept_back(NO_SPACE), without + 10);
}

/*
 * While the store was slow, a full memory went on overwriting its oldest records: what
 * the reply said of "the oldest" holds no longer.
 */
Test(smartcom_rounds, deletes_nothing_by_an_old_reply_when_space_is_small)
{
	bench.settings.batch = 50;
	bench_start(&bench, &bench_seen_before);
	bench_say_records(&bench, 50);
	bench.now_ms += 1000 * 60 * 30; /* 30 rounds of two meters */
	bench_commit(&bench, 50, true);
	(void)bench_say(&bench, NO_SPACE);
	cr_expect_neq(bench.driver.state, SMARTCOM_DELETING);
}

/* ---- deletions of unknown outcome ---- */

Test(smartcom_rounds, fetches_at_once_but_deletes_only_after_settling)
{
	const struct smartcom_memory memory = bench_unknown_since(bench.now_ms);
	bench_start(&bench, &memory);
	bench_say_records(&bench, 3);
	bench_expect(&bench, "commit");
	bench_commit(&bench, 3, true);
	bench_expect(&bench, "round ended");
	cr_expect_eq(bench.armed_ms, 60000);
	bench.now_ms += 60000;
	smartcom_on_timer(&bench.driver);
	bench_say_records(&bench, 3);
	bench_commit(&bench, 3, true);
	(void)bench_say(&bench, PLENTY);
	bench_expect(&bench, "reserve 4, " GET(4) ", commit marked, " SPACE ", " DEL(2));
	(void)bench_say(&bench, "OK");
	cr_expect_not(bench.driver.memory.is_deletion_unknown);
}

Test(smartcom_rounds, wants_a_known_head_after_an_unknown_deletion)
{
	const struct smartcom_memory memory = bench_unknown_since(bench.now_ms - 60000);
	bench_start(&bench, &memory);
	bench_say_records(&bench, 4);
	bench_forget(&bench);
	bench_commit(&bench, 4, false);
	/* The mark of the unknown deletion stays, so nothing is taken back. */
	bench_expect(&bench, "event overlap_missing, reserve 4, " GET(4));
	bench_say_records(&bench, 4);
	bench_forget(&bench);
	bench_commit(&bench, 4, true);
	bench_expect(&bench, SPACE);
}

Test(smartcom_rounds, asked_before_settling_deletes_nothing_though_settled_since)
{
	const struct smartcom_memory memory = bench_unknown_since(bench.now_ms - 59999);
	bench_start(&bench, &memory);
	bench.now_ms += 1000;
	bench_say_records(&bench, 3);
	bench_expect(&bench, "commit");
}

/* ---- the store ---- */

Test(smartcom_rounds, waits_for_room_in_the_store)
{
	bench_start(&bench, &bench_first_ever);
	(void)bench_say(&bench, "OK");
	bench.has_room = false;
	bench_forget(&bench);
	smartcom_on_timer(&bench.driver);
	bench_expect(&bench, "reserve 4");
	cr_expect_eq(bench.armed_ms, 0);
	smartcom_on_room(&bench.driver);
	bench_expect(&bench, "reserve 4");
	bench.has_room = true;
	smartcom_on_room(&bench.driver);
	bench_expect(&bench, "reserve 4, " GET(4));
	smartcom_on_room(&bench.driver);
	bench_expect(&bench, "");
}

Test(smartcom_rounds, deletes_nothing_of_a_rejected_reply)
{
	const struct smartcom_commit rejected = { .is_committed = false };
	bench_start(&bench, &bench_first_ever);
	bench_say_records(&bench, 4);
	bench_forget(&bench);
	smartcom_on_committed(&bench.driver, &rejected);
	bench_expect(&bench, "not deleted, round ended");
}

/* ---- records that the store refused ---- */

/* A reply of count records of which the store refused the n-th from the end. */
static void commit_refusing(uint32_t count, uint32_t retained)
{
	const struct smartcom_commit commit = { .is_committed = true,
						.count = count,
						.new_count = 1,
						.retained = retained,
						.is_head_known = true };
	smartcom_on_committed(&bench.driver, &commit);
}

Test(smartcom_rounds, deletes_only_what_stands_before_a_refused_record)
{
	bench_start(&bench, &bench_seen_before);
	bench_say_records(&bench, 4);
	commit_refusing(4, 1);
	(void)bench_say(&bench, PLENTY);
	cr_expect_eq(bench.driver.deleting, 2);
}

Test(smartcom_rounds, reads_on_behind_a_refused_record_and_deletes_nothing_there)
{
	bench_start(&bench, &bench_seen_before);
	bench_say_records(&bench, 4);
	commit_refusing(4, 4);
	bench_forget(&bench);
	(void)bench_say(&bench, PLENTY);
	bench_expect(&bench, "not deleted, reserve 9, " GET(9));
	bench_say_records(&bench, 6);
	bench_forget(&bench);
	commit_refusing(6, 6);
	bench_expect(&bench, "not deleted, round ended");
}

/* ---- size of a batch ---- */

/* A link that breaks inside a reply; what its terminal's next link is told. */
static struct smartcom_memory broken_link(const struct smartcom_memory *memory)
{
	bench_init(&bench);
	bench.settings.batch = 16;
	bench_start(&bench, memory);
	(void)bench_say(&bench, "^SCDATA: 1");
	smartcom_end(&bench.driver);
	return bench.driver.memory;
}

/* The next GET after a whole reply to the one in flight. */
static uint32_t asked_after_reply(void)
{
	uint32_t asked = bench.driver.asked;
	bench_say_records(&bench, asked);
	bench_commit(&bench, asked, true);
	if (bench.driver.state == SMARTCOM_SPACE)
		(void)bench_say(&bench, PLENTY);
	(void)bench_say(&bench, "OK");
	return bench.driver.asked;
}

Test(smartcom_rounds, halves_the_batch_after_a_broken_reply_and_goes_up_one_by_one)
{
	struct smartcom_memory memory = broken_link(&bench_seen_before);
	cr_expect_eq(memory.batch, 8);
	memory = broken_link(&memory);
	cr_expect_eq(memory.batch, 4);
	bench_init(&bench);
	bench.settings.batch = 6;
	bench_start(&bench, &memory);
	cr_expect_eq(bench.driver.asked, 4);
	cr_expect_eq(asked_after_reply(), 5);
	cr_expect_eq(asked_after_reply(), 6);
	cr_expect_eq(asked_after_reply(), 6, "never above the settings");
}

Test(smartcom_rounds, goes_down_to_one_record_and_no_further)
{
	struct smartcom_memory memory = bench_seen_before;
	for (int i = 0; i < 10; i++)
		memory = broken_link(&memory);
	cr_expect_eq(memory.batch, 1);
	cr_expect_eq(bench.driver.asked, 2, "the one kept back, and a new one");
}

Test(smartcom_rounds, asks_for_fewer_records_where_a_reply_is_slow)
{
	bench.settings.batch = 16;
	bench_start(&bench, &bench_seen_before);
	bench.now_ms += 500; /* half of the time an exchange may take */
	cr_expect_eq(asked_after_reply(), 8);
}

Test(smartcom_rounds, asks_for_no_more_than_a_reply_may_hold)
{
	bench.settings.batch = 50;
	bench.settings.reply_bytes = 3000;
	bench_start(&bench, &bench_seen_before);
	cr_expect_eq(bench.driver.asked, 10,
		     "of 300 bytes each, until it is known better");
}

/* ---- records that fit no limit ---- */

static void pass_limit(void)
{
	smartcom_on_too_long(&bench.driver);
	smartcom_end(&bench.driver);
}

static const struct smartcom_memory smallest_batch = { .has_records = true, .batch = 1 };

Test(smartcom_rounds, fetches_a_record_that_fits_no_limit_by_itself)
{
	char line[400];
	bench_start(&bench, &smallest_batch);
	pass_limit();
	struct smartcom_memory memory = bench.driver.memory;
	cr_expect(memory.is_head_large);
	bench_init(&bench);
	bench.settings.line_bytes = 200;
	smartcom_start(&bench.driver);
	(void)bench_say(&bench, "OK|MC900000012345|OK|F 4.0|OK");
	smartcom_on_opened(&bench.driver, &memory);
	bench_forget(&bench);
	(void)bench_say(&bench, "^SCAMS: >1,|OK");
	bench_expect(&bench,
		     "device [^SCAMS: >1,], device [], reserve 1, raise limits, " GET(1));
	memset(line, 'A', sizeof(line));
	memcpy(line, "^SCDATA: ", 9);
	(void)smartcom_on_line(&bench.driver, span_of(line, sizeof(line)));
	(void)bench_say(&bench, "OK");
	bench_expect(&bench, "unreadable 0, commit");
	bench_commit(&bench, 1, false);
	bench_expect(&bench, "event overlap_missing, reserve 2, raise limits, " GET(2));
	/* With the next one it can be deleted, and then all is as usual. */
	(void)smartcom_on_line(&bench.driver, span_of(line, sizeof(line)));
	(void)bench_say(&bench, "^SCDATA: 2|OK");
	bench_commit(&bench, 2, true);
	(void)bench_say(&bench, PLENTY);
	bench_expect(&bench, "unreadable 0, commit marked, " SPACE ", " DEL(1));
	(void)bench_say(&bench, "OK|^SCDATA: 2|^SCDATA: 3|OK");
	bench_expect(&bench, "deleted 1, reserve 2, raise limits, " GET(
				     2) ", unreadable 0, commit marked");
	cr_expect_not(bench.driver.memory.is_head_large);
}

Test(smartcom_rounds, tells_of_a_record_that_passes_even_the_large_limit)
{
	struct smartcom_memory memory = smallest_batch;
	memory.is_head_large = true;
	bench_start(&bench, &memory);
	pass_limit();
	bench_expect(&bench, "unreadable 1");
	memory = bench.driver.memory;
	bench_init(&bench);
	smartcom_start(&bench.driver);
	(void)bench_say(&bench, "OK|MC900000012345|OK|F 4.0|OK");
	smartcom_on_opened(&bench.driver, &memory);
	bench_forget(&bench);
	(void)bench_say(&bench, "OK");
	bench_expect(&bench, "device [], round ended");
}

Test(smartcom_rounds, asks_for_two_records_though_the_batch_is_one)
{
	const struct smartcom_memory memory = { .batch = 1 };
	bench_start(&bench, &memory);
	cr_expect_eq(bench.driver.asked, 2);
	smartcom_end(&bench.driver);
	cr_expect_eq(bench.driver.memory.batch, 1, "it never falls to 0");
}

Test(smartcom_rounds, takes_a_remembered_batch_no_larger_than_the_settings)
{
	const struct smartcom_memory memory = { .batch = 1000 };
	bench_start(&bench, &memory);
	cr_expect_eq(bench.driver.asked, 4);
}
