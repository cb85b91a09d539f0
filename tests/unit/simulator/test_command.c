/* SPDX-License-Identifier: MIT */
/* Answers byte for byte, in the forms of the vendor's transcripts. */
#include "tests/simulator/outbox.h"

#include <criterion/criterion.h>
#include <string.h>

static const int64_t NOW_S = 1449586862;

static struct options options;
static struct terminal terminal;
static struct outbox outbox;
static char answer[65536];
static size_t answer_size;

static void set_up(void)
{
	options_default(&options);
	options.history = 0;
	options.style.line_end = "\n";
}

static void make_terminal(void)
{
	terminal_init(&terminal, &options, 125, NOW_S, NULL, NULL);
	terminal.sequence = 3;
}

static void tear_down(void)
{
	terminal_free(&terminal);
}

TestSuite(command, .init = set_up, .fini = tear_down);

/* What a link does, without a link. */
static void ask(const char *line)
{
	struct command_result result;
	bool is_dropped = false;
	const char *bytes;
	size_t size;

	answer_size = 0;
	outbox_init(&outbox, &terminal);
	command_run(&terminal, line, strlen(line), &outbox.text, &result);
	if (result.kind == COMMAND_GET)
		outbox_list(&outbox, result.count);
	if (result.kind == COMMAND_DELETE)
		ring_delete_oldest(&terminal.ring, result.count);
	outbox.final = result.final;
	while ((size = outbox_peek(&outbox, &bytes, &is_dropped)) > 0) {
		memcpy(answer + answer_size, bytes, size);
		answer_size += size;
		outbox_take(&outbox, size);
	}
	answer[answer_size] = '\0';
	cr_assert(!is_dropped);
}

static void make_history(uint32_t records)
{
	options.history = records;
	make_terminal();
}

Test(command, answers_at_in_any_case)
{
	make_terminal();
	ask("AT");
	cr_assert_str_eq(answer, "OK\n");
	ask("ate0");
	cr_assert_str_eq(answer, "OK\n");
}

Test(command, says_who_it_is)
{
	make_terminal();
	ask("ATI");
	cr_assert_str_eq(answer, "SmartCOM PRO ETH\nOK\n");
	ask("ati3");
	cr_assert_str_eq(answer, "1.13.6.13.15\nOK\n");
	ask("ATI4");
	cr_assert_str_eq(answer, "50-1945-0125\nOK\n");
	ask("AT+GSN");
	cr_assert_str_eq(answer, "355915030001259\nOK\n");
}

Test(command, counts_serial_numbers_on_into_the_middle_group)
{
	char serial[SERIAL_SIZE];

	terminal_init(&terminal, &options, 99999, NOW_S, NULL, NULL);
	terminal_serial(&terminal, serial);
	cr_assert_str_eq(serial, "50-1954-9999");
}

Test(command, lists_the_sub_commands_of_the_memory)
{
	make_terminal();
	ask("AT^SCDATA=?");
	cr_assert_str_eq(answer, "^SCDATA: \"MESS_CNT\"\n"
				 "^SCDATA: \"GET_SPACE\"\n"
				 "^SCDATA: \"GET_OLDEST\"\n"
				 "^SCDATA: \"GET_FILTERED\",\"0-150\"\n"
				 "^SCDATA: \"DEL_OLDEST\"\n"
				 "^SCDATA: \"DEL_ALL\"\n"
				 "OK\n");
}

Test(command, shows_the_device_table)
{
	static const enum meter_kind KINDS[] = { METER_WMBUS, METER_WATER, METER_PULSE };

	memcpy(options.kinds, KINDS, sizeof KINDS);
	make_terminal();
	ask("at^scams?");
	/* The wireless meter is not in the table, so the second is the first. */
	cr_assert_str_eq(answer, "^SCAMS: \"ENABLE\",1\n"
				 "^SCAMS: \"RETRY\",0\n"
				 "^SCAMS: \"DEV_CNT\",2\n"
				 "^SCAMS: 1> 2,\"MBUS\",\"*08039705@2400\",\"15M\"\n"
				 "^SCAMS: 2> 128,\"AIN_DIN\",\"1/PULSE/ABS\",\"15M\"\n"
				 "OK\n");
}

Test(command, shows_an_empty_device_table)
{
	options.kinds[0] = METER_WMBUS;
	options.kind_count = 1;
	make_terminal();
	ask("AT^SCAMS?");
	cr_assert_str_eq(answer, "^SCAMS: \"ENABLE\",1\n^SCAMS: \"RETRY\",0\n"
				 "^SCAMS: NO DEVICE\nOK\n");
}

Test(command, shows_port_and_error_buffer)
{
	make_terminal();
	ask("AT^SCPORT2?");
	cr_assert_str_eq(answer, "^SCPORT2: \"BAUDRATE\",2400\n"
				 "^SCPORT2: \"DATA_BITS\",8\n"
				 "^SCPORT2: \"STOP_BITS\",1\n"
				 "^SCPORT2: \"PARITY\",1\n"
				 "OK\n");
	ask("AT^SCERR?");
	cr_assert_str_eq(answer, "^SCERR: 72> 8,10\nOK\n");
}

Test(command, answers_error_to_what_it_does_not_know)
{
	static const char *const LINES[] = {
		"AT^SCFOO?",
		"ATI9",
		"hello",
		"AT^SCDATA=\"GET_FILTERED\",\"RECORD_TYPE=AMS\"",
		"AT^SCDATA=\"GET_OLDEST\",x",
		"AT^SCDATA=\"DEL_OLDEST\",-1",
		"AT^SCDATA=\"DEL\"",
		"AT^SCDATA=",
	};

	make_history(5);
	for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++) {
		ask(LINES[i]);
		cr_assert_str_eq(answer, "ERROR\n", "%s", LINES[i]);
	}
	cr_assert_eq(terminal.ring.count, 5);
}

Test(command, answers_error_to_an_endless_line)
{
	char line[300];

	make_terminal();
	memset(line, 'A', sizeof line - 1);
	line[sizeof line - 1] = '\0';
	ask(line);
	cr_assert_str_eq(answer, "ERROR\n");
}

Test(command, counts_records_and_space_in_both_forms)
{
	options.meters = 1;
	make_history(2);
	ask("AT^SCDATA=\"MESS_CNT\"");
	cr_assert_str_eq(answer, "^SCDATA: \"MESS_CNT\",2\nOK\n");
	ask("AT^SCDATA=\"GET_SPACE\"");
	/* Two records of a WFH21: 32 and 100 bytes each. */
	cr_assert_str_eq(answer, "^SCDATA: \"GET_SPACE\",1048312\nOK\n");
	options.style.has_plain_count = true;
	ask("AT^SCDATA=\"MESS_CNT\"");
	cr_assert_str_eq(answer, "^SCDATA: 2\nOK\n");
}

/* A record line as the transcripts have it, around a payload that a meter gives. */
static void expect_record(enum meter_kind kind, const char *head)
{
	options.kinds[0] = kind;
	options.kind_count = 1;
	options.meters = 1;
	make_terminal();
	options.interval_ms = 1000;
	terminal_make_round(&terminal, NOW_S, false);
	ask("at^scdata=\"get_oldest\", 2");
	cr_assert_eq(strncmp(answer, head, strlen(head)), 0, "%s", answer);
	cr_assert_str_eq(answer + answer_size - 5, "\"\nOK\n");
}

Test(command, prints_a_record_of_a_wired_meter)
{
	expect_record(METER_WATER, "^SCDATA: \"AMS\",1449586862,4,\"MBUS\",1,0,\"\","
				   "\"685E5E6808007204970308653299");
}

Test(command, prints_a_record_of_a_wireless_meter)
{
	expect_record(METER_WMBUS, "^SCDATA: \"WMBUS\",1449586862,4,-");
	cr_assert_not_null(strstr(answer, ",20,\"44B40904970308"));
}

Test(command, prints_a_record_of_an_input)
{
	expect_record(METER_PULSE,
		      "^SCDATA: \"AMS\",1449586862,4,\"AIN_DIN\",1,0,\"\",\"");
}

Test(command, prints_a_block_of_lines_inside_quotes)
{
	expect_record(METER_IEC, "^SCDATA: \"AMS\",1449586862,4,\"IEC62056-21\",1,0,"
				 "\"ZE310.iv30_012\",\"F.F(000000)\nC.1.0(08039704)\n");
	cr_assert_str_eq(answer + answer_size - 17, "\n0.4.2(001)\n\"\nOK\n");
}

Test(command, prints_a_record_of_an_unknown_protocol)
{
	expect_record(METER_UNKNOWN,
		      "^SCDATA: \"AMS\",1449586862,4,\"Unknown\",1,0,\"\",");
}

Test(command, prints_a_failed_read_with_its_code_and_no_data)
{
	expect_record(METER_DEAD, "^SCDATA: \"AMS\",1449586862,4,\"MBUS\",1,131082,\"\","
				  "\"\"\nOK\n");
}

Test(command, prints_one_record_when_no_number_is_given)
{
	make_history(5);
	ask("AT^SCDATA=\"GET_OLDEST\"");
	cr_assert_eq(terminal.ring.totals.sent, 1);
}

Test(command, prints_what_is_there_when_more_is_asked_for)
{
	make_history(300);
	ask("AT^SCDATA=\"GET_OLDEST\",4000000000");
	cr_assert_eq(terminal.ring.totals.sent, 300);
	cr_assert_str_eq(answer + answer_size - 5, "\"\nOK\n");
	ask("AT^SCDATA=\"MESS_CNT\"");
	cr_assert_str_eq(answer, "^SCDATA: \"MESS_CNT\",300\nOK\n");
}

Test(command, deletes_the_oldest_and_keeps_the_rest)
{
	make_history(5);
	ask("AT^SCDATA=\"GET_OLDEST\",3");
	ask("AT^SCDATA=\"DEL_OLDEST\",2");
	cr_assert_str_eq(answer, "OK\n");
	cr_assert_eq(terminal.ring.count, 3);
	cr_assert_eq(terminal.ring.totals.deleted_unsent, 0);
	ask("AT^SCDATA=\"DEL_ALL\"");
	cr_assert_eq(terminal.ring.count, 0);
	cr_assert_eq(terminal.ring.totals.deleted_unsent, 2);
}

Test(command, answers_for_an_empty_memory_in_both_forms)
{
	make_terminal();
	ask("AT^SCDATA=\"GET_OLDEST\",3");
	cr_assert_str_eq(answer, "OK\n");
	options.style.is_empty_error = true;
	ask("AT^SCDATA=\"GET_OLDEST\",3");
	cr_assert_str_eq(answer, "ERROR\n");
}

Test(command, follows_every_switch_of_style)
{
	make_terminal();
	options.style = (struct style){ .line_end = "\r\n", .has_blank_lines = true };
	ask("AT^SCERR?");
	cr_assert_str_eq(answer, "\r\n^SCERR:72> 8,10\r\n\r\nOK\r\n");
}
