/* SPDX-License-Identifier: MIT */
#include "protocol/scdata/scams.h"

#include <criterion/criterion.h>

#include "tests/unit/protocol/transcripts.h"

static struct scams_line parse(const char *text)
{
	struct scams_line line;
	scams_parse(span_text(text), &line);
	return line;
}

static void expect_device(const char *text, int64_t number, int64_t port,
			  const char *protocol, const char *address, const char *interval)
{
	struct scams_line line = parse(text);
	cr_assert_eq(line.kind, SCAMS_DEVICE, "%s", text);
	cr_assert_eq(line.number, number, "%s", text);
	cr_assert_eq(line.port, port, "%s", text);
	cr_assert(span_equal(line.protocol, span_text(protocol)), "%s", text);
	cr_assert(span_equal(line.address, span_text(address)), "%s", text);
	cr_assert(span_equal(line.interval, span_text(interval)), "%s", text);
}

static void expect_other(const char *text)
{
	struct scams_line line = parse(text);
	cr_assert_eq(line.kind, SCAMS_OTHER, "%s", text);
	cr_assert_eq(line.number, 0, "%s", text);
	cr_assert_eq(line.port, 0, "%s", text);
	cr_assert_null(line.protocol.data, "%s", text);
}

Test(scams, reads_the_rows_of_real_tables)
{
	expect_device(SCAMS_ROW_MBUS, 1, 2, "MBUS", "*15020416@2400", "1M");
	expect_device(SCAMS_ROW_INPUT_1, 1, 128, "AIN_DIN", "1/PULSE/ABS", "5M");
	expect_device(SCAMS_ROW_INPUT_2, 2, 128, "AIN_DIN", "2/PULSE/REL", "5M");
}

Test(scams, reads_the_count_and_the_empty_table)
{
	struct scams_line line = parse(SCAMS_DEVICE_COUNT);
	cr_assert_eq(line.kind, SCAMS_COUNT);
	cr_assert_eq(line.number, 1);
	cr_assert_eq(parse("^SCAMS: \"DEV_CNT\",0").kind, SCAMS_COUNT);
	cr_assert_eq(parse(SCAMS_NONE).kind, SCAMS_NO_DEVICE);
}

Test(scams, settings_and_unknown_forms_are_other)
{
	expect_other(SCAMS_ENABLE);
	expect_other(SCAMS_RETRY);
	expect_other("^SCAMS: \"DEV_ADD\",1-1000,\"32\"|1-1000,\"32\",\"3\"");
	expect_other("^SCAMS:");
	expect_other("");
	expect_other("OK");
	expect_other(RECORD_MBUS);
}

Test(scams, forgives_blanks_case_and_further_fields)
{
	expect_device("^scams:1>2,\"MBUS\",\"1@2400\",\"1H\"", 1, 2, "MBUS", "1@2400",
		      "1H");
	expect_device(" ^SCAMS:  1 >  2 , \"MBUS\" , \"1@2400\" , \"1H\",0,\"x\"", 1, 2,
		      "MBUS", "1@2400", "1H");
	cr_assert_eq(parse("^SCAMS:no device").kind, SCAMS_NO_DEVICE);
}

Test(scams, half_a_row_is_no_row)
{
	expect_other("^SCAMS: 1> 2,\"MBUS\",\"*15020416@2400\",\"1M");
	expect_other("^SCAMS: 1> 2,\"MBUS\",\"*15020416@2400\"");
	expect_other("^SCAMS: 1> ,\"MBUS\",\"*15020416@2400\",\"1M\"");
	expect_other("^SCAMS: > 2,\"MBUS\",\"*15020416@2400\",\"1M\"");
	expect_other("^SCAMS: 0> 2,\"MBUS\",\"*15020416@2400\",\"1M\"");
	expect_other("^SCAMS: 1 2,\"MBUS\",\"*15020416@2400\",\"1M\"");
	expect_other("^SCAMS: \"1> 2\",\"MBUS\",\"*15020416@2400\",\"1M\"");
	expect_other("^SCAMS: 99999999999999999999> 2,\"MBUS\",\"1@2400\",\"1M\"");
	expect_other("^SCAMS: 1> 4294967296,\"MBUS\",\"1@2400\",\"1M\"");
	expect_other("^SCAMS: \"DEV_CNT\",x");
	expect_other("^SCAMS: \"DEV_CNT\",-1");
}
