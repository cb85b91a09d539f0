/* SPDX-License-Identifier: MIT */
/* Who is it, in every way it can be said; and is anybody there. */
#include "smartcom_bench.h"

static struct bench bench;

static void setup(void)
{
	bench_init(&bench);
}

TestSuite(smartcom_identify, .init = setup);

static void start_with(enum smartcom_probe first, enum smartcom_probe second)
{
	bench.settings.probes[0] = first;
	bench.settings.probes[1] = second;
	bench.settings.probe_count = 2;
	bench.settings.first_line_ms = 3000;
	bench.settings.waits_for_line =
		first == SMARTCOM_PROBE_LINE || first == SMARTCOM_PROBE_REGISTRATION;
	smartcom_start(&bench.driver);
}

Test(smartcom_identify, takes_the_first_line_for_a_name)
{
	start_with(SMARTCOM_PROBE_LINE, SMARTCOM_PROBE_SERIAL);
	bench_expect(&bench, "");
	cr_expect_eq(bench.armed_ms, 3000);
	cr_expect(bench_say(&bench, "gateway-7"));
	(void)bench_say(&bench, "OK|F4.0|OK");
	bench_expect(&bench, "ATE0, ATI3, open gateway-7 [F4.0]");
}

Test(smartcom_identify, asks_on_when_no_first_line_comes)
{
	start_with(SMARTCOM_PROBE_LINE, SMARTCOM_PROBE_SERIAL);
	bench.now_ms += 3000;
	smartcom_on_timer(&bench.driver);
	(void)bench_say(&bench, "OK|MC9|OK");
	bench_expect(&bench, "ATE0, ATI4, ATI3");
}

Test(smartcom_identify, takes_a_registration_text_for_the_name_it_stands_for)
{
	start_with(SMARTCOM_PROBE_REGISTRATION, SMARTCOM_PROBE_SERIAL);
	(void)bench_say(&bench, "open sesame|OK|OK");
	bench_expect(&bench, "ATE0, ATI3, open ali-baba []");
	cr_expect(bench.driver.is_registered);
}

Test(smartcom_identify, takes_no_wrong_registration_text_for_a_name)
{
	start_with(SMARTCOM_PROBE_REGISTRATION, SMARTCOM_PROBE_SERIAL);
	(void)bench_say(&bench, "open barley|OK|MC9|OK");
	bench_expect(&bench, "ATE0, ATI4, ATI3");
	cr_expect_not(bench.driver.is_registered);
}

Test(smartcom_identify, takes_the_name_that_the_link_has_proved)
{
	bench.link_identity = "meter-room-3";
	start_with(SMARTCOM_PROBE_TLS, SMARTCOM_PROBE_SERIAL);
	(void)bench_say(&bench, "OK|OK");
	bench_expect(&bench, "ATE0, ATI3, open meter-room-3 []");
}

Test(smartcom_identify, asks_on_when_the_link_proves_nothing)
{
	static const char *const nothing[] = { NULL, "" };
	for (size_t i = 0; i < 2; i++) {
		bench_init(&bench);
		bench.link_identity = nothing[i];
		start_with(SMARTCOM_PROBE_TLS, SMARTCOM_PROBE_SERIAL);
		(void)bench_say(&bench, "OK");
		bench_expect(&bench, "ATE0, ATI4");
	}
}

Test(smartcom_identify, has_one_time_limit_for_all_of_it)
{
	start_with(SMARTCOM_PROBE_LINE, SMARTCOM_PROBE_SERIAL);
	bench.now_ms += 4500;
	(void)bench_say(&bench, "gateway-7");
	cr_expect_eq(bench.armed_ms, 500, "of 5000 from the connection on");
	bench.now_ms += 500;
	smartcom_on_timer(&bench.driver);
	bench_expect(&bench, "ATE0, close identify_timeout");
}

/* ---- quarantine ---- */

static void start_quarantined(void)
{
	bench.settings.idle_probe_ms = 60000;
	bench.settings.probe_timeout_ms = 300;
	smartcom_start(&bench.driver);
	(void)bench_say(&bench, "OK|MC9|OK|OK");
	smartcom_quarantine(&bench.driver);
	bench_forget(&bench);
}

Test(smartcom_identify, reads_nothing_of_a_terminal_in_quarantine)
{
	start_quarantined();
	bench_expect(&bench, "");
	cr_expect_eq(bench.armed_ms, 60000);
	smartcom_on_timer(&bench.driver);
	bench_expect(&bench, "AT");
	(void)bench_say(&bench, "OK");
	cr_expect_eq(bench.driver.state, SMARTCOM_QUARANTINED);
	smartcom_on_collect(&bench.driver);
	bench_expect(&bench, "");
}

Test(smartcom_identify, closes_a_link_in_quarantine_that_answers_no_more)
{
	start_quarantined();
	smartcom_on_timer(&bench.driver);
	smartcom_on_timer(&bench.driver);
	bench_expect(&bench, "AT, close half_open");
}

/* ---- is anybody there? ---- */

static void start_waiting(void)
{
	bench.settings.idle_probe_ms = 300000;
	bench.settings.probe_timeout_ms = 300;
	bench_start(&bench, &bench_seen_before);
	(void)bench_say(&bench, "OK");
	bench_forget(&bench);
	cr_assert_eq(bench.driver.state, SMARTCOM_WAITING);
}

Test(smartcom_identify, asks_now_and_then_whether_anybody_is_there)
{
	start_waiting();
	cr_expect_eq(bench.armed_ms, 300000, "of an interval of 900000");
	bench.now_ms += 300000;
	smartcom_on_timer(&bench.driver);
	bench_expect(&bench, "AT");
	cr_expect_eq(bench.armed_ms, 300);
	(void)bench_say(&bench, "OK");
	bench.now_ms += 300000;
	smartcom_on_timer(&bench.driver);
	(void)bench_say(&bench, "ERROR");
	bench_expect(&bench, "AT");
	cr_expect_eq(bench.driver.answers, 9 + 2, "an ERROR is an answer");
	cr_expect_eq(bench.armed_ms, 300000);
	bench.now_ms += 300000;
	smartcom_on_timer(&bench.driver);
	bench_expect(&bench, "reserve 4, " GET(4));
}

Test(smartcom_identify, finds_a_half_open_link)
{
	start_waiting();
	bench.now_ms += 300000;
	smartcom_on_timer(&bench.driver);
	smartcom_on_timer(&bench.driver);
	bench_expect(&bench, "AT, close half_open");
}

Test(smartcom_identify, begins_the_round_behind_a_probe_when_an_operator_wants_it)
{
	start_waiting();
	smartcom_probe(&bench.driver);
	smartcom_on_collect(&bench.driver);
	bench_expect(&bench, "AT");
	(void)bench_say(&bench, "OK");
	bench_expect(&bench, "reserve 4, " GET(4));
}

Test(smartcom_identify, asks_nobody_who_is_busy)
{
	bench_start(&bench, &bench_seen_before);
	smartcom_probe(&bench.driver);
	bench_expect(&bench, "");
}

/* ---- quiet hours and surveys ---- */

Test(smartcom_identify, begins_no_round_in_quiet_hours_unless_it_is_asked_to)
{
	bench.quiet_ms = 600000;
	smartcom_start(&bench.driver);
	(void)bench_say(&bench, "OK|MC9|OK|OK");
	smartcom_on_opened(&bench.driver, &bench_seen_before);
	bench_forget(&bench);
	(void)bench_say(&bench, "OK");
	bench_expect(&bench, "device []");
	cr_expect_eq(bench.armed_ms, 600000);
	smartcom_on_collect(&bench.driver);
	bench_expect(&bench, "reserve 4, " GET(4));
}

Test(smartcom_identify, looks_at_errors_and_fill_now_and_then)
{
	bench.settings.survey_ms = 3600000;
	smartcom_start(&bench.driver);
	(void)bench_say(&bench, "OK|MC9|OK|OK");
	smartcom_on_opened(&bench.driver, &bench_seen_before);
	(void)bench_say(&bench, "OK");
	bench_forget(&bench);
	(void)bench_say(&bench,
			"^SCERR: 72> 8,10|OK|^SCDATA: \"MESS_CNT\",12|OK|" PLENTY);
	bench_expect(&bench,
		     "error [^SCERR: 72> 8,10], AT^SCDATA=\"MESS_CNT\", stored 12, " SPACE
		     ", reserve 4, " GET(4));
	(void)bench_say(&bench, "OK");
	bench_forget(&bench);
	smartcom_on_timer(&bench.driver);
	bench_expect(&bench, "reserve 4, " GET(4));
	(void)bench_say(&bench, "OK");
	bench.now_ms += 3600000;
	smartcom_on_timer(&bench.driver);
	(void)bench_say(&bench, "ERROR|ERROR|ERROR");
	bench_expect(&bench, "round ended, AT^SCERR?, AT^SCDATA=\"MESS_CNT\", " SPACE
			     ", reserve 4, " GET(4));
}

Test(smartcom_identify, reads_the_whole_memory_where_nothing_is_deleted)
{
	bench.settings.keep_records = true;
	smartcom_start(&bench.driver);
	(void)bench_say(&bench, "OK|MC9|OK|OK");
	smartcom_on_opened(&bench.driver, &bench_seen_before);
	(void)bench_say(&bench, "OK");
	bench_forget(&bench);
	(void)bench_say(&bench, "^SCDATA: \"MESS_CNT\",120|OK");
	bench_expect(&bench, "stored 120, unreached 0, reserve 120, " GET(120));
	bench_say_records(&bench, 120);
	bench_commit(&bench, 120, true);
	bench_expect(&bench, "commit, round ended");
}

Test(smartcom_identify, tells_when_a_reply_no_longer_reaches_the_newest_record)
{
	bench.settings.keep_records = true;
	bench.settings.reply_bytes = 30000;
	smartcom_start(&bench.driver);
	(void)bench_say(&bench, "OK|MC9|OK|OK");
	smartcom_on_opened(&bench.driver, &bench_seen_before);
	(void)bench_say(&bench, "OK");
	bench_forget(&bench);
	(void)bench_say(&bench, "^SCDATA: \"MESS_CNT\",120|OK");
	bench_expect(&bench, "stored 120, unreached 20, reserve 100, " GET(100));
}
