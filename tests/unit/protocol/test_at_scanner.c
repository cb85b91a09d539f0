/* SPDX-License-Identifier: MIT */
#include "protocol/at/at_scanner.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/unit/protocol/transcripts.h"

enum { LINES_MAX = 32, TEXT_MAX = 2048 };

/* The lines that came out, joined: each one in brackets. */
struct result {
	char text[TEXT_MAX];
	size_t size;
	size_t buffered; /* bytes left in the reader's buffer */
};

/* The buffer that a link keeps, with the scanner on it. */
struct reader {
	struct at_scanner scanner;
	char buffer[TEXT_MAX];
	size_t size;
};

static void result_add(struct result *result, struct span line)
{
	int written = snprintf(result->text + result->size, TEXT_MAX - result->size,
			       "[%.*s]", (int)line.size, (const char *)line.data);
	result->size += (size_t)written;
}

static void reader_feed(struct reader *reader, const char *bytes, size_t size,
			struct result *result)
{
	memcpy(reader->buffer + reader->size, bytes, size);
	reader->size += size;
	for (bool found = true; found;) {
		struct span line;
		size_t consumed;
		found = at_scanner_line(&reader->scanner,
					span_of(reader->buffer, reader->size), &line,
					&consumed);
		if (found)
			result_add(result, line);
		reader->size -= consumed;
		memmove(reader->buffer, reader->buffer + consumed, reader->size);
	}
	result->buffered = reader->size;
}

/* Feeds text in pieces of the given size after a first piece of its own size. */
static struct result feed(const char *text, size_t first, size_t piece)
{
	struct result result = { 0 };
	struct reader reader = { 0 };
	size_t size = strlen(text);
	at_scanner_init(&reader.scanner);
	reader_feed(&reader, text, first, &result);
	for (size_t at = first; at < size; at += piece) {
		size_t count = size - at < piece ? size - at : piece;
		reader_feed(&reader, text + at, count, &result);
	}
	return result;
}

/* Whole, in two pieces at every position, and byte by byte: always the same lines. */
static void expect_lines(const char *text, const char *lines)
{
	size_t size = strlen(text);
	for (size_t first = 0; first <= size; first++) {
		struct result result = feed(text, first, size);
		cr_assert_str_eq(result.text, lines, "split at %zu", first);
		cr_assert_eq(result.buffered, 0, "split at %zu", first);
	}
	cr_assert_str_eq(feed(text, 0, 1).text, lines, "byte by byte");
}

/* The same lines whatever ends them: each LF of text outside quotes becomes end. */
static void expect_lines_ended_by(const char *text, const char *end, const char *lines)
{
	char changed[TEXT_MAX] = "";
	size_t size = 0;
	bool is_quoted = false;
	for (; *text != '\0'; text++) {
		is_quoted ^= *text == '"';
		if (*text == '\n' && !is_quoted)
			size += (size_t)snprintf(changed + size, TEXT_MAX - size, "%s",
						 end);
		else
			changed[size++] = *text;
	}
	changed[size] = '\0';
	expect_lines(changed, lines);
}

static void expect_lines_under_all_ends(const char *text, const char *lines)
{
	expect_lines_ended_by(text, "\n", lines);
	expect_lines_ended_by(text, "\r", lines);
	expect_lines_ended_by(text, "\r\n", lines);
	expect_lines_ended_by(text, "\r\r\n", lines);
	expect_lines_ended_by(text, "\r\n\r\n", lines);
}

Test(at_scanner, cuts_the_sub_command_list_of_scdata)
{
	expect_lines_under_all_ends(
		TRANSCRIPT_TEST_FORM,
		"[AT^SCDATA=?][^SCDATA: \"MESS_CNT\"][^SCDATA: \"GET_SPACE\"]"
		"[^SCDATA: \"GET_OLDEST\"][^SCDATA: \"GET_FILTERED\",\"0-150\"]"
		"[^SCDATA: \"DEL_OLDEST\"][^SCDATA: \"DEL_ALL\"][OK]");
}

Test(at_scanner, cuts_wired_and_wireless_records)
{
	expect_lines_under_all_ends(
		"at^scdata=\"get_oldest\",2\n" RECORD_MBUS "\n" RECORD_WMBUS "\nOK\n",
		"[at^scdata=\"get_oldest\",2][" RECORD_MBUS "][" RECORD_WMBUS "][OK]");
}

Test(at_scanner, cuts_the_three_records_of_an_electricity_meter)
{
	expect_lines_under_all_ends("AT^SCDATA=\"GET_OLDEST\",3\n" RECORD_PRO380_1
				    "\n" RECORD_PRO380_2 "\n" RECORD_PRO380_3 "\nOK\n",
				    "[AT^SCDATA=\"GET_OLDEST\",3][" RECORD_PRO380_1
				    "][" RECORD_PRO380_2 "][" RECORD_PRO380_3 "][OK]");
}

Test(at_scanner, cuts_input_records)
{
	expect_lines_under_all_ends("at^scdata=\"get_oldest\",50\n" RECORD_INPUT_1
				    "\n" RECORD_INPUT_2 "\n" RECORD_INPUT_3 "\n",
				    "[at^scdata=\"get_oldest\",50][" RECORD_INPUT_1
				    "][" RECORD_INPUT_2 "][" RECORD_INPUT_3 "]");
}

Test(at_scanner, keeps_an_iec_block_with_its_line_breaks_in_one_line)
{
	expect_lines_under_all_ends("AT^SCDATA=\"GET_OLDEST\",1\n" RECORD_IEC "\nOK\n",
				    "[AT^SCDATA=\"GET_OLDEST\",1][" RECORD_IEC "][OK]");
}

Test(at_scanner, cuts_the_device_tables)
{
	expect_lines_under_all_ends(
		"AT^SCAMS?\n" SCAMS_ENABLE "\n" SCAMS_RETRY "\n" SCAMS_NONE "\n",
		"[AT^SCAMS?][" SCAMS_ENABLE "][" SCAMS_RETRY "][" SCAMS_NONE "]");
	expect_lines_under_all_ends("AT^SCAMS?\n" SCAMS_ENABLE "\n" SCAMS_RETRY
				    "\n" SCAMS_DEVICE_COUNT "\n" SCAMS_ROW_MBUS "\n",
				    "[AT^SCAMS?][" SCAMS_ENABLE "][" SCAMS_RETRY
				    "][" SCAMS_DEVICE_COUNT "][" SCAMS_ROW_MBUS "]");
}

Test(at_scanner, passes_over_empty_lines)
{
	expect_lines("\r\n\r\nOK\r\n\n\n\r\rERROR 3\r\n\r\n", "[OK][ERROR 3]");
	expect_lines("", "");
	expect_lines("\r\n\n\r", "");
}

Test(at_scanner, treats_zero_and_high_bytes_as_any_other)
{
	struct at_scanner scanner;
	struct span line;
	size_t consumed;
	at_scanner_init(&scanner);
	cr_assert(at_scanner_line(&scanner, span_of("\0\xFF\n", 3), &line, &consumed));
	cr_assert_eq(line.size, 2);
	cr_assert_eq(consumed, 3);
}

Test(at_scanner, asks_for_more_while_a_line_is_open)
{
	struct at_scanner scanner;
	struct span line = { 0 };
	size_t consumed;
	at_scanner_init(&scanner);
	cr_assert_not(at_scanner_line(&scanner, span_text("\r\nOK"), &line, &consumed));
	cr_assert_eq(consumed, 2, "only the empty line may go");
	cr_assert_eq(scanner.scanned, 2, "and OK has been looked at");
	cr_assert_null(line.data);
	cr_assert(at_scanner_line(&scanner, span_text("OK\r"), &line, &consumed));
	cr_assert_eq(consumed, 3);
	cr_assert_eq(scanner.scanned, 0);
}

Test(at_scanner, takes_an_empty_buffer_without_bytes)
{
	struct at_scanner scanner;
	struct span line;
	size_t consumed = 1;
	at_scanner_init(&scanner);
	cr_assert_not(at_scanner_line(&scanner, (struct span){ 0 }, &line, &consumed));
	cr_assert_eq(consumed, 0);
}

Test(at_scanner, knows_when_a_reply_breaks_off_inside_quotes)
{
	struct at_scanner scanner;
	struct span line;
	size_t consumed;
	at_scanner_init(&scanner);
	cr_assert_not(at_scanner_is_in_quotes(&scanner));
	cr_assert_not(at_scanner_line(&scanner, span_text("^SCDATA: \"AMS\",1,2,\"a\n"),
				      &line, &consumed));
	cr_assert(at_scanner_is_in_quotes(&scanner));
	at_scanner_init(&scanner);
	cr_assert_not(at_scanner_is_in_quotes(&scanner));
}
