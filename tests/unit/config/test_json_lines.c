/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "config/json_lines.h"

static struct json_lines *lines_of(const char *text)
{
	struct json_lines *lines = json_lines_new(text, strlen(text));
	cr_assert_not_null(lines);
	return lines;
}

Test(json_lines, members_and_elements_have_lines)
{
	struct json_lines *lines = lines_of("{\n"
					    "  \"a\": {\"b\":\n"
					    "    [1,\n"
					    "     {\"c\" : \"x\\\"}\"}],\n"
					    "    \"d\": null },\n"
					    "  \"e f\": -1.5e3\r\n"
					    "}\n");
	cr_expect_eq(json_lines_find(lines, "$"), 1);
	cr_expect_eq(json_lines_find(lines, "$.a"), 2);
	cr_expect_eq(json_lines_find(lines, "$.a.b"), 2);
	cr_expect_eq(json_lines_find(lines, "$.a.b[0]"), 3);
	cr_expect_eq(json_lines_find(lines, "$.a.b[1]"), 4);
	cr_expect_eq(json_lines_find(lines, "$.a.b[1].c"), 4);
	cr_expect_eq(json_lines_find(lines, "$.a.d"), 5);
	cr_expect_eq(json_lines_find(lines, "$[\"e f\"]"), 6);
	cr_expect_eq(json_lines_find(lines, "$.a.c"), 0);
	json_lines_free(lines);
}

Test(json_lines, an_escaped_key_is_the_same_key)
{
	struct json_lines *lines = lines_of("{\"\\u0061\": 1,\n\"a\": 2}");
	size_t position = 0;
	struct json_duplicate duplicate;
	cr_assert(json_lines_next_duplicate(lines, &position, &duplicate));
	cr_expect_str_eq(duplicate.path, "$.a");
	cr_expect_eq(duplicate.first_line, 1);
	cr_expect_eq(duplicate.line, 2);
	cr_expect_not(json_lines_next_duplicate(lines, &position, &duplicate));
	json_lines_free(lines);
}

Test(json_lines, equal_keys_of_different_objects_are_no_duplicates)
{
	struct json_lines *lines =
		lines_of("{\"l\": [{\"a\": 1}, {\"a\": 2}], \"x\": {\"a\": 3},\n"
			 "\"//\": \"one\", \"//\": \"two\", \"x-y\": 1,\n"
			 "\"x\": {\"a\": 4}}");
	size_t position = 0;
	struct json_duplicate duplicate;
	cr_assert(json_lines_next_duplicate(lines, &position, &duplicate));
	cr_expect_str_eq(duplicate.path, "$.x");
	cr_expect_eq(duplicate.line, 3);
	cr_expect_not(json_lines_next_duplicate(lines, &position, &duplicate));
	json_lines_free(lines);
}

Test(json_lines, nesting_is_limited)
{
	struct json_lines *lines = lines_of("[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]");
	cr_expect_eq(json_lines_too_deep(lines), 0, "16 levels are allowed");
	json_lines_free(lines);
	lines = lines_of("[[[[[[[[[[[[[[[[\n[1]]]]]]]]]]]]]]]]]");
	cr_expect_eq(json_lines_too_deep(lines), 2);
	json_lines_free(lines);
}

Test(json_lines, many_keys_are_kept)
{
	char text[8192];
	size_t used = 0;
	text[used++] = '{';
	for (int i = 0; i < 300; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%s\"k%d\": %d", i ? ",\n" : "", i, i);
	snprintf(text + used, sizeof(text) - used, "}");
	struct json_lines *lines = lines_of(text);
	cr_expect_eq(json_lines_find(lines, "$.k0"), 1);
	cr_expect_eq(json_lines_find(lines, "$.k299"), 300);
	json_lines_free(lines);
}

Test(json_lines, texts_without_members_are_fine)
{
	static const char *const TEXTS[] = { "{}", "[]", "  {  }  \n" };
	for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++) {
		struct json_lines *lines = lines_of(TEXTS[i]);
		size_t position = 0;
		struct json_duplicate duplicate;
		cr_expect_not(json_lines_next_duplicate(lines, &position, &duplicate));
		cr_expect_eq(json_lines_find(lines, "$.a"), 0);
		json_lines_free(lines);
	}
}
