/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

#include "server/json_text.h"

static char buffer[1024];
static struct json_text json;

static void setup(void)
{
	json_text_init(&json, buffer, sizeof(buffer) - 1);
}

TestSuite(json_text, .init = setup);

static const char *string_of(const char *text, size_t size)
{
	setup();
	json_text_string(&json, text, size);
	buffer[json.size] = '\0';
	return buffer;
}

Test(json_text, escapes_what_json_wants_escaped)
{
	cr_expect_str_eq(string_of("a\"b\\c", 5), "\"a\\\"b\\\\c\"");
	cr_expect_str_eq(string_of("\0\x1f\x7f", 3), "\"\\u0000\\u001f\\u007f\"");
	cr_expect_str_eq(string_of("", 0), "\"\"");
}

Test(json_text, keeps_utf8_as_it_is)
{
	static const char *const texts[] = { "m\xc2\xb3",        "\xe2\x82\xac",
					     "\xf0\x9f\x8c\x8a", "\xf4\x8f\xbf\xbf",
					     "\xed\x9f\xbf",     "\xe0\xa0\x80" };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *got = string_of(texts[i], strlen(texts[i]));
		cr_expect_eq(memcmp(got + 1, texts[i], strlen(texts[i])), 0);
		cr_expect_eq(strlen(got), strlen(texts[i]) + 2);
	}
}

Test(json_text, takes_anything_else_for_latin_1)
{
	cr_expect_str_eq(string_of("m\xb3", 2), "\"m\xc2\xb3\"");
	cr_expect_str_eq(string_of("\xff", 1), "\"\xc3\xbf\"");
}

/* Whatever the bytes, a reader of JSON must take the string. */
Test(json_text, writes_valid_json_for_every_two_and_some_four_bytes)
{
	for (unsigned int i = 0; i < 0x10000; i++) {
		/* lead bytes and limits of UTF-8 turn up behind 0xED, 0xF4 and so on */
		const char bytes[4] = { (char)(i >> 8), (char)i, (char)(0x7f + i % 3),
					(char)0x80 };
		const char *got = string_of(bytes, 2 + i % 3);
		json_t *read = json_loadb(got, json.size,
					  JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		cr_assert_not_null(read, "%04x", i);
		json_decref(read);
	}
}

Test(json_text, says_that_it_is_full_and_writes_no_further)
{
	char small[6] = "?????";
	json_text_init(&json, small, 4);
	json_text_raw(&json, "[1,", 3);
	cr_expect_not(json.is_full);
	json_text_raw(&json, "23", 2);
	cr_expect(json.is_full);
	cr_expect_eq(json.size, 3);
	json_text_raw(&json, "]", 1);
	cr_expect_str_eq(small, "[1,]?");
	cr_expect(json.is_full);
}
