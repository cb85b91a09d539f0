/* SPDX-License-Identifier: MIT */
#include "protocol/at/at_line.h"

#include <criterion/criterion.h>

#include "tests/unit/protocol/transcripts.h"

static struct at_line read_for(const struct at_command *command, const char *text)
{
	struct at_line line;
	at_line_read(span_text(text), command, &line);
	return line;
}

/* Reads text as an answer to AT^SCDATA="GET_OLDEST",3. */
static struct at_line read_get(const char *text)
{
	struct at_command command;
	at_command_get_oldest(&command, 3);
	return read_for(&command, text);
}

static struct at_line read_plain(const char *text)
{
	struct at_command command;
	at_command_plain(&command, "ATI4", "");
	return read_for(&command, text);
}

static void expect_error(const char *text, bool has_code, int64_t code)
{
	struct at_line line = read_get(text);
	cr_assert_eq(line.kind, AT_LINE_ERROR, "%s", text);
	cr_assert_eq(line.has_code, has_code, "%s", text);
	cr_assert_eq(line.code, code, "%s", text);
}

Test(at_line, a_record_is_information_with_and_without_blank_in_any_case)
{
	cr_assert_eq(read_get(RECORD_MBUS).kind, AT_LINE_INFO);
	cr_assert_eq(read_get(RECORD_IEC).kind, AT_LINE_INFO);
	cr_assert_eq(read_get("^SCDATA:\"AMS\",1,2").kind, AT_LINE_INFO);
	cr_assert_eq(read_get("^scdata: 1").kind, AT_LINE_INFO);
}

Test(at_line, information_is_trimmed)
{
	struct at_line line = read_get(" \t^SCDATA: 1 \t ");
	cr_assert(span_equal(line.info, span_text("^SCDATA: 1")));
}

Test(at_line, knows_the_echo_in_any_case)
{
	cr_assert_eq(read_get("AT^SCDATA=\"GET_OLDEST\",3").kind, AT_LINE_ECHO);
	cr_assert_eq(read_get(" at^scdata=\"get_oldest\",3 ").kind, AT_LINE_ECHO);
	cr_assert_eq(read_get("AT^SCDATA=\"GET_OLDEST\",30").kind, AT_LINE_STRAY);
	cr_assert_eq(read_get("AT^SCDATA=\"GET_OLDEST\"").kind, AT_LINE_STRAY);
	cr_assert_eq(read_plain("ATI4").kind, AT_LINE_ECHO);
}

Test(at_line, ok_ends_a_command)
{
	cr_assert_eq(read_get("OK").kind, AT_LINE_OK);
	cr_assert_eq(read_get(" ok ").kind, AT_LINE_OK);
	cr_assert_eq(read_plain("OK").kind, AT_LINE_OK);
	cr_assert_eq(read_get("OKAY").kind, AT_LINE_STRAY);
}

Test(at_line, error_comes_with_or_without_a_number)
{
	expect_error("ERROR", false, 0);
	expect_error("error ", false, 0);
	expect_error("ERROR 3", true, 3);
	expect_error("ERROR: 3", true, 3);
	expect_error("ERROR:3", true, 3);
	expect_error("+CME ERROR: 11", true, 11);
	expect_error("+CMS ERROR:500", true, 500);
	expect_error("+CME ERROR: SIM busy", false, 0);
	expect_error("ERROR 99999999999999999999", false, 0);
	cr_assert_eq(read_get("ERRORS").kind, AT_LINE_STRAY);
	cr_assert_eq(read_get("+CMX ERROR: 1").kind, AT_LINE_STRAY);
}

Test(at_line, what_nobody_asked_for_is_stray)
{
	cr_assert_eq(read_get("alarm1").kind, AT_LINE_STRAY);
	cr_assert_eq(read_get(SCAMS_ENABLE).kind, AT_LINE_STRAY);
	cr_assert_eq(read_get("^SCDATA").kind, AT_LINE_STRAY);
	cr_assert_eq(read_get("   ").kind, AT_LINE_STRAY);
	cr_assert_eq(read_get("\"OK\"").kind, AT_LINE_STRAY);
}

Test(at_line, a_plain_command_takes_any_line_but_tagged_ones)
{
	struct at_line line = read_plain(" 50-1945-0125 ");
	cr_assert_eq(line.kind, AT_LINE_INFO);
	cr_assert(span_equal(line.info, span_text("50-1945-0125")));
	cr_assert_eq(read_plain("^SCTERMINAL: 1").kind, AT_LINE_STRAY);
	cr_assert_eq(read_plain("+CREG: 1").kind, AT_LINE_STRAY);
	cr_assert_eq(read_plain("  ").kind, AT_LINE_STRAY);
}

static void expect_number(const char *text, int64_t expected)
{
	int64_t number = -1;
	cr_assert(at_line_number(span_text(text), &number), "%s", text);
	cr_assert_eq(number, expected, "%s", text);
}

static void expect_no_number(const char *text)
{
	int64_t number = -1;
	cr_assert_not(at_line_number(span_text(text), &number), "%s", text);
	cr_assert_eq(number, -1, "%s", text);
}

Test(at_line, finds_the_number_of_a_count_with_or_without_its_name)
{
	expect_number("^SCDATA: \"GET_SPACE\",1000", 1000);
	expect_number("^SCDATA: 1000", 1000);
	expect_number("^SCDATA:1000", 1000);
	expect_number("^SCDATA: \"32\" , 7 ", 7);
	expect_number("^SCDATA: 1000 bytes", 1000);
	expect_number("^SCDATA: MESS_CNT,5,6", 5);
	expect_number("^SCDATA: -5", -5);
	expect_number("^SCDATA: 9223372036854775807", INT64_MAX);
}

Test(at_line, finds_no_number_where_none_is)
{
	expect_no_number("");
	expect_no_number("1000");
	expect_no_number("^SCDATA:");
	expect_no_number("^SCDATA: \"1000\"");
	expect_no_number("^SCDATA: SC2");
	expect_no_number("^SCDATA: -");
	expect_no_number("^SCDATA: 9223372036854775808");
	expect_no_number("^SCDATA: \"12,5");
}
