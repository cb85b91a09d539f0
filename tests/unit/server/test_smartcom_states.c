/* SPDX-License-Identifier: MIT */
/* What the end of a link, a collect and late answers do in every state. */
#include "smartcom_bench.h"

static struct bench bench;

static void setup(void)
{
	bench_init(&bench);
}

TestSuite(smartcom_states, .init = setup);

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

static void go_quarantined(void)
{
	go_opening();
	smartcom_quarantine(&bench.driver);
}

static void go_table(void)
{
	go_opening();
	smartcom_on_opened(&bench.driver, &bench_seen_before);
}

static void go_errors(void)
{
	bench.settings.survey_ms = 3600000;
	go_table();
	(void)bench_say(&bench, "OK");
}

static void go_counting(void)
{
	go_errors();
	(void)bench_say(&bench, "OK");
}

static void go_room(void)
{
	go_table();
	bench.has_room = false;
	(void)bench_say(&bench, "OK");
}

static void go_fetching(void)
{
	bench_start(&bench, &bench_seen_before);
}

static void go_committing(void)
{
	go_fetching();
	bench_say_records(&bench, 4);
}

static void go_space(void)
{
	bench_start_to_space(&bench, &bench_seen_before);
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

static void go_probing(void)
{
	go_waiting();
	smartcom_probe(&bench.driver);
}

static void go_greeting(void)
{
	bench.settings.waits_for_line = true;
	go_nowhere();
}

static void go_closed(void)
{
	go_nowhere();
	smartcom_end(&bench.driver);
}

static const struct place places[] = {
	{ SMARTCOM_GREETING, go_greeting },
	{ SMARTCOM_QUARANTINED, go_quarantined },
	{ SMARTCOM_ERRORS, go_errors },
	{ SMARTCOM_COUNTING, go_counting },
	{ SMARTCOM_PROBING, go_probing },
	{ SMARTCOM_ECHO_OFF, go_nowhere },
	{ SMARTCOM_IDENTIFY, go_identify },
	{ SMARTCOM_FIRMWARE, go_firmware },
	{ SMARTCOM_OPENING, go_opening },
	{ SMARTCOM_TABLE, go_table },
	{ SMARTCOM_ROOM, go_room },
	{ SMARTCOM_FETCHING, go_fetching },
	{ SMARTCOM_COMMITTING, go_committing },
	{ SMARTCOM_SPACE, go_space },
	{ SMARTCOM_DELETING, go_deleting },
	{ SMARTCOM_WAITING, go_waiting },
	{ SMARTCOM_CLOSED, go_closed },
};

enum { PLACES = sizeof(places) / sizeof(places[0]) };

static void go(const struct place *place)
{
	bench_init(&bench);
	place->go();
	cr_assert_eq(bench.driver.state, place->state);
	bench_forget(&bench);
}

Test(smartcom_states, takes_marks_back_when_a_link_ends_in_any_state)
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

Test(smartcom_states, keeps_the_mark_of_an_unknown_deletion_when_a_link_ends)
{
	const struct smartcom_memory memory = bench_unknown_since(bench.now_ms - 60000);
	bench_start_to_space(&bench, &memory);
	smartcom_end(&bench.driver);
	bench_expect(&bench, "");
	cr_expect(bench.driver.memory.is_deletion_unknown);
	cr_expect_eq(bench.driver.memory.unknown_since_ms, bench.now_ms - 60000);
}

Test(smartcom_states, collects_only_while_it_waits)
{
	for (size_t i = 0; i < PLACES; i++) {
		go(&places[i]);
		smartcom_on_collect(&bench.driver);
		bench_expect(&bench, places[i].state == SMARTCOM_WAITING
					     ? "reserve 4, " GET(4)
					     : "");
	}
}

Test(smartcom_states, ignores_answers_of_the_store_that_come_too_late)
{
	const struct smartcom_commit commit = { .is_committed = true, .count = 4 };
	for (size_t i = 0; i < PLACES; i++) {
		enum smartcom_state state = places[i].state;
		go(&places[i]);
		if (state != SMARTCOM_COMMITTING)
			smartcom_on_committed(&bench.driver, &commit);
		if (state != SMARTCOM_OPENING)
			smartcom_on_opened(&bench.driver, &bench_first_ever);
		bench_expect(&bench, "");
		cr_expect_eq(bench.driver.state, state);
	}
}

Test(smartcom_states, has_a_name_for_every_state)
{
	for (size_t i = 0; i < PLACES; i++) {
		const char *text = smartcom_state_text(places[i].state);
		cr_assert_not_null(text);
		for (size_t j = 0; j < i; j++)
			cr_expect_str_neq(text, smartcom_state_text(places[j].state));
	}
}

Test(smartcom_states, new_settings_cut_a_wait_short_and_never_make_it_longer)
{
	bench_start(&bench, &bench_first_ever);
	cr_expect_not(smartcom_takes_settings(&bench.driver));
	(void)bench_say(&bench, "OK");
	cr_assert_eq(bench.driver.state, SMARTCOM_WAITING);
	cr_assert(smartcom_takes_settings(&bench.driver));
	uint64_t before_ms = bench.driver.wait_until_ms;
	bench.interval_ms = 2 * 900000;
	smartcom_on_settings(&bench.driver);
	cr_expect_eq(bench.driver.wait_until_ms, before_ms);
	bench.interval_ms = 1000;
	smartcom_on_settings(&bench.driver);
	cr_expect_eq(bench.driver.wait_until_ms, bench.now_ms + 1000);
}

Test(smartcom_states, new_settings_let_a_terminal_out_of_quarantine)
{
	smartcom_start(&bench.driver);
	(void)bench_say(&bench, "OK|MC900000012345|OK|F 4.0|OK");
	smartcom_quarantine(&bench.driver);
	cr_assert(smartcom_takes_settings(&bench.driver));
	smartcom_on_settings(&bench.driver);
	cr_expect_eq(bench.driver.state, SMARTCOM_OPENING);
	smartcom_on_opened(&bench.driver, &bench_first_ever);
	cr_expect_eq(bench.driver.state, SMARTCOM_TABLE);
}
