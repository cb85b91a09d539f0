/* SPDX-License-Identifier: MIT */
/*
 * The dialogue command by command, up to the first round. The rounds are in
 * test_smartcom_rounds.c, what holds in every state in test_smartcom_states.c, and what
 * holds whatever happens in test_smartcom_model.c.
 */
#include "smartcom_bench.h"

static struct bench bench;

static void setup(void)
{
	bench_init(&bench);
}

TestSuite(smartcom, .init = setup);

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
	smartcom_on_opened(&bench.driver, &bench_first_ever);
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
	bench_start_to_space(&bench, &bench_seen_before);
	(void)bench_say(&bench, PLENTY "|OK");
	bench_say_records(&bench, 4);
	bench_forget(&bench);
	bench_commit(&bench, 4, true);
	bench_expect(&bench, DEL(3));
	(void)bench_say(&bench, "OK");
	bench_say_records(&bench, 4);
	bench_forget(&bench);
	bench.now_ms += (uint64_t)1000 * 3600 * 24 * 30;
	bench_commit(&bench, 4, true);
	cr_expect_neq(bench.driver.state, SMARTCOM_DELETING, "a month old is too old");
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
	smartcom_on_opened(&bench.driver, &bench_first_ever);
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
	smartcom_on_opened(&bench.driver, &bench_first_ever);
	(void)bench_say(&bench, "^SCAMS: >1,");
	bench_forget(&bench);
	smartcom_on_timer(&bench.driver);
	bench_expect(&bench, "close exchange_timeout");
}

Test(smartcom, takes_an_error_to_get_oldest_for_an_empty_memory)
{
	bench_start(&bench, &bench_first_ever);
	(void)bench_say(&bench, "ERROR");
	bench_expect(&bench, "round ended");
	cr_expect_eq(bench.driver.state, SMARTCOM_WAITING);
}

Test(smartcom, goes_on_expecting_the_overlap_after_an_error_to_get_oldest)
{
	bench_start(&bench, &bench_seen_before);
	(void)bench_say(&bench, "ERROR");
	bench_expect(&bench, "round ended");
	cr_expect(bench.driver.memory.has_records);
}

Test(smartcom, keeps_the_records_that_came_before_an_error_and_deletes_none)
{
	bench_start(&bench, &bench_first_ever);
	(void)bench_say(&bench, "^SCDATA: 1|^SCDATA: 2|ERROR");
	bench_expect(&bench, "commit");
}

Test(smartcom, remembers_a_refused_deletion_as_unknown)
{
	bench_start_to_space(&bench, &bench_seen_before);
	(void)bench_say(&bench, PLENTY);
	bench_forget(&bench);
	(void)bench_say(&bench, "ERROR 4");
	bench_expect(&bench, "event delete_refused, round ended");
	cr_expect(bench.driver.memory.is_deletion_unknown);
	cr_expect_eq(bench.armed_ms, 60000, "it must settle before it is tried again");
}

Test(smartcom, calls_lines_stray_that_nobody_asked_for)
{
	bench_start(&bench, &bench_first_ever);
	cr_expect_not(bench_say(&bench, "^SYSSTART"));
	bench_say_records(&bench, 1);
	cr_expect_not(bench_say(&bench, "OK"), "nothing is in flight while it commits");
	cr_expect_eq(bench.driver.state, SMARTCOM_COMMITTING);
}

Test(smartcom, closes_when_more_records_come_than_asked_for)
{
	bench_start(&bench, &bench_first_ever);
	(void)bench_say(&bench, "^SCDATA: 1|^SCDATA: 2|^SCDATA: 3|^SCDATA: 4");
	bench_expect(&bench, "");
	(void)bench_say(&bench, "^SCDATA: 5");
	bench_expect(&bench, "close too_many_records");
	cr_expect_eq(bench.driver.ended_in, SMARTCOM_FETCHING);
}

Test(smartcom, closes_when_a_record_cannot_be_taken)
{
	bench_start(&bench, &bench_first_ever);
	bench.takes_records = false;
	(void)bench_say(&bench, "^SCDATA: 1");
	bench_expect(&bench, "close queue_full");
}
