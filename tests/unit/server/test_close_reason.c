/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "server/close_reason.h"

/* The texts are keys of logs and counters: words that stay apart. */
Test(close_reason, has_a_word_and_a_meaning_for_each)
{
	for (enum close_reason i = 0; i < CLOSE_REASON_COUNT; i++) {
		const char *text = close_reason_text(i);
		cr_assert_not_null(text, "reason %u", (unsigned)i);
		cr_expect_eq(strspn(text, "abcdefghijklmnopqrstuvwxyz_"), strlen(text));
		cr_expect_gt(strlen(close_reason_meaning(i)), strlen("no"));
		for (enum close_reason j = 0; j < i; j++)
			cr_expect_str_neq(text, close_reason_text(j));
	}
}
