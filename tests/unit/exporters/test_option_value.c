/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "exporters/option_value.h"

static void expect(enum exporter_option_type type, const char *text, const char *value)
{
	const char *expected = NULL;
	char *found = option_value_new(type, text, &expected);
	cr_expect_not_null(found, "%s is refused", text);
	if (found)
		cr_expect_str_eq(found, value, "%s gives %s, not %s", text, found, value);
	free(found);
}

static void refuse(enum exporter_option_type type, const char *text, const char *expected)
{
	const char *said = NULL;
	char *found = option_value_new(type, text, &said);
	cr_expect_null(found, "\"%s\" is taken as %s", text, found);
	if (!found)
		cr_expect_str_eq(said, expected);
	free(found);
}

Test(option_value, durations_become_milliseconds)
{
	expect(EXPORTER_DURATION, "0s", "0");
	expect(EXPORTER_DURATION, "250ms", "250");
	expect(EXPORTER_DURATION, "60s", "60000");
	expect(EXPORTER_DURATION, "15m", "900000");
	expect(EXPORTER_DURATION, "1h", "3600000");
	expect(EXPORTER_DURATION, "7d", "604800000");
	expect(EXPORTER_DURATION, "9223372036854775807ms", "9223372036854775807");
}

Test(option_value, durations_without_unit_or_out_of_range_are_refused)
{
	const char *expected =
		"a duration such as \"500ms\", \"60s\", \"15m\", \"1h\" or "
		"\"7d\"";
	static const char *const wrong[] = {
		"",
		"60",
		"s",
		"1.5s",
		"-1s",
		" 1s",
		"1 s",
		"1s ",
		"1S",
		"1y",
		"9223372036854775808ms",
		"9223372036854776s",
	};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		refuse(EXPORTER_DURATION, wrong[i], expected);
}

Test(option_value, sizes_become_bytes)
{
	expect(EXPORTER_SIZE, "4096", "4096");
	expect(EXPORTER_SIZE, "512B", "512");
	expect(EXPORTER_SIZE, "64KiB", "65536");
	expect(EXPORTER_SIZE, "64MiB", "67108864");
	expect(EXPORTER_SIZE, "8589934591GiB", "9223372035781033984");
}

Test(option_value, sizes_that_overflow_or_are_ambiguous_are_refused)
{
	const char *expected =
		"a size such as \"512B\", \"64KiB\", \"64MiB\" or \"1GiB\"";
	refuse(EXPORTER_SIZE, "8589934592GiB", expected);
	refuse(EXPORTER_SIZE, "99999999999999999999", expected);
	refuse(EXPORTER_SIZE, "64MB", expected);
	refuse(EXPORTER_SIZE, "64k", expected);
	refuse(EXPORTER_SIZE, "", expected);
}

Test(option_value, integers_keep_their_text_and_fit_64_bits)
{
	const char *expected = "a whole number of at most 64 bits";
	expect(EXPORTER_INTEGER, "0", "0");
	expect(EXPORTER_INTEGER, "-9223372036854775808", "-9223372036854775808");
	expect(EXPORTER_INTEGER, "9223372036854775807", "9223372036854775807");
	refuse(EXPORTER_INTEGER, "9223372036854775808", expected);
	refuse(EXPORTER_INTEGER, "-9223372036854775809", expected);
	refuse(EXPORTER_INTEGER, "1e3", expected);
	refuse(EXPORTER_INTEGER, "-", expected);
	refuse(EXPORTER_INTEGER, "+1", expected);
}

Test(option_value, booleans_are_true_or_false_and_nothing_else)
{
	expect(EXPORTER_BOOLEAN, "true", "true");
	expect(EXPORTER_BOOLEAN, "false", "false");
	refuse(EXPORTER_BOOLEAN, "yes", "true or false");
	refuse(EXPORTER_BOOLEAN, "", "true or false");
}

Test(option_value, text_is_taken_as_it_is)
{
	expect(EXPORTER_TEXT, "", "");
	expect(EXPORTER_TEXT, " a b ", " a b ");
}

Test(option_value, a_type_of_a_later_version_is_refused)
{
	refuse((enum exporter_option_type)42, "1",
	       "of a type that this readout does not know");
}

Test(option_value, a_structure_is_handed_over_as_it_is)
{
	expect(EXPORTER_JSON, "{\"a\":1}", "{\"a\":1}");
	expect(EXPORTER_JSON, "[1]", "[1]");
	refuse(EXPORTER_JSON, "text", "an object or a list");
	refuse(EXPORTER_JSON, "", "an object or a list");
}
