/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <inttypes.h>

#include "config/units.h"

/* A value no case expects: a failed parse must leave its result alone. */
enum { UNTOUCHED = 4711 };

struct parse_case {
	const char *text;
	enum units_result result;
	uint64_t value;
};

Test(units, durations_are_exact_and_checked)
{
	static const struct parse_case CASES[] = {
		{ "0ms", UNITS_OK, 0 },
		{ "500ms", UNITS_OK, 500 },
		{ "60s", UNITS_OK, 60000 },
		{ "15m", UNITS_OK, 900000 },
		{ "1h", UNITS_OK, 3600000 },
		{ "1d", UNITS_OK, 86400000 },
		{ "18446744073709551615ms", UNITS_OK, UINT64_MAX },
		{ "18446744073709551616ms", UNITS_TOO_LARGE, UNTOUCHED },
		{ "18446744073709552s", UNITS_TOO_LARGE, UNTOUCHED },
		{ "213503982335d", UNITS_TOO_LARGE, UNTOUCHED },
		{ "60", UNITS_MALFORMED, UNTOUCHED },
		{ "", UNITS_MALFORMED, UNTOUCHED },
		{ "m", UNITS_MALFORMED, UNTOUCHED },
		{ "15 m", UNITS_MALFORMED, UNTOUCHED },
		{ "15M", UNITS_MALFORMED, UNTOUCHED },
		{ "1h30m", UNITS_MALFORMED, UNTOUCHED },
		{ "1.5h", UNITS_MALFORMED, UNTOUCHED },
		{ "-1h", UNITS_MALFORMED, UNTOUCHED },
		{ "+1h", UNITS_MALFORMED, UNTOUCHED },
	};
	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		uint64_t value = UNTOUCHED;
		cr_expect_eq(duration_parse(CASES[i].text, &value), CASES[i].result, "%s",
			     CASES[i].text);
		cr_expect_eq(value, CASES[i].value, "%s gave %" PRIu64, CASES[i].text,
			     value);
	}
}

Test(units, sizes_are_exact_and_checked)
{
	static const struct parse_case CASES[] = {
		{ "0", UNITS_OK, 0 },
		{ "65537", UNITS_OK, 65537 },
		{ "64KiB", UNITS_OK, 65536 },
		{ "1MiB", UNITS_OK, 1048576 },
		{ "4GiB", UNITS_OK, UINT64_C(4294967296) },
		{ "17179869183GiB", UNITS_OK, UINT64_C(18446744072635809792) },
		{ "17179869184GiB", UNITS_TOO_LARGE, UNTOUCHED },
		{ "18446744073709551616", UNITS_TOO_LARGE, UNTOUCHED },
		{ "64KB", UNITS_MALFORMED, UNTOUCHED },
		{ "64kib", UNITS_MALFORMED, UNTOUCHED },
		{ "-1", UNITS_MALFORMED, UNTOUCHED },
		{ "KiB", UNITS_MALFORMED, UNTOUCHED },
	};
	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		uint64_t value = UNTOUCHED;
		cr_expect_eq(size_parse(CASES[i].text, &value), CASES[i].result, "%s",
			     CASES[i].text);
		cr_expect_eq(value, CASES[i].value, "%s gave %" PRIu64, CASES[i].text,
			     value);
	}
}

Test(units, formatting_takes_the_largest_exact_unit)
{
	char text[UNITS_TEXT_MAX];
	duration_format(900000, text);
	cr_expect_str_eq(text, "15m");
	duration_format(90000, text);
	cr_expect_str_eq(text, "90s");
	duration_format(86400000, text);
	cr_expect_str_eq(text, "1d");
	duration_format(0, text);
	cr_expect_str_eq(text, "0ms");
	duration_format(UINT64_MAX, text);
	cr_expect_str_eq(text, "18446744073709551615ms");
	size_format(1048576, text);
	cr_expect_str_eq(text, "1MiB");
	size_format(1025, text);
	cr_expect_str_eq(text, "1025");
}
