/* SPDX-License-Identifier: MIT */
#include "protocol/at/at_fields.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* The fields joined, each with a letter for its kind: b(bare) q(quoted) x(broken). */
static void expect_fields(const char *info, const char *expected)
{
	char text[256] = "";
	size_t size = 0;
	struct at_fields fields;
	struct at_field field;
	at_fields_init(&fields, span_text(info));
	while (at_fields_next(&fields, &field))
		size += (size_t)snprintf(text + size, sizeof(text) - size, "%c(%.*s)",
					 "bqx"[field.kind], (int)field.text.size,
					 (const char *)field.text.data);
	cr_assert_str_eq(text, expected, "%s gives %s", info, text);
}

Test(at_fields, splits_at_commas_and_trims)
{
	expect_fields("1,2,3", "b(1)b(2)b(3)");
	expect_fields(" 1 ,\t2 , 3 ", "b(1)b(2)b(3)");
	expect_fields("1> 2,\"MBUS\"", "b(1> 2)q(MBUS)");
}

Test(at_fields, an_empty_field_is_a_field_and_an_empty_line_has_none)
{
	expect_fields("", "");
	expect_fields("  ", "");
	expect_fields(",", "b()b()");
	expect_fields("1,,2,", "b(1)b()b(2)b()");
	expect_fields("\"\",\"\"", "q()q()");
}

Test(at_fields, quotes_protect_commas_blanks_and_line_breaks)
{
	expect_fields("\"a,b\", \" c\r\nd \" ,1", "q(a,b)q( c\r\nd )b(1)");
}

Test(at_fields, a_field_with_a_quote_astray_is_broken)
{
	expect_fields("\"abc", "x(\"abc)");
	expect_fields("1,\"abc,2", "b(1)x(\"abc,2)");
	expect_fields("\"", "x(\")");
	expect_fields("\"a\"b,1", "x(\"a\"b)b(1)");
	expect_fields("a\"b,c\",1", "x(a\"b,c\")b(1)");
	expect_fields("\"a\"\"b\",1", "x(\"a\"\"b\")b(1)");
}

Test(at_fields, never_reads_past_the_line)
{
	/* The line ends where its span does, whatever stands behind. */
	struct at_field fields[4];
	cr_assert_eq(at_fields_read(span_of("1,2,3", 3), fields, 4), 2);
	cr_assert_eq(at_fields_read(span_of("\"ab\"", 3), fields, 4), 1);
	cr_assert_eq(fields[0].kind, AT_FIELD_BROKEN);
	cr_assert_eq(at_fields_read((struct span){ 0 }, fields, 4), 0);
}

Test(at_fields, reads_no_more_fields_than_there_is_room)
{
	struct at_field fields[3] = { 0 };
	cr_assert_eq(at_fields_read(span_text("1,2,3,4"), fields, 2), 2);
	cr_assert_null(fields[2].text.data);
}

static bool read_integer(const char *text, int64_t low, int64_t high, int64_t *number)
{
	struct at_field field;
	cr_assert_eq(at_fields_read(span_text(text), &field, 1), 1);
	return at_field_integer(&field, low, high, number);
}

Test(at_fields, reads_integers_to_the_last_bit)
{
	int64_t number = 0;
	cr_assert(read_integer("0", INT64_MIN, INT64_MAX, &number));
	cr_assert_eq(number, 0);
	cr_assert(read_integer("-68", INT64_MIN, INT64_MAX, &number));
	cr_assert_eq(number, -68);
	cr_assert(read_integer("9223372036854775807", INT64_MIN, INT64_MAX, &number));
	cr_assert_eq(number, INT64_MAX);
	cr_assert(read_integer("-9223372036854775808", INT64_MIN, INT64_MAX, &number));
	cr_assert_eq(number, INT64_MIN);
	cr_assert(read_integer("0004294967295", 0, UINT32_MAX, &number));
	cr_assert_eq(number, UINT32_MAX);
}

Test(at_fields, refuses_what_is_no_integer_or_out_of_range)
{
	static const char *const texts[] = { "9223372036854775808",
					     "-9223372036854775809",
					     "99999999999999999999999",
					     "-",
					     "--1",
					     "+1",
					     "1.5",
					     "0x10",
					     "1 2",
					     "\"1\"",
					     "a" };
	int64_t number = 42;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		cr_assert_not(read_integer(texts[i], INT64_MIN, INT64_MAX, &number), "%s",
			      texts[i]);
	cr_assert_not(read_integer("-1", 0, 9, &number));
	cr_assert_not(read_integer("10", 0, 9, &number));
	cr_assert_eq(number, 42);
}
