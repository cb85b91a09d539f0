/* SPDX-License-Identifier: MIT */
#include "server/commands/decode/cmd_decode.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

static const char wfh21[] = "685E5E6808007268170308653299068E0000000C13911800000B22730404"
			    "046D3510E214326C00000C"
			    "786817030806FD0C0A000100FA010DFD0B05313248465701FD0E004C1374"
			    "180000426CDF1C0F37FD17"
			    "0000000000000000027A2500027825004116";
static const char partial[] =
	"681F1F680801727856341224400107550000000C13270485023F0102030405060708098D16";
static const char encrypted[] = "681F1F6808017278563412244001075500"
				"10057A6C2020A5E73EBE1B344694696FA708C316";

static void redirect(void)
{
	cr_redirect_stdout();
	cr_redirect_stderr();
}

TestSuite(cmd_decode, .init = redirect);

/* Runs the command with up to three arguments and returns its exit status. */
static int run(const char *first, const char *second, const char *third)
{
	const char *const given[] = { "decode", first, second, third };
	static char copies[4][5200];
	char *argv[5] = { NULL };
	int argc = 0;

	for (; argc < 4 && given[argc] != NULL; argc++) {
		snprintf(copies[argc], sizeof copies[argc], "%s", given[argc]);
		argv[argc] = copies[argc];
	}
	return cmd_decode(argc, argv);
}

static void give_input(const char *text)
{
	FILE *input = cr_get_redirected_stdin();

	fputs(text, input);
	fclose(input);
}

/* Everything written to a redirected stream so far. */
static size_t read_back(FILE *(*stream)(void), char *ret_text, size_t capacity)
{
	size_t size;

	fflush(NULL);
	size = fread(ret_text, 1, capacity - 1, stream());
	ret_text[size] = '\0';
	return size;
}

static void expect_output(const char *wanted)
{
	char text[16384];

	read_back(cr_get_redirected_stdout, text, sizeof text);
	cr_assert(strstr(text, wanted) != NULL, "no '%s' in:\n%s", wanted, text);
}

static void expect_complaint(const char *wanted)
{
	char text[4096];

	read_back(cr_get_redirected_stderr, text, sizeof text);
	cr_assert(strstr(text, wanted) != NULL, "no '%s' in:\n%s", wanted, text);
}

Test(cmd_decode, a_telegram_is_a_header_and_a_table)
{
	cr_assert_eq(run(wfh21, NULL, NULL), 0);
	cr_assert_stdout_eq_str("frame          long\n"
				"id             08031768\n"
				"manufacturer   LSE (Landis Staefa electronic)\n"
				"version        153 (hex 99)\n"
				"medium         warm water (hex 06)\n"
				"product        Siemens WFH21\n"
				"address        0803176865329906\n"
				"access number  142\n"
				"status         00\n"
				"\n"
				" #  function       storage  tariff  subunit  quantity   "
				"                       "
				"                             value  unit  remark\n"
				" 0  instantaneous        0       0        0  volume     "
				"                       "
				"                             1.891  m3\n"
				" 1  instantaneous        0       0        0  on time    "
				"                       "
				"                         145702800  s\n"
				" 2  instantaneous        0       0        0  date time  "
				"                       "
				"               2015-04-02T16:53:00\n"
				" 3  error                0       0        0  date       "
				"                       "
				"                                          date invalid\n"
				" 4  instantaneous        0       0        0  "
				"fabrication number                "
				"                          08031768\n"
				" 5  instantaneous        0       0        0  model "
				"version                     "
				"                     2173253517322\n"
				" 6  instantaneous        0       0        0  parameter "
				"set identification      "
				"                             WFH21\n"
				" 7  instantaneous        0       0        0  firmware "
				"version                  "
				"                                 0\n"
				" 8  instantaneous        1       0        0  volume     "
				"                       "
				"                             1.874  m3\n"
				" 9  instantaneous        1       0        0  date       "
				"                       "
				"                        2014-12-31\n"
				"10  manufacturer         0       0        0  "
				"manufacturer specific         37FD"
				"170000000000000000027A250002782500\n");
}

Test(cmd_decode, columns_behind_a_degree_sign_stand_straight)
{
	/* 21.8 °C, then a BCD error: the remark stands behind the unit in its column. */
	cr_assert_eq(run("681717680801727856341224400107550000000A5A18020A5ABDEBDA16",
			 NULL, NULL),
		     0);
	expect_output("flow temperature         °C    bcd error\n");
}

Test(cmd_decode, json_is_valid_and_its_numbers_are_exact)
{
	char text[16384];
	json_t *object;
	const json_t *record;

	cr_assert_eq(run(wfh21, "--format", "json"), 0);
	read_back(cr_get_redirected_stdout, text, sizeof text);
	cr_assert(strstr(text, "\"value\":1.891,\"unit\":\"m3\"") != NULL, "%s", text);
	object = json_loads(text, 0, NULL);
	cr_assert_not_null(object);
	cr_assert_str_eq(json_string_value(json_object_get(object, "product")),
			 "Siemens WFH21");
	cr_assert_str_eq(json_string_value(json_object_get(object, "status")), "ok");
	cr_assert_eq(json_array_size(json_object_get(object, "records")), 11);
	record = json_array_get(json_object_get(object, "records"), 3);
	cr_assert(json_is_null(json_object_get(record, "value")));
	cr_assert_str_eq(json_string_value(json_object_get(record, "remark")),
			 "date invalid");
	json_decref(object);
}

Test(cmd_decode, the_format_may_be_joined_by_an_equals_sign)
{
	cr_assert_eq(run("--format=json", "E5", NULL), 0);
	expect_output("{\"frame\":\"acknowledgement\",\"records\":[]");
}

Test(cmd_decode, hex_may_be_spread_over_arguments_and_blanks)
{
	cr_assert_eq(run("10 5b", " 01", "5C\t16\n"), 0);
	expect_output("frame          short\n");
}

Test(cmd_decode, a_dash_reads_standard_input)
{
	give_input("10 5B 01 5C 16\r\n");
	cr_assert_eq(run("-", NULL, NULL), 0);
	expect_output("frame          short\n");
}

Test(cmd_decode, without_an_argument_standard_input_is_read)
{
	give_input("E5");
	cr_assert_eq(run(NULL, NULL, NULL), 0);
	expect_output("frame          acknowledgement\n");
}

Test(cmd_decode, a_partial_telegram_is_decoded_and_diagnosed)
{
	cr_assert_eq(run(partial, NULL, NULL), 0);
	expect_output("2850.427");
	expect_complaint("telegram partial: reserved DIF at byte 25");
}

Test(cmd_decode, an_encrypted_telegram_shows_its_header_and_fails)
{
	cr_assert_eq(run(encrypted, NULL, NULL), 1);
	expect_output("id             12345678\n");
	expect_complaint("telegram encrypted");
}

Test(cmd_decode, a_broken_frame_fails_by_the_name_of_its_check)
{
	cr_assert_eq(run("105B015D16", NULL, NULL), 1);
	expect_complaint("telegram malformed: checksum wrong");
}

Test(cmd_decode, what_is_no_hex_is_located)
{
	cr_assert_eq(run("685E5Ex8", NULL, NULL), 1);
	expect_complaint("character 0x78 after 6 hex digits");
}

Test(cmd_decode, half_a_byte_and_nothing_are_no_telegram)
{
	cr_assert_eq(run("E", NULL, NULL), 1);
	cr_assert_eq(run("", NULL, NULL), 1);
	expect_complaint("0 hex digits do not make a telegram");
}

Test(cmd_decode, too_much_hex_is_refused)
{
	static char text[5000];

	memset(text, '0', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	cr_assert_eq(run(text, NULL, NULL), 1);
	expect_complaint("one telegram at a time");
}

Test(cmd_decode, misuse_is_exit_status_2)
{
	cr_assert_eq(run("E5", "--format", "yaml"), 2);
	expect_complaint("--format is text, json, jsonl, csv, xml or explain, not yaml");
	cr_assert_eq(run("E5", "--format", NULL), 2);
	cr_assert_eq(run("--fromat", NULL, NULL), 2);
	expect_complaint("usage: readout decode");
}

Test(cmd_decode, control_characters_of_a_meter_do_not_reach_the_terminal)
{
	/* The customer's location is ESC [ C1-CSI. */
	cr_assert_eq(run("681616680801727856341224400107550000000DFD10039B5B1B7E16", NULL,
			 NULL),
		     0);
	expect_output("\\x1B[\\x9B");
}
