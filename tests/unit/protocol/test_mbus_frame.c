/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/mbus_frame.h"

#include <criterion/criterion.h>

#include "tests/unit/protocol/mbus_bench.h"

static enum mbus_frame_error parse(const char *hex, struct mbus_frame *frame)
{
	uint8_t bytes[BENCH_BYTES_MAX];
	size_t size = bench_hex(hex, bytes);

	return mbus_frame_parse(span_of(bytes, size), frame);
}

Test(mbus_frame, the_four_kinds_are_told_apart)
{
	struct mbus_frame frame;

	cr_assert_eq(parse("E5", &frame), MBUS_FRAME_OK);
	cr_assert_eq(frame.kind, MBUS_FRAME_ACK);
	cr_assert_eq(parse("10 5B 01 5C 16", &frame), MBUS_FRAME_OK);
	cr_assert_eq(frame.kind, MBUS_FRAME_SHORT);
	cr_assert_eq(frame.c, 0x5B);
	cr_assert_eq(frame.a, 0x01);
	cr_assert_eq(parse("68 03 03 68 53 FE 50 A1 16", &frame), MBUS_FRAME_OK);
	cr_assert_eq(frame.kind, MBUS_FRAME_CONTROL);
	cr_assert_eq(frame.ci, 0x50);
	cr_assert_eq(frame.payload.size, 0);
	cr_assert_eq(parse("68 04 04 68 08 01 70 08 81 16", &frame), MBUS_FRAME_OK);
	cr_assert_eq(frame.kind, MBUS_FRAME_LONG);
	cr_assert_eq(frame.payload.size, 1);
	cr_assert_eq(frame.payload.data[0], 0x08);
}

Test(mbus_frame, each_check_is_named_and_leaves_the_result_alone)
{
	static const struct {
		const char *hex;
		enum mbus_frame_error error;
	} cases[] = {
		{ "", MBUS_FRAME_EMPTY },
		{ "00 E5", MBUS_FRAME_START },
		{ "E5 E5", MBUS_FRAME_TRAILING },
		{ "10 5B 01 5C", MBUS_FRAME_CUT },
		{ "10 5B 01 5C 16 16", MBUS_FRAME_TRAILING },
		{ "10 5B 01 5D 16", MBUS_FRAME_CHECKSUM },
		{ "10 5B 01 5C 17", MBUS_FRAME_STOP },
		{ "68 03 03", MBUS_FRAME_CUT },
		{ "68 03 03 67 53 FE 50 A1 16", MBUS_FRAME_SECOND_START },
		{ "68 03 04 68 53 FE 50 A1 16", MBUS_FRAME_LENGTH_DIFFERS },
		{ "68 02 02 68 53 FE 51 16", MBUS_FRAME_LENGTH_SHORT },
		{ "68 00 00 68 08 16", MBUS_FRAME_LENGTH_SHORT },
		{ "68 03 03 68 53 FE 50 A1", MBUS_FRAME_CUT },
		{ "68 03 03 68 53 FE 50 A1 16 00", MBUS_FRAME_TRAILING },
		{ "68 03 03 68 53 FE 50 A2 16", MBUS_FRAME_CHECKSUM },
		{ "68 03 03 68 53 FE 50 A1 15", MBUS_FRAME_STOP },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct mbus_frame frame = { .c = 0xAB };

		cr_assert_eq(parse(cases[i].hex, &frame), cases[i].error, "%s",
			     cases[i].hex);
		cr_assert_eq(frame.c, 0xAB);
		cr_assert_str_not_empty(mbus_frame_error_text(cases[i].error));
	}
}

Test(mbus_frame, the_longest_frame_has_261_bytes)
{
	uint8_t bytes[261] = { 0x68, 0xFF, 0xFF, 0x68 };
	struct mbus_frame frame;

	bytes[260] = 0x16;
	cr_assert_eq(mbus_frame_parse(span_of(bytes, sizeof bytes), &frame),
		     MBUS_FRAME_OK);
	cr_assert_eq(frame.payload.size, 252);
}

Test(mbus_frame, an_unknown_error_has_an_empty_text)
{
	cr_assert_str_eq(mbus_frame_error_text((enum mbus_frame_error)99), "");
}
