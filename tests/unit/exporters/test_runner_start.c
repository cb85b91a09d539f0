/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/unit/exporters/fixture.h"

static struct fixture fixture;

static void setup(void)
{
	fixture_open(&fixture);
}

static void teardown(void)
{
	fixture_close(&fixture);
}

TestSuite(runner_start, .init = setup, .fini = teardown);

static void refuse_start(struct runner_exporter second, const char *expected)
{
	char control[24];
	snprintf(control, sizeof control, "%llu",
		 (unsigned long long)(uintptr_t)&fixture.scripted[0]);
	struct exporter_setting good = { "control", control, "here" };
	struct runner_exporter exporters[] = {
		{ .name = "one",
		  .plugin = "scripted",
		  .settings = &good,
		  .setting_count = 1,
		  .batch_count = 10 },
		second,
	};
	struct runner_options options = {
		.module_directory = TEST_MODULES,
		.database_path = fixture.database,
		.exporters = exporters,
		.exporter_count = 2,
	};
	char error[EXPORTER_ERROR_MAX];
	cr_expect_null(runner_start(fixture.store, &options, error));
	cr_expect_str_eq(error, expected);
	cr_expect(fixture.scripted[0].is_destroyed);
}

Test(runner_start, an_instance_that_refuses_leaves_nothing_running)
{
	struct exporter_setting refused = { "control", "0", "here" };
	refuse_start((struct runner_exporter){ .name = "two",
					       .plugin = "scripted",
					       .settings = &refused,
					       .setting_count = 1,
					       .batch_count = 10 },
		     "exporter two: refused: set control");
}

Test(runner_start, a_plugin_of_another_version_leaves_nothing_running)
{
	char expected[EXPORTER_ERROR_MAX];
	snprintf(expected, sizeof expected,
		 "exporter two: other_abi.so has version 3 of the exporter contract (%zu "
		 "bytes), this readout has version 2 (%zu bytes): build the plugin with "
		 "this "
		 "readout's exporter.h",
		 sizeof(struct exporter_plugin) + 8, sizeof(struct exporter_plugin));
	refuse_start((struct runner_exporter){ .name = "two",
					       .plugin = "other_abi",
					       .batch_count = 10 },
		     expected);
}

Test(runner_start, a_batch_size_without_bound_is_refused)
{
	refuse_start((struct runner_exporter){ .name = "two",
					       .plugin = "scripted",
					       .batch_count = 100001 },
		     "exporter two: a batch must have 1 to 100000 telegrams, not 100001");
}

Test(runner_start, a_runner_without_exporters_starts_and_stops)
{
	fixture_start(&fixture, 0);
	fixture_append(&fixture, 1);
	fixture_stop(&fixture, 1000);
	cr_expect_eq(fixture_lines(&fixture, ""), 0);
}
