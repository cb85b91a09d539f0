/* SPDX-License-Identifier: MIT */
#include "protocol/scdata/scdata.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/protocol/transcripts.h"

/*
 * Parses a copy of text that ends where its memory ends, so that AddressSanitizer sees
 * a read past the line; then moves the spans to text, which the test may look at.
 */
static struct scdata_record parse(const char *text)
{
	size_t size = strlen(text);
	uint8_t *copy = malloc(size > 0 ? size : 1);
	memcpy(copy, text, size);
	struct scdata_record record;
	scdata_parse(span_of(copy, size), &record);

	struct span *spans[] = { &record.data, &record.device, &record.protocol };
	for (size_t i = 0; i < 3; i++) {
		if (spans[i]->data != NULL)
			spans[i]->data = (const uint8_t *)text + (spans[i]->data - copy);
	}
	free(copy);
	return record;
}

static bool span_is(struct span span, const char *text)
{
	return span_equal(span, span_text(text));
}

static void expect_unknown(const char *text, bool has_stamp)
{
	/* A whole record first: its fields on the stack must not fill in for missing
	 * ones. */
	parse(RECORD_MBUS);
	struct scdata_record record = parse(text);
	cr_assert_eq(record.kind, SCDATA_UNKNOWN, "%s", text);
	cr_assert(span_is(record.data, text), "%s", text);
	cr_assert_eq(record.has_stamp, has_stamp, "%s", text);
	cr_assert_eq(record.stamp, has_stamp ? 100 : 0, "%s", text);
	cr_assert_eq(record.sequence, has_stamp ? 7 : 0, "%s", text);
	cr_assert_eq(record.index, 0, "%s", text);
	cr_assert_eq(record.error_code, 0, "%s", text);
	cr_assert_not(record.has_rssi, "%s", text);
	cr_assert_eq(record.protocol.size, 0, "%s", text);
	cr_assert_eq(record.device.size, 0, "%s", text);
}

Test(scdata, takes_a_wired_record_apart)
{
	struct scdata_record record = parse(RECORD_MBUS);
	cr_assert_eq(record.kind, SCDATA_MBUS);
	cr_assert(record.has_stamp);
	cr_assert_eq(record.stamp, 1449585962);
	cr_assert_eq(record.sequence, 4);
	cr_assert_eq(record.index, 1);
	cr_assert_eq(record.error_code, 0);
	cr_assert_not(record.has_rssi);
	cr_assert_eq(record.device.size, 0);
	cr_assert(span_is(record.protocol, "MBUS"));
	cr_assert_eq(record.data.size, 200, "100 bytes in hex");
	cr_assert_eq(memcmp(record.data.data, "685E5E68", 8), 0);
	cr_assert_eq(memcmp(record.data.data + 196, "1F16", 4), 0);
}

Test(scdata, takes_the_electricity_meters_records_apart)
{
	static const char *const texts[] = { RECORD_PRO380_1, RECORD_PRO380_2,
					     RECORD_PRO380_3 };
	static const int64_t stamps[] = { 1467365701, 1467365762, 1467365822 };
	static const int64_t sequences[] = { 10506, 10508, 10509 };
	for (size_t i = 0; i < 3; i++) {
		struct scdata_record record = parse(texts[i]);
		cr_assert_eq(record.kind, SCDATA_MBUS);
		cr_assert_eq(record.stamp, stamps[i]);
		cr_assert_eq(record.sequence, sequences[i]);
		cr_assert_eq(record.data.size, 162, "81 bytes in hex");
	}
}

Test(scdata, takes_a_wireless_record_apart)
{
	struct scdata_record record = parse(RECORD_WMBUS);
	cr_assert_eq(record.kind, SCDATA_WMBUS);
	cr_assert_eq(record.stamp, 1449586020);
	cr_assert_eq(record.sequence, 5);
	cr_assert(record.has_rssi);
	cr_assert_eq(record.rssi_dbm, -68);
	cr_assert_eq(record.index, 0);
	cr_assert_eq(record.error_code, 0);
	cr_assert_eq(record.protocol.size, 0);
	cr_assert(span_is(record.data, "44B409466316140A077A9B0800000C1305000000"));
}

Test(scdata, takes_input_records_apart)
{
	struct scdata_record record = parse(RECORD_INPUT_2);
	cr_assert_eq(record.kind, SCDATA_INPUT);
	cr_assert_eq(record.stamp, 1461340381);
	cr_assert_eq(record.sequence, 12093);
	cr_assert(span_is(record.protocol, "AIN_DIN"));
	cr_assert(span_is(record.data, "228"));
}

Test(scdata, takes_an_iec_record_with_its_line_breaks_apart)
{
	struct scdata_record record = parse(RECORD_IEC);
	cr_assert_eq(record.kind, SCDATA_IEC62056);
	cr_assert_eq(record.stamp, 1463246887);
	cr_assert_eq(record.sequence, 48962);
	cr_assert_eq(record.index, 1);
	cr_assert(span_is(record.device, "ZE310.iv30_012"));
	cr_assert_eq(memcmp(record.data.data, "F.F(000000)\nC.1.0(04869551)\n", 28), 0);
	cr_assert_eq(record.data.data[record.data.size - 1], '\n');
}

Test(scdata, keeps_the_fields_of_the_unknown_protocol_and_of_new_ones)
{
	struct scdata_record record =
		parse("^SCDATA: \"AMS\",100,7,\"Unknown\",3,4,\"d\",\"x\"");
	cr_assert_eq(record.kind, SCDATA_UNKNOWN);
	cr_assert(span_is(record.protocol, "Unknown"));
	cr_assert(span_is(record.data, "x"));
	cr_assert(span_is(record.device, "d"));
	cr_assert_eq(record.index, 3);
	cr_assert_eq(record.error_code, 4);
	record = parse("^SCDATA: \"AMS\",100,7,\"MODBUS\",3,0,\"\",\"x\"");
	cr_assert_eq(record.kind, SCDATA_UNKNOWN);
	cr_assert(span_is(record.protocol, "MODBUS"));
}

Test(scdata, keeps_a_failed_reading_with_its_code)
{
	struct scdata_record record =
		parse("^SCDATA: \"AMS\",100,7,\"MBUS\",1,131082,\"\",\"\"");
	cr_assert_eq(record.kind, SCDATA_MBUS);
	cr_assert_eq(record.error_code, 131082);
	cr_assert_eq(record.data.size, 0);
}

Test(scdata, forgives_blanks_case_and_further_fields)
{
	static const char *const texts[] = {
		"^SCDATA:\"AMS\",100,7,\"MBUS\",1,0,\"\",\"AB\"",
		" ^SCDATA:   \"AMS\" , 100 , 7 , \"MBUS\" , 1 , 0 , \"\" , \"AB\" ",
		"^scdata: \"ams\",100,7,\"mbus\",1,0,\"\",\"AB\"",
		"^SCDATA: \"AMS\",100,7,\"MBUS\",1,0,\"\",\"AB\",1,\"new\"",
		"^SCDATA: \"AMS\",100,7,\"MBUS\",1,0,\"\",\"AB\",",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct scdata_record record = parse(texts[i]);
		cr_assert_eq(record.kind, SCDATA_MBUS, "%s", texts[i]);
		cr_assert_eq(record.stamp, 100, "%s", texts[i]);
		cr_assert_eq(record.sequence, 7, "%s", texts[i]);
		cr_assert_eq(record.index, 1, "%s", texts[i]);
		cr_assert(span_is(record.data, "AB"), "%s", texts[i]);
	}
	cr_assert_eq(parse("^SCDATA: \"WMBUS\",100,7,-68,1,\"44\",0").kind, SCDATA_WMBUS);
}

Test(scdata, keeps_the_whole_line_of_a_form_it_does_not_know)
{
	expect_unknown("^SCDATA: \"NEW\",100,7,\"a\",2", true);
	expect_unknown("^SCDATA: AMS,100,7,\"MBUS\",1,0,\"\",\"AB\"", true);
	expect_unknown("^SCDATA: \"NEW\",100", false);
	expect_unknown("^SCDATA: \"MESS_CNT\"", false);
	expect_unknown("^SCDATA:", false);
	expect_unknown("^SCDATA", false);
	expect_unknown("", false);
	expect_unknown("garbage \"", false);
}

Test(scdata, keeps_the_whole_line_when_a_field_is_missing)
{
	expect_unknown("^SCDATA: \"AMS\",100,7,\"MBUS\",1,0,\"\"", true);
	expect_unknown("^SCDATA: \"AMS\",100,7,\"MBUS\",1,0,\"AB\"", true);
	expect_unknown("^SCDATA: \"AMS\",100,7", true);
	expect_unknown("^SCDATA: \"WMBUS\",100,7,-68,\"44\"", true);
}

Test(scdata, keeps_the_whole_line_when_a_number_is_none_or_out_of_range)
{
	expect_unknown("^SCDATA: \"AMS\",100,7,\"MBUS\",,0,\"\",\"AB\"", true);
	expect_unknown("^SCDATA: \"AMS\",100,7,\"MBUS\",x,0,\"\",\"AB\"", true);
	expect_unknown("^SCDATA: \"AMS\",100,7,\"MBUS\",-1,0,\"\",\"AB\"", true);
	expect_unknown("^SCDATA: \"AMS\",100,7,\"MBUS\",1,4294967296,\"\",\"AB\"", true);
	expect_unknown("^SCDATA: \"AMS\",100,7,\"MBUS\",\"1\",0,\"\",\"AB\"", true);
	expect_unknown("^SCDATA: \"WMBUS\",100,7,-32769,1,\"44\"", true);
	expect_unknown("^SCDATA: \"WMBUS\",100,7,-68,x,\"44\"", true);
	expect_unknown("^SCDATA: \"AMS\",4294967296,7,\"MBUS\",1,0,\"\",\"AB\"", false);
	expect_unknown("^SCDATA: \"AMS\",-1,7,\"MBUS\",1,0,\"\",\"AB\"", false);
	expect_unknown("^SCDATA: \"AMS\",100,9223372036854775808,\"MBUS\",1,0,\"\",\"A\"",
		       false);
}

Test(scdata, keeps_the_whole_line_when_a_quote_does_not_close)
{
	expect_unknown("^SCDATA: \"AMS\",100,7,\"MBUS\",1,0,\"\",\"AB", true);
	expect_unknown("^SCDATA: \"AMS\",100,7,\"MBUS\",1,0,\"\",\"", true);
	expect_unknown("^SCDATA: \"AMS\",100,7,\"MBUS\",1,0,\"\",\"A\"B\"\"", true);
	expect_unknown("^SCDATA: \"AMS\",100,7,\"MBUS\",1,0,\"\",AB", true);
	expect_unknown("^SCDATA: \"AMS\",100,7,\"MBUS,1,0,\"\",\"AB\"", true);
}

Test(scdata, a_line_cut_anywhere_is_never_a_record)
{
	size_t size = strlen(RECORD_MBUS);
	for (size_t cut = 0; cut < size; cut++) {
		struct scdata_record record;
		scdata_parse(span_of(RECORD_MBUS, cut), &record);
		cr_assert_eq(record.kind, SCDATA_UNKNOWN, "cut at %zu", cut);
		cr_assert_eq(record.data.size, cut);
	}
}

Test(scdata, names_its_kinds)
{
	cr_assert_str_eq(scdata_kind_text(SCDATA_MBUS), "mbus");
	cr_assert_str_eq(scdata_kind_text(SCDATA_WMBUS), "wmbus");
	cr_assert_str_eq(scdata_kind_text(SCDATA_IEC62056), "iec62056-21");
	cr_assert_str_eq(scdata_kind_text(SCDATA_INPUT), "input");
	cr_assert_str_eq(scdata_kind_text(SCDATA_UNKNOWN), "unknown");
}

Test(scdata, says_what_an_error_code_means)
{
	static const struct {
		int64_t code;
		const char *text;
	} cases[] = {
		{ 0, "no error" },
		{ 4, "readout not started" },
		{ 5, "general error (code not published)" },
		{ 65536, "IEC 62056-21: internal module error" },
		{ 65537, "IEC 62056-21 error (code not published)" },
		{ 131077, "SND_NKE not sent in time" },
		{ 131082, "timeout waiting for the REQ_UD2 answer" },
		{ 131094, "secondary address collision during a bus search" },
		{ 131095, "M-Bus error (code not published)" },
		{ 131330, "bad second start byte in the answer" },
		{ 131331,
		  "M-Bus: frame check of the answer failed (code not published)" },
		{ 196608, "error of an unknown protocol (code not published)" },
		{ -1, "error of an unknown protocol (code not published)" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_assert_str_eq(scdata_error_text(cases[i].code), cases[i].text);
}
