/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "config/suggestion.h"

static const char *const NAMES[] = { "interval", "jitter", "batch", "id" };

static const char *meant(const char *text)
{
	return suggestion_find(text, NAMES, sizeof(NAMES) / sizeof(NAMES[0]));
}

Test(suggestion, near_misses_are_found)
{
	cr_expect_str_eq(meant("intervall"), "interval");
	cr_expect_str_eq(meant("Jitter"), "jitter");
	cr_expect_str_eq(meant("bacth"), "batch");
	cr_expect_str_eq(meant("ids"), "id");
}

Test(suggestion, strangers_are_not)
{
	static const char LONG[] =
		"intervalintervalintervalintervalintervalintervalintervalinterval";
	cr_expect_null(meant("password"));
	cr_expect_null(meant(""));
	cr_expect_null(meant(LONG));
	cr_expect_null(suggestion_find("x", NULL, 0));
}
