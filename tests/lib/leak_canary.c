/* SPDX-License-Identifier: MIT */
/*
 * A test that leaks and passes. tests/run builds it to see, each time, that its leak
 * check works: Criterion alone calls this a success.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

Test(leak_canary, leaks)
{
	char *volatile block = malloc(64);
	cr_assert_not_null(block);
	block = NULL;
}
