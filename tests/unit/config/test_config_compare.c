/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "config/snapshot.h"

static void note(void *context, const char *path, const char *change)
{
	char *text = context;
	(void)snprintf(text + strlen(text), 400 - strlen(text), "%s %s|", path, change);
}

static void expect_changes(const char *before_text, const char *after_text,
			   const char *expected)
{
	struct config_errors errors;
	struct config before, after;
	char changes[400] = "";

	cr_assert(config_parse("a.json", before_text, &before, &errors));
	cr_assert(config_parse("b.json", after_text, &after, &errors));
	config_compare(&before, &after, note, changes);
	cr_expect_str_eq(changes, expected);
	config_free(&before);
	config_free(&after);
}

Test(config_compare, tells_every_key_that_differs)
{
	expect_changes("{}", "{}", "");
	expect_changes(
		"{\"limits\": {\"connections\": 5}, \"log\": {\"level\": \"info\"}}",
		"{\"limits\": {\"connections\": 6, \"layouts\": 9}}",
		"$.limits.connections changed|$.limits.layouts added|"
		"$.log removed|");
	expect_changes("{\"known_terminals\": {\"50-1\": {\"forbidden\": true}}}",
		       "{\"known_terminals\": {\"50-1\": {\"forbidden\": false}}}",
		       "$.known_terminals.50-1.forbidden changed|");
}

Test(config_compare, does_not_look_into_comments)
{
	expect_changes("{\"// one\": \"x\"}", "{\"// two\": \"y\"}", "");
}

Test(config_snapshot, is_freed_with_its_last_holder)
{
	struct config_errors errors;
	struct config_snapshot *snapshot = config_snapshot_load(NULL, &errors);

	cr_assert_not_null(snapshot);
	cr_expect_eq(config_snapshot_hold(snapshot), snapshot);
	config_snapshot_release(snapshot);
	cr_expect_eq(snapshot->config.limits.connections, 10000);
	config_snapshot_release(snapshot);
	snapshot = config_snapshot_load("/nowhere/readout.json", &errors);
	cr_expect_null(snapshot);
	cr_expect_gt(errors.count, 0);
	config_errors_free(&errors);
}
