/* SPDX-License-Identifier: MIT */
/* Every message once, word for word: they are what an operator sees at 3 a.m. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "config/config.h"

struct error_case {
	const char *text;
	const char *message;
};

static void expect_error(const struct error_case *want)
{
	struct config config;
	struct config_errors errors;
	bool good = config_parse("r.json", want->text, &config, &errors);
	cr_assert_not(good, "accepted: %s", want->text);
	cr_assert_geq(errors.count, 1);
	cr_expect_str_eq(errors.texts[0], want->message, "\n  %s\n gave\n  %s",
			 want->text, errors.texts[0]);
	cr_expect_eq(errors.count, 1, "also: %s",
		     errors.count > 1 ? errors.texts[1] : "");
	config_errors_free(&errors);
}

#define EXPECT_ERRORS(CASES)                                                             \
	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)                    \
	expect_error(&CASES[i])

Test(config_errors, syntax)
{
	static const struct error_case CASES[] = {
		{ "{\n\"a\" 1}", "r.json:2:5: not valid JSON: ':' expected near '1'" },
		{ "{\n  \"log\": {},\n}",
		  "r.json:3:1: not valid JSON: string or '}' expected near '}'" },
		{ "{\"log\": x}", "r.json:1:9: not valid JSON: value expected near 'x'" },
		{ "{\"log\": ]}", "r.json:1:9: not valid JSON: value expected near ']'" },
		{ "{\"log\": {}",
		  "r.json:1:10: not valid JSON: '}' expected near end of file" },
		{ "",
		  "r.json:1:0: not valid JSON: '[' or '{' expected near end of file" },
		{ "{} {}", "r.json:1:4: not valid JSON: end of file expected near '{'" },
		{ "3", "r.json:1:1: not valid JSON: '[' or '{' expected near '3'" },
		{ "[]", "r.json: must be an object; write {...}" },
		{ "{\"log\": \"\xff\"}",
		  "r.json:1:9: not valid JSON: unable to decode byte 0xff near '\"'" },
		{ "{\"log\": {\"level\": [[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]}}",
		  "r.json:1: nested deeper than 16 levels; no key needs that" },
	};
	EXPECT_ERRORS(CASES);
}

Test(config_errors, keys)
{
	static const struct error_case CASES[] = {
		{ "{\n\"terminals\": {\n\"intervall\": \"15m\"}}",
		  "r.json:3: $.terminals.intervall: unknown key; did you mean "
		  "\"interval\"?" },
		{ "{\"telephone\": 1}", "r.json:1: $.telephone: unknown key; see "
					"readout.example.json for those known" },
		{ "{\"log\": {\"le\\\"vel\\n\": 1}}",
		  "r.json:1: $.log[\"le\\x22vel\\x0a\"]: unknown key; did you mean "
		  "\"level\"?" },
		{ "{\"log\": {\"level\": \"info\",\n\"level\": \"debug\"}}",
		  "r.json:2: $.log.level: given twice, first in line 1; keep one" },
		{ "{\"log\": 3}",
		  "r.json:1: $.log: must be an object, not a whole number; write {...}" },
		{ "{\"listeners\": []}",
		  "r.json:1: $.listeners: must be an object, not a list; write {...}" },
		{ "{\"exporters\": null}",
		  "r.json:1: $.exporters: must be an object, not null; write {...}" },
	};
	EXPECT_ERRORS(CASES);
}

Test(config_errors, texts_and_words)
{
	static const struct error_case CASES[] = {
		{ "{\"database\": {\"path\": 1}}", "r.json:1: $.database.path: must be a "
						   "text in quotes, not a whole number" },
		{ "{\"database\": {\"path\": \"\"}}",
		  "r.json:1: $.database.path: must not be empty" },
		{ "{\"control\": {\"path\": "
		  "\"01234567890123456789012345678901234567890123456789012345678901234567"
		  "890123456789012345678901234567890123456789\"}}",
		  "r.json:1: $.control.path: is 110 bytes long; at most 107 are "
		  "allowed" },
		{ "{\"log\": {\"level\": \"warn\"}}",
		  "r.json:1: $.log.level: \"warn\" is unknown; did you mean "
		  "\"warning\"?" },
		{ "{\"log\": {\"level\": \"loud\"}}",
		  "r.json:1: $.log.level: \"loud\" is unknown; known are \"error\", "
		  "\"warning\", \"info\", \"debug\"" },
		{ "{\"terminals\": {\"terminator\": \"lf\"}}",
		  "r.json:1: $.terminals.terminator: \"lf\" is unknown; did you mean "
		  "\"crlf\"?" },
		{ "{\"terminals\": {\"echo_off\": \"yes\"}}",
		  "r.json:1: $.terminals.echo_off: must be true or false, not a text" },
	};
	EXPECT_ERRORS(CASES);
}

Test(config_errors, numbers)
{
	static const struct error_case CASES[] = {
		{ "{\"terminals\": {\"batch\": \"50\"}}",
		  "r.json:1: $.terminals.batch: must be a whole number without quotes, "
		  "not a text" },
		{ "{\"terminals\": {\"batch\": 1}}",
		  "r.json:1: $.terminals.batch: 1 is out of range; allowed are 2 to "
		  "1000" },
		{ "{\"terminals\": {\"batch\": -1}}",
		  "r.json:1: $.terminals.batch: -1 is out of range; allowed are 2 to "
		  "1000" },
		{ "{\"terminals\": {\"batch\": 5.5}}",
		  "r.json:1: $.terminals.batch: must be a whole number without quotes, "
		  "not a fraction" },
		{ "{\"listeners\": {\"a\": {\"port\": 65536}}}",
		  "r.json:1: $.listeners.a.port: 65536 is out of range; allowed are 0 to "
		  "65535" },
	};
	EXPECT_ERRORS(CASES);
}

Test(config_errors, durations_and_sizes)
{
	static const struct error_case CASES[] = {
		{ "{\"terminals\": {\"interval\": 900}}",
		  "r.json:1: $.terminals.interval: must be a duration in quotes, as in "
		  "\"15m\", not a whole number" },
		{ "{\"terminals\": {\"interval\": \"15 minutes\"}}",
		  "r.json:1: $.terminals.interval: \"15 minutes\" is no duration; write "
		  "a whole number and ms, s, m, h or d, as in \"15m\"" },
		{ "{\"terminals\": {\"interval\": \"1ms\"}}",
		  "r.json:1: $.terminals.interval: \"1ms\" is out of range; allowed are "
		  "100ms to 31d" },
		{ "{\"terminals\": {\"interval\": \"99999999999999999999d\"}}",
		  "r.json:1: $.terminals.interval: \"99999999999999999999d\" is out of "
		  "range; allowed are 100ms to 31d" },
		{ "{\"terminals\": {\"clock_offset\": 0}}",
		  "r.json:1: $.terminals.clock_offset: must be a duration in quotes, as "
		  "in \"-1h\", not a whole number" },
		{ "{\"terminals\": {\"clock_offset\": \"-400d\"}}",
		  "r.json:1: $.terminals.clock_offset: \"-400d\" is out of range; "
		  "allowed are 0ms to 366d" },
		{ "{\"terminals\": {\"clock_offset\": \"--1h\"}}",
		  "r.json:1: $.terminals.clock_offset: \"--1h\" is no duration; write a "
		  "whole number and ms, s, m, h or d, as in \"15m\"" },
		{ "{\"terminals\": {\"line_limit\": true}}",
		  "r.json:1: $.terminals.line_limit: must be a size, as in \"64KiB\", "
		  "not true" },
		{ "{\"terminals\": {\"line_limit\": \"64KB\"}}",
		  "r.json:1: $.terminals.line_limit: \"64KB\" is no size; write a whole "
		  "number and KiB, MiB, GiB or nothing, as in \"64KiB\"" },
		{ "{\"terminals\": {\"line_limit\": 10}}",
		  "r.json:1: $.terminals.line_limit: \"10\" is out of range; allowed are "
		  "1KiB to 16MiB" },
	};
	EXPECT_ERRORS(CASES);
}

Test(config_errors, lists_and_listeners)
{
	static const struct error_case CASES[] = {
		{ "{\"terminals\": {\"identify\": []}}",
		  "r.json:1: $.terminals.identify: must be a list of at least one of "
		  "\"serial\", \"imei\", \"line\", \"registration\", "
		  "\"address\", \"tls\"" },
		{ "{\"terminals\": {\"quiet_hours\": \"22-5\"}}",
		  "r.json:1: $.terminals.quiet_hours: must be hours of the day as in "
		  "\"22:00-05:30\", or empty for none" },
		{ "{\"terminals\": {\"quiet_hours\": \"22:00-24:00\"}}",
		  "r.json:1: $.terminals.quiet_hours: must be hours of the day as in "
		  "\"22:00-05:30\", or empty for none" },
		{ "{\"groups\": {\"slow\": {\"members\": \"50-*\"}}}",
		  "r.json:1: $.groups.slow.members: must be a list of names or patterns, "
		  "as in [\"50-1945-*\"]" },
		{ "{\"groups\": {\"Slow One\": {}}}",
		  "r.json:1: $.groups[\"Slow One\"]: no name for a group; use small "
		  "letters, digits, \"-\" and \"_\"" },
		{ "{\"known_terminals\": {\"a\": {\"group\": \"slow\"}}}",
		  "r.json:1: $.known_terminals.a: there is no group \"slow\" in "
		  "$.groups" },
		{ "{\"known_terminals\": {\"a\": {\"batch\": 1}}}",
		  "r.json:1: $.known_terminals.a.batch: 1 is out of range; allowed are 2 "
		  "to 1000" },
		{ "{\"terminals\": {\"identify\": [\"serial\",\n\"seriel\"]}}",
		  "r.json:2: $.terminals.identify[1]: \"seriel\" is unknown; did you "
		  "mean \"serial\"?" },
		{ "{\"terminals\": {\"identify\": [\"imei\", \"imei\"]}}",
		  "r.json:1: $.terminals.identify[1]: \"imei\" stands here twice; once "
		  "is enough" },
		{ "{\"terminals\": {\"identify\": [7]}}",
		  "r.json:1: $.terminals.identify[0]: must be a text in quotes, not a "
		  "whole number" },
		{ "{\"listeners\": {\"a\": {\"address\": \"localhost\"}}}",
		  "r.json:1: $.listeners.a.address: \"localhost\" is no IPv4 or IPv6 "
		  "address; \"::\" listens on all" },
		{ "{\"listeners\": {\"a b\": {}}}",
		  "r.json:1: $.listeners[\"a b\"]: no name for a listener; use small "
		  "letters, digits, \"-\" and \"_\"" },
		{ "{\"listeners\": {}}",
		  "r.json:1: $.listeners: no listener; terminals could not dial in: "
		  "leave the key out, or name one" },
	};
	EXPECT_ERRORS(CASES);
}

Test(config_errors, exporters)
{
	static const struct error_case CASES[] = {
		{ "{\"exporters\": {\"../csv\": {\"plugin\": \"csv\"}}}",
		  "r.json:1: $.exporters[\"../csv\"]: no name for an exporter; use small "
		  "letters, digits, \"-\" and \"_\", at most 63" },
		{ "{\"exporters\": {\"csv\": {\"plugin\": \"../../evil\"}}}",
		  "r.json:1: $.exporters.csv.plugin: \"../../evil\" is no name; use "
		  "small letters, digits, \"-\" and \"_\", at most 63" },
		{ "{\"exporters\": {\"csv\": {\"options\": 1}}}",
		  "r.json:1: $.exporters.csv.options: must be an object, not a whole "
		  "number; write {...}" },
		{ "{\"exporters\": {\"csv\": {\"options\": {\"a\": null}}}}",
		  "r.json:1: $.exporters.csv.options.a: must be a text, a whole number, "
		  "true, false, an object, a list or a secret, not null" },
		{ "{\"exporters\": {\"csv\": {\"options\": {\"a\": 1.5}}}}",
		  "r.json:1: $.exporters.csv.options.a: must be a text, a whole number, "
		  "true, false, an object, a list or a secret, not a fraction" },
		{ "{\"exporters\": {\"csv\": {\"options\": {\"a\": {\"env\": 1}}}}}",
		  "r.json:1: $.exporters.csv.options.a: is no secret; write {\"env\": "
		  "\"NAME\"} or {\"file\": \"/path\"}, and only one of them" },
		{ "{\"exporters\": {\"csv\": {\"options\": {\"a\": {\"env\": \"A\", "
		  "\"file\": \"B\"}}}}}",
		  "r.json:1: $.exporters.csv.options.a: is no secret; write {\"env\": "
		  "\"NAME\"} or {\"file\": \"/path\"}, and only one of them" },
	};
	EXPECT_ERRORS(CASES);
}

Test(config_errors, what_no_single_key_can_know)
{
	static const struct error_case CASES[] = {
		{ "{\"terminals\": {\"line_limit\": \"2MiB\"}}",
		  "r.json:1: $.terminals.line_limit: 2MiB is more than "
		  "$.terminals.reply_limit (1MiB), which has to hold it; make this one "
		  "smaller or that one larger" },
		{ "{\"database\": {\"queue_limit\": \"1MiB\"},\n\"terminals\": "
		  "{\"reply_limit\": \"2MiB\"}}",
		  "r.json:2: $.terminals.reply_limit: 2MiB is more than "
		  "$.database.queue_limit (1MiB), which has to hold it; make this one "
		  "smaller or that one larger" },
		{ "{\"database\": {\"path\": \"x\"},\n\"control\": {\"path\": \"x\"}}",
		  "r.json:2: $.control.path: is the same file as $.database.path; the "
		  "socket needs a path of its own" },
		{ "{\"listeners\": {\"a\": {},\n\"b\": {\"address\": \"127.0.0.1\"}}}",
		  "r.json:2: $.listeners.b: 127.0.0.1 port 1560 is taken by listener "
		  "\"a\" (::); choose another port" },
		{ "{\"listeners\": {\"a\": {\"address\": \"10.0.0.1\"},\n\"b\": "
		  "{\"address\": \"0.0.0.0\"}}}",
		  "r.json:2: $.listeners.b: 0.0.0.0 port 1560 is taken by listener \"a\" "
		  "(10.0.0.1); choose another port" },
	};
	EXPECT_ERRORS(CASES);
}

Test(config_errors, all_are_reported_in_the_order_of_the_file)
{
	struct config config;
	struct config_errors errors;
	cr_assert_not(config_parse("r.json",
				   "{\"log\": {\"level\": 1},\n\"limits\": 2,\n"
				   "\"database\": {\"path\": 3}}",
				   &config, &errors));
	cr_assert_eq(errors.count, 3);
	cr_expect_str_eq(errors.texts[1],
			 "r.json:2: $.limits: must be an object, not a whole number; "
			 "write {...}");
	config_errors_free(&errors);
}

Test(config_errors, a_flood_ends_with_a_word_about_it)
{
	struct config config;
	struct config_errors errors;
	char text[2048] = "{\"log\": {\"//\": 0";
	size_t used = strlen(text);
	for (int i = 0; i < 150; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, ",\"x%d\":0",
					 i);
	snprintf(text + used, sizeof(text) - used, "}}");
	cr_assert_not(config_parse("r.json", text, &config, &errors));
	cr_expect_eq(errors.count, 100);
	cr_expect_str_eq(errors.texts[99], "r.json:1: $.log.x99: more errors follow; "
					   "correct these first");
	config_errors_free(&errors);
}
