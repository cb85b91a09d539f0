/* SPDX-License-Identifier: MIT */
/* What the files of the plugin "csv" hold. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/exporters/csv_fixture.h"

#define HEADER                                                                           \
	"id,revision,terminal,terminal_name,meter,meter_name,place,medium,quantity,"     \
	"modifiers,function,storage,tariff,subunit,occurrence,unit,value,no_value_"      \
	"reason,"                                                                        \
	"read_at,valid_at,received_at,time_quality,obis\r\n"

TestSuite(csv, .init = csv_setup, .fini = csv_teardown);

Test(csv, one_batch_is_one_file_with_a_row_per_reading)
{
	const struct exporter_reading readings[] = {
		csv_volume,
		{ "energy", "Wh", "", "maximum", 17, 2, 1, 3, "-1500", true, "",
		  "2026-10-31", "1-0:1.8.0" },
		{ "date", "", "", "instantaneous", 0, 0, 0, 0, "", false, "date invalid",
		  "", "" },
	};
	struct exporter_telegram telegrams[] = {
		csv_telegram(41, readings, 3),
		csv_telegram(42, NULL, 0),
		csv_telegram(44, readings, 1),
	};
	telegrams[2].revision = 2;
	telegrams[2].terminal_name = "Cellar, left";
	telegrams[2].meter_name = "the \"big\" one";
	telegrams[2].place = "two\r\nlines";
	csv_make();
	csv_deliver(telegrams, 3, 40, 44);
	cr_expect_eq(csv.verdict, EXPORTER_DELIVERED);
	cr_expect_str_eq(
		csv_read_file("readings_000000000040-000000000044.csv"), HEADER
		"41,0,T1,,0653329968088E07,,,water,volume,,instantaneous,0,0,0,0,m3,1."
		"891,,"
		"2026-11-22T17:15:00Z,,2026-11-22T17:20:32.123Z,terminal,\r\n"
		"41,0,T1,,0653329968088E07,,,water,energy,,maximum,17,2,1,3,Wh,-1500,,"
		"2026-11-22T17:15:00Z,2026-10-31,2026-11-22T17:20:32.123Z,terminal,"
		"1-0:1.8.0\r\n"
		"41,0,T1,,0653329968088E07,,,water,date,,instantaneous,0,0,0,0,,,date "
		"invalid,"
		"2026-11-22T17:15:00Z,,2026-11-22T17:20:32.123Z,terminal,\r\n"
		"44,2,T1,\"Cellar, left\",0653329968088E07,\"the \"\"big\"\" one\","
		"\"two\r\nlines\",water,volume,,instantaneous,0,0,0,0,m3,1.891,,"
		"2026-11-22T17:15:00Z,,2026-11-22T17:20:32.123Z,terminal,\r\n");
	cr_expect_eq(csv_file_count(), 1);
}

/* The value cell of a reading, as written after its unit "u". */
static void expect_value(const char *text, bool is_number, const char *cell)
{
	struct exporter_reading reading = csv_volume;
	reading.unit = "u";
	reading.value_text = text;
	reading.is_number = is_number;
	struct exporter_telegram telegram = csv_telegram(1, &reading, 1);
	char expected[256];
	snprintf(expected, sizeof expected, ",u,%s,,2026-", cell);
	csv_deliver(&telegram, 1, 1, 1);
	cr_expect_not_null(
		strstr(csv_read_file("readings_000000000001-000000000001.csv"), expected),
		"%s is not in %s", expected, csv.content);
}

Test(csv, what_a_spreadsheet_takes_for_a_formula_is_made_text)
{
	csv_make();
	expect_value("=1+1", false, "'=1+1");
	expect_value("+1", false, "'+1");
	expect_value("-1", false, "'-1");
	expect_value("@SUM(A1)", false, "'@SUM(A1)");
	expect_value("\tx", false, "'\tx");
	expect_value("\rx", false, "\"'\rx\"");
	expect_value("=A1,\"x\"", false, "\"'=A1,\"\"x\"\"\"");
	expect_value("a=1", false, "a=1");
	expect_value(" =1", false, " =1");
}

Test(csv, numbers_stand_exactly_as_they_are)
{
	csv_make();
	expect_value("-0.001", true, "-0.001");
	expect_value("18446744073709551615.000000000000000001", true,
		     "18446744073709551615.000000000000000001");
}

Test(csv, the_delimiter_decides_what_is_quoted)
{
	cr_assert(csv_make_in(csv.directory, "delimiter", ";"));
	struct exporter_reading reading = csv_volume;
	reading.modifiers = "a,b";
	reading.unit = "c;d";
	struct exporter_telegram telegram = csv_telegram(1, &reading, 1);
	csv_deliver(&telegram, 1, 1, 1);
	const char *text = csv_read_file("readings_000000000001-000000000001.csv");
	cr_expect_not_null(strstr(text, "id;revision;terminal;"));
	cr_expect_not_null(strstr(text, ";a,b;instantaneous;0;0;0;0;\"c;d\";1.891;;"));
}

Test(csv, a_cell_larger_than_the_buffer_and_many_rows_come_out_whole)
{
	enum { ROWS = 3000, LONG = 200000 };
	static struct exporter_reading readings[ROWS];
	static char text[LONG + 1];
	memset(text, 'x', LONG);
	for (int i = 0; i < ROWS; i++)
		readings[i] = csv_volume;
	readings[1].value_text = text;
	struct exporter_telegram telegram = csv_telegram(1, readings, ROWS);
	csv_make();
	csv_deliver(&telegram, 1, 1, 1);
	const char *at = csv_read_file("readings_000000000001-000000000001.csv");
	size_t lines = 0;
	for (; (at = strstr(at, "\r\n")); at += 2)
		lines++;
	cr_expect_eq(lines, ROWS + 1);
	const char *cell = strchr(csv.content, 'x');
	cr_assert_not_null(cell);
	cr_expect_eq(strspn(cell, "x"), LONG);
}

Test(csv, a_batch_without_readings_writes_no_file)
{
	struct exporter_telegram telegrams[] = {
		csv_telegram(1, NULL, 0),
		csv_telegram(2, NULL, 0),
	};
	csv_make();
	csv_deliver(telegrams, 2, 1, 2);
	cr_expect_eq(csv.verdict, EXPORTER_DELIVERED);
	cr_expect_eq(csv_file_count(), 0);
}

Test(csv, ids_beyond_twelve_digits_lengthen_the_name)
{
	struct exporter_telegram telegram = csv_telegram(INT64_MAX, &csv_volume, 1);
	csv_make();
	csv_deliver(&telegram, 1, INT64_MAX, INT64_MAX);
	csv_read_file("readings_9223372036854775807-9223372036854775807.csv");
}
