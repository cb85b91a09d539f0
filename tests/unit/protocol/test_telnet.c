/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "protocol/telnet/telnet.h"

enum { ROOM = 256 };

struct outcome {
	char data[ROOM];
	size_t size;
	char answers[ROOM];
	size_t answered;
};

/* As a link does it: what is plain at once, the rest byte by byte. pieces: in how large
 * reads it comes. */
static struct outcome filter(struct telnet *telnet, const char *bytes, size_t size,
			     size_t piece)
{
	struct outcome outcome = { .size = 0 };
	for (size_t at = 0; at < size;) {
		size_t left = size - at < piece ? size - at : piece;
		size_t plain = telnet_plain(telnet, span_of(bytes + at, left));
		memcpy(outcome.data + outcome.size, bytes + at, plain);
		outcome.size += plain;
		at += plain;
		if (plain == left)
			continue;
		uint8_t answer[TELNET_ANSWER_SIZE];
		uint8_t byte = (uint8_t)bytes[at++];
		switch (telnet_read(telnet, byte, answer)) {
		case TELNET_DATA: outcome.data[outcome.size++] = (char)byte; break;
		case TELNET_ANSWER:
			memcpy(outcome.answers + outcome.answered, answer, 3);
			outcome.answered += 3;
			break;
		case TELNET_DROP: break;
		}
	}
	return outcome;
}

static void expect(const char *bytes, size_t size, const char *data, size_t data_size,
		   const char *answers, size_t answered)
{
	for (size_t piece = 1; piece <= size; piece++) {
		struct telnet telnet = { 0 };
		struct outcome outcome = filter(&telnet, bytes, size, piece);
		cr_assert_eq(outcome.size, data_size, "pieces of %zu", piece);
		cr_assert_arr_eq(outcome.data, data, data_size);
		cr_assert_eq(outcome.answered, answered, "pieces of %zu", piece);
		if (answered > 0)
			cr_assert_arr_eq(outcome.answers, answers, answered);
	}
}
#define EXPECT(bytes, data, answers)                                                     \
	expect(bytes, sizeof(bytes) - 1, data, sizeof(data) - 1, answers,                \
	       sizeof(answers) - 1)

Test(telnet, plain_text_passes)
{
	EXPECT("OK\r\n^SCDATA: 1\r\n", "OK\r\n^SCDATA: 1\r\n", "");
}

Test(telnet, a_doubled_iac_is_one_byte)
{
	EXPECT("a\xff\xff"
	       "b",
	       "a\xff"
	       "b",
	       "");
}

Test(telnet, the_padding_of_a_carriage_return_is_dropped)
{
	EXPECT("OK\r\0x\0\r\r\0", "OK\rx\0\r\r", "");
}

Test(telnet, echo_and_no_go_ahead_are_welcome)
{
	EXPECT("\xff\xfb\x01\xff\xfb\x03\xff\xfd\x03", "",
	       "\xff\xfd\x01\xff\xfd\x03\xff\xfb\x03");
}

Test(telnet, everything_else_is_refused)
{
	EXPECT("\xff\xfb\x22\xff\xfd\x18\xff\xfd\x01", "",
	       "\xff\xfe\x22\xff\xfc\x18\xff\xfc\x01");
}

Test(telnet, only_a_change_is_answered)
{
	EXPECT("\xff\xfb\x01\xff\xfb\x01\xff\xfc\x22\xff\xfe\x18", "", "\xff\xfd\x01");
}

Test(telnet, an_option_can_be_taken_back)
{
	EXPECT("\xff\xfb\x01\xff\xfc\x01", "", "\xff\xfd\x01\xff\xfe\x01");
}

Test(telnet, a_subnegotiation_is_dropped_whole)
{
	EXPECT("a\xff\xfa\x18\x01\xff\xff\r\0\xff\xf0"
	       "b",
	       "ab", "");
}

Test(telnet, commands_without_option_are_dropped_and_counted)
{
	struct telnet telnet = { 0 };
	struct outcome outcome = filter(&telnet, "\xff\xf1\xff\xf6x", 5, 5);
	cr_assert_eq(outcome.size, 1);
	cr_assert_eq(telnet.commands, 2);
}
