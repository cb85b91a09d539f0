/* SPDX-License-Identifier: MIT */
/* The dialogue command by command. What holds whatever happens is in
 * test_smartcom_model.c. */
#include "smartcom_bench.h"

#define GET(n)   "AT^SCDATA=\"GET_OLDEST\"," #n
#define DEL(n)   "AT^SCDATA=\"DEL_OLDEST\"," #n
#define SPACE    "AT^SCDATA=\"GET_SPACE\""
#define PLENTY   "^SCDATA: \"GET_SPACE\",1000000|OK"
#define NO_SPACE "^SCDATA: \"GET_SPACE\",10|OK"

static struct bench bench;
static const struct smartcom_memory first_ever = { .has_records = false };
static const struct smartcom_memory seen_before = { .has_records = true };

static void setup(void)
{
	bench_init(&bench);
}

TestSuite(smartcom, .init = setup);

static struct smartcom_memory unknown_since(uint64_t since_ms)
{
	return (struct smartcom_memory){ .has_records = true,
					 .is_deletion_unknown = true,
					 .unknown_since_ms = since_ms };
}

/* ---- happy path ---- */

Test(smartcom, speaks_the_whole_dialogue_in_order)
{
	smartcom_start(&bench.driver);
	bench_expect(&bench, "ATE0");
	cr_expect(bench_say(&bench, "ATE0|OK"));
	bench_expect(&bench, "ATI4");
	cr_expect(bench_say(&bench, "MC900000012345|OK"));
	bench_expect(&bench, "ATI3");
	cr_expect(bench_say(&bench, "F 4.0|OK"));
	bench_expect(&bench, "open MC900000012345 []");
	smartcom_on_opened(&bench.driver, &first_ever);
	bench_expect(&bench, "AT^SCAMS?");
	cr_expect(bench_say(&bench, "^SCAMS: >1,|OK"));
	bench_expect(&bench, "device [^SCAMS: >1,], device [], reserve 4, " GET(4));
	bench_say_records(&bench, 4);
	bench_expect(&bench, "commit marked");
	bench_commit(&bench, 4, false);
	bench_expect(&bench, SPACE);
	cr_expect(bench_say(&bench, PLENTY));
	bench_expect(&bench, DEL(3));
	cr_expect(bench_say(&bench, "OK"));
	bench_expect(&bench, "deleted 3, reserve 4, " GET(4));
	/* Only the record that was kept back is left. */
	bench_say_records(&bench, 1);
	bench_expect(&bench, "commit");
	bench_commit(&bench, 1, true);
	bench_expect(&bench, "round ended");
	cr_expect_eq(bench.armed_ms, 900000);
	smartcom_on_timer(&bench.driver);
	bench_expect(&bench, "reserve 4, " GET(4));
}

Test(smartcom, keeps_the_firmware_of_an_answer_without_blanks)
{
	smartcom_start(&bench.driver);
	(void)bench_say(&bench, "OK|MC9|OK");
	bench_forget(&bench);
	(void)bench_say(&bench, "REVISION_4.0|second line|OK");
	bench_expect(&bench, "open MC9 [REVISION_4.0]");
}

Test(smartcom, does_without_echo_off_when_told_so)
{
	bench.settings.echo_off = false;
	smartcom_start(&bench.driver);
	bench_expect(&bench, "ATI4");
}

Test(smartcom, takes_its_own_echo_for_no_answer)
{
	smartcom_start(&bench.driver);
	cr_expect(bench_say(&bench, "ERROR"));
	bench_forget(&bench);
	cr_expect(bench_say(&bench, "ATI4|MC900000012345|OK"));
	bench_expect(&bench, "ATI3");
	cr_expect_str_eq(bench.driver.identity, "MC900000012345");
}

Test(smartcom, asks_for_space_again_only_when_it_matters)
{
	bench_start_to_space(&bench, &seen_before);
	(void)bench_say(&bench, PLENTY "|OK");
	bench_say_records(&bench, 4);
	bench_forget(&bench);
	bench_commit(&bench, 4, true);
	bench_expect(&bench, DEL(3));
	(void)bench_say(&bench, "OK");
	bench_say_records(&bench, 4);
	bench_forget(&bench);
	bench.now_ms += 1000 * 3600 * 24;
	bench_commit(&bench, 4, true);
	cr_expect_neq(bench.driver.state, SMARTCOM_DELETING, "a day old is too old");
}

/* ---- who is it ---- */

Test(smartcom, tries_the_next_probe_when_one_fails)
{
	smartcom_start(&bench.driver);
	(void)bench_say(&bench, "OK");
	bench_forget(&bench);
	(void)bench_say(&bench, "ERROR");
	bench_expect(&bench, "AT+GSN");
	(void)bench_say(&bench, "490154203237518|OK");
	bench_expect(&bench, "ATI3");
	cr_expect_str_eq(bench.driver.identity, "490154203237518");
}

Test(smartcom, takes_an_empty_or_impossible_answer_for_none)
{
	smartcom_start(&bench.driver);
	(void)bench_say(&bench, "OK");
	bench_forget(&bench);
	(void)bench_say(&bench, "two words|OK");
	bench_expect(&bench, "AT+GSN");
	(void)bench_say(&bench, "OK");
	bench_expect(&bench, "close not_identified");
	cr_expect_eq(bench.driver.state, SMARTCOM_CLOSED);
	cr_expect_not(bench_say(&bench, "490154203237518"));
}

Test(smartcom, takes_an_answer_of_63_characters_and_not_of_64)
{
	char text[80] = { 0 };
	smartcom_start(&bench.driver);
	(void)bench_say(&bench, "OK");
	memset(text, 'A', 64);
	(void)bench_say(&bench, text);
	cr_expect_str_empty(bench.driver.answer);
	text[63] = '\0';
	(void)bench_say(&bench, text);
	cr_expect_str_eq(bench.driver.answer, text);
}

Test(smartcom, falls_back_on_the_address)
{
	bench.settings.probes[1] = SMARTCOM_PROBE_ADDRESS;
	smartcom_start(&bench.driver);
	(void)bench_say(&bench, "OK|ERROR");
	cr_expect_str_eq(bench.driver.identity, "192.0.2.7");
	cr_expect_eq(bench.driver.state, SMARTCOM_FIRMWARE);
}

Test(smartcom, gives_up_when_identifying_takes_too_long)
{
	smartcom_start(&bench.driver);
	cr_expect_eq(bench.armed_ms, 1000);
	bench.now_ms += 4500;
	(void)bench_say(&bench, "OK");
	cr_expect_eq(bench.armed_ms, 500, "what is left of the identify timeout");
	bench_forget(&bench);
	bench.now_ms += 500;
	smartcom_on_timer(&bench.driver);
	bench_expect(&bench, "close identify_timeout");
}

Test(smartcom, goes_on_without_firmware_and_device_table)
{
	smartcom_start(&bench.driver);
	(void)bench_say(&bench, "OK|MC9|OK");
	bench_forget(&bench);
	(void)bench_say(&bench, "+CME ERROR: 3");
	bench_expect(&bench, "open MC9 []");
	smartcom_on_opened(&bench.driver, &first_ever);
	bench_forget(&bench);
	(void)bench_say(&bench, "ERROR");
	bench_expect(&bench, "reserve 4, " GET(4));
}

/* ---- errors and timeouts ---- */

Test(smartcom, closes_on_a_timeout_in_every_exchange)
{
	static const struct {
		const char *said; /* to come there, after the start */
		enum smartcom_state state;
	} exchanges[] = {
		{ "", SMARTCOM_ECHO_OFF },
		{ "OK", SMARTCOM_IDENTIFY },
		{ "OK|MC9|OK", SMARTCOM_FIRMWARE },
	};
	for (size_t i = 0; i < sizeof(exchanges) / sizeof(exchanges[0]); i++) {
		bench_init(&bench);
		smartcom_start(&bench.driver);
		(void)bench_say(&bench, exchanges[i].said);
		cr_expect_eq(bench.driver.state, exchanges[i].state);
		bench_forget(&bench);
		smartcom_on_timer(&bench.driver);
		bench_expect(&bench, "close exchange_timeout");
		cr_expect_eq(bench.driver.ended_in, exchanges[i].state);
	}
}

Test(smartcom, closes_on_a_timeout_of_the_device_table)
{
	smartcom_start(&bench.driver);
	(void)bench_say(&bench, "OK|MC9|OK|OK");
	smartcom_on_opened(&bench.driver, &first_ever);
	(void)bench_say(&bench, "^SCAMS: >1,");
	bench_forget(&bench);
	smartcom_on_timer(&bench.driver);
	bench_expect(&bench, "close exchange_timeout");
}

Test(smartcom, takes_an_error_to_get_oldest_for_an_empty_memory)
{
	bench_start(&bench, &first_ever);
	(void)bench_say(&bench, "ERROR");
	bench_expect(&bench, "round ended");
	cr_expect_eq(bench.driver.state, SMARTCOM_WAITING);
}

Test(smartcom, keeps_the_records_that_came_before_an_error)
{
	bench_start(&bench, &first_ever);
	(void)bench_say(&bench, "^SCDATA: 1|^SCDATA: 2|ERROR");
	bench_expect(&bench, "commit marked");
}

Test(smartcom, remembers_a_refused_deletion_as_unknown)
{
	bench_start_to_space(&bench, &seen_before);
	(void)bench_say(&bench, PLENTY);
	bench_forget(&bench);
	(void)bench_say(&bench, "ERROR 4");
	bench_expect(&bench, "event delete_refused, round ended");
	cr_expect(bench.driver.memory.is_deletion_unknown);
	cr_expect_eq(bench.armed_ms, 60000, "it must settle before it is tried again");
}

Test(smartcom, calls_lines_stray_that_nobody_asked_for)
{
	bench_start(&bench, &first_ever);
	cr_expect_not(bench_say(&bench, "^SYSSTART"));
	bench_say_records(&bench, 1);
	cr_expect_not(bench_say(&bench, "OK"), "nothing is in flight while it commits");
	cr_expect_eq(bench.driver.state, SMARTCOM_COMMITTING);
}

Test(smartcom, closes_when_more_records_come_than_asked_for)
{
	bench_start(&bench, &first_ever);
	(void)bench_say(&bench, "^SCDATA: 1|^SCDATA: 2|^SCDATA: 3|^SCDATA: 4");
	bench_expect(&bench, "");
	(void)bench_say(&bench, "^SCDATA: 5");
	bench_expect(&bench, "close too_many_records");
	cr_expect_eq(bench.driver.ended_in, SMARTCOM_FETCHING);
}

Test(smartcom, closes_when_a_record_cannot_be_taken)
{
	bench_start(&bench, &first_ever);
	bench.takes_records = false;
	(void)bench_say(&bench, "^SCDATA: 1");
	bench_expect(&bench, "close queue_full");
}

/* ---- overlap ---- */

Test(smartcom, tells_when_the_overlap_is_missing)
{
	bench_start(&bench, &seen_before);
	bench_say_records(&bench, 4);
	bench_forget(&bench);
	bench_commit(&bench, 4, false);
	bench_expect(&bench, "event overlap_missing, " SPACE);
}

Test(smartcom, tells_when_a_memory_is_empty_that_should_not_be)
{
	bench_start(&bench, &seen_before);
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

Test(smartcom, keeps_back_one_record_when_there_is_plenty_of_space)
{
	bench_start(&bench, &seen_before);
	cr_expect_eq(kept_back(PLENTY), 1);
}

Test(smartcom, keeps_back_whole_rounds_when_space_is_small)
{
	bench_start(&bench, &seen_before);
	cr_expect_gt(kept_back(NO_SPACE), 2, "two meters, and the overlap");
}

Test(smartcom, takes_unknown_space_for_none)
{
	static const char *const answers[] = { "ERROR", "OK", "^SCDATA: \"GET_SPACE\"|OK",
					       "^SCDATA: \"GET_SPACE\",-1|OK" };
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		bench_init(&bench);
		bench_start_to_space(&bench, &seen_before);
		(void)bench_say(&bench, answers[i]);
		cr_expect_neq(bench.driver.state, SMARTCOM_DELETING, "%s", answers[i]);
	}
}

Test(smartcom, counts_radio_meters_as_part_of_a_round)
{
	const struct smartcom_commit commit = { .is_committed = true,
						.count = 4,
						.new_count = 4,
						.is_head_known = true,
						.wireless_count = 10 };
	bench_start(&bench, &seen_before);
	uint32_t without = kept_back(NO_SPACE);
	bench_init(&bench);
	bench_start(&bench, &seen_before);
	bench_say_records(&bench, 4);
	smartcom_on_committed(&bench.driver, &commit);
	(void)bench_say(&bench, NO_SPACE);
	cr_expect_geq(kept_back(NO_SPACE), without + 10);
}

/*
 * While the store was slow, a full memory went on overwriting its oldest records: what
 * the reply said of "the oldest" holds no longer.
 */
Test(smartcom, deletes_nothing_by_an_old_reply_when_space_is_small)
{
	bench.settings.batch = 50;
	bench_start(&bench, &seen_before);
	bench_say_records(&bench, 50);
	bench.now_ms += 1000 * 60 * 30; /* 30 rounds of two meters */
	bench_commit(&bench, 50, true);
	(void)bench_say(&bench, NO_SPACE);
	cr_expect_neq(bench.driver.state, SMARTCOM_DELETING);
}

/* ---- deletions of unknown outcome ---- */

Test(smartcom, fetches_at_once_but_deletes_only_after_settling)
{
	const struct smartcom_memory memory = unknown_since(bench.now_ms);
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

Test(smartcom, wants_a_known_head_after_an_unknown_deletion)
{
	const struct smartcom_memory memory = unknown_since(bench.now_ms - 60000);
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

Test(smartcom, asked_before_settling_deletes_nothing_though_settled_since)
{
	const struct smartcom_memory memory = unknown_since(bench.now_ms - 59999);
	bench_start(&bench, &memory);
	bench.now_ms += 1000;
	bench_say_records(&bench, 3);
	bench_expect(&bench, "commit");
}

/* ---- the store ---- */

Test(smartcom, waits_for_room_in_the_store)
{
	bench_start(&bench, &first_ever);
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

Test(smartcom, deletes_nothing_of_a_rejected_reply)
{
	const struct smartcom_commit rejected = { .is_committed = false };
	bench_start(&bench, &first_ever);
	bench_say_records(&bench, 4);
	bench_forget(&bench);
	smartcom_on_committed(&bench.driver, &rejected);
	bench_expect(&bench, "not deleted, round ended");
}

/* ---- size of a batch ---- */

Test(smartcom, halves_the_batch_after_a_broken_reply_and_doubles_it_after_whole_ones)
{
	bench_start(&bench, &first_ever);
	(void)bench_say(&bench, "^SCDATA: 1");
	smartcom_end(&bench.driver);
	struct smartcom_memory memory = bench.driver.memory;
	cr_expect_eq(memory.batch, 2);
	bench_init(&bench);
	bench_start(&bench, &memory);
	cr_expect_eq(bench.driver.asked, 2);
	bench_say_records(&bench, 2);
	cr_expect_eq(bench.driver.memory.batch, 4);
	bench_commit(&bench, 2, false);
	(void)bench_say(&bench, PLENTY "|OK");
	bench_say_records(&bench, 4);
	cr_expect_eq(bench.driver.memory.batch, 4, "never above the settings");
}

Test(smartcom, asks_for_two_records_though_the_batch_is_one)
{
	const struct smartcom_memory memory = { .batch = 1 };
	bench_start(&bench, &memory);
	cr_expect_eq(bench.driver.asked, 2);
	smartcom_end(&bench.driver);
	cr_expect_eq(bench.driver.memory.batch, 1, "it never falls to 0");
}

Test(smartcom, takes_a_remembered_batch_no_larger_than_the_settings)
{
	const struct smartcom_memory memory = { .batch = 1000 };
	bench_start(&bench, &memory);
	cr_expect_eq(bench.driver.asked, 4);
}

/* ---- the end of a link, and collect, in every state ---- */

struct place {
	enum smartcom_state state;
	void (*go)(void);
};

static void go_nowhere(void)
{
	smartcom_start(&bench.driver);
}

static void go_identify(void)
{
	go_nowhere();
	(void)bench_say(&bench, "OK");
}

static void go_firmware(void)
{
	go_identify();
	(void)bench_say(&bench, "MC9|OK");
}

static void go_opening(void)
{
	go_firmware();
	(void)bench_say(&bench, "OK");
}

static void go_table(void)
{
	go_opening();
	smartcom_on_opened(&bench.driver, &seen_before);
}

static void go_room(void)
{
	go_table();
	bench.has_room = false;
	(void)bench_say(&bench, "OK");
}

static void go_fetching(void)
{
	bench_start(&bench, &seen_before);
}

static void go_committing(void)
{
	go_fetching();
	bench_say_records(&bench, 4);
}

static void go_space(void)
{
	bench_start_to_space(&bench, &seen_before);
}

static void go_deleting(void)
{
	go_space();
	(void)bench_say(&bench, PLENTY);
}

static void go_waiting(void)
{
	go_fetching();
	(void)bench_say(&bench, "OK");
}

static void go_closed(void)
{
	go_nowhere();
	smartcom_end(&bench.driver);
}

static const struct place places[] = {
	{ SMARTCOM_ECHO_OFF, go_nowhere },  { SMARTCOM_IDENTIFY, go_identify },
	{ SMARTCOM_FIRMWARE, go_firmware }, { SMARTCOM_OPENING, go_opening },
	{ SMARTCOM_TABLE, go_table },       { SMARTCOM_ROOM, go_room },
	{ SMARTCOM_FETCHING, go_fetching }, { SMARTCOM_COMMITTING, go_committing },
	{ SMARTCOM_SPACE, go_space },       { SMARTCOM_DELETING, go_deleting },
	{ SMARTCOM_WAITING, go_waiting },   { SMARTCOM_CLOSED, go_closed },
};

enum { PLACES = sizeof(places) / sizeof(places[0]) };

static void go(const struct place *place)
{
	bench_init(&bench);
	place->go();
	cr_assert_eq(bench.driver.state, place->state);
	bench_forget(&bench);
}

Test(smartcom, takes_marks_back_when_a_link_ends_in_any_state)
{
	cr_assert_eq(PLACES, SMARTCOM_STATE_COUNT);
	for (size_t i = 0; i < PLACES; i++) {
		enum smartcom_state state = places[i].state;
		bool is_marked = state == SMARTCOM_COMMITTING || state == SMARTCOM_SPACE;
		go(&places[i]);
		smartcom_end(&bench.driver);
		bench_expect(&bench, is_marked ? "not deleted" : "");
		cr_expect_eq(bench.driver.state, SMARTCOM_CLOSED);
		cr_expect_eq(bench.driver.memory.is_deletion_unknown,
			     state == SMARTCOM_DELETING, "%s",
			     smartcom_state_text(state));
		smartcom_end(&bench.driver);
		bench_expect(&bench, "");
	}
}

Test(smartcom, keeps_the_mark_of_an_unknown_deletion_when_a_link_ends)
{
	const struct smartcom_memory memory = unknown_since(bench.now_ms - 60000);
	bench_start_to_space(&bench, &memory);
	smartcom_end(&bench.driver);
	bench_expect(&bench, "");
	cr_expect(bench.driver.memory.is_deletion_unknown);
	cr_expect_eq(bench.driver.memory.unknown_since_ms, bench.now_ms - 60000);
}

Test(smartcom, collects_only_while_it_waits)
{
	for (size_t i = 0; i < PLACES; i++) {
		go(&places[i]);
		smartcom_on_collect(&bench.driver);
		bench_expect(&bench, places[i].state == SMARTCOM_WAITING
					     ? "reserve 4, " GET(4)
					     : "");
	}
}

Test(smartcom, ignores_answers_of_the_store_that_come_too_late)
{
	const struct smartcom_commit commit = { .is_committed = true, .count = 4 };
	for (size_t i = 0; i < PLACES; i++) {
		enum smartcom_state state = places[i].state;
		go(&places[i]);
		if (state != SMARTCOM_COMMITTING)
			smartcom_on_committed(&bench.driver, &commit);
		if (state != SMARTCOM_OPENING)
			smartcom_on_opened(&bench.driver, &first_ever);
		bench_expect(&bench, "");
		cr_expect_eq(bench.driver.state, state);
	}
}

Test(smartcom, has_a_name_for_every_state)
{
	for (size_t i = 0; i < PLACES; i++) {
		const char *text = smartcom_state_text(places[i].state);
		cr_assert_not_null(text);
		for (size_t j = 0; j < i; j++)
			cr_expect_str_neq(text, smartcom_state_text(places[j].state));
	}
}
