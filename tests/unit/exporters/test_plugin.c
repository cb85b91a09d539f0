/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>

#include "exporters/plugin.h"

static char error[EXPORTER_ERROR_MAX];

static void refuse(const char *name, const char *expected)
{
	struct exporter_module *module = exporter_module_open(TEST_MODULES, name, error);
	cr_expect_null(module, "%s is opened", name);
	cr_expect_str_eq(error, expected);
	exporter_module_close(module);
}

Test(plugin, a_module_is_found_by_its_name)
{
	struct exporter_module *module =
		exporter_module_open(READOUT_MODULES, "csv", error);
	cr_assert_not_null(module, "%s", error);
	cr_expect_str_eq(exporter_module_plugin(module)->name, "csv");
	exporter_module_close(module);
}

Test(plugin, a_missing_module_is_named_with_its_path)
{
	cr_expect_null(exporter_module_open("/nowhere", "csv", error));
	cr_expect_str_eq(error,
			 "cannot load the exporter plugin: /nowhere/csv.so: cannot "
			 "open shared object file: No such file or directory");
}

Test(plugin, a_name_that_is_a_path_is_refused)
{
	static const char *const wrong[] = {
		"", "../csv", "a/b", "csv.so", "Csv", "c v"
	};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		cr_expect_null(exporter_module_open(READOUT_MODULES, wrong[i], error));
		cr_expect_not_null(strstr(error, "is no name of an exporter plugin"),
				   "%s", error);
	}
}

Test(plugin, another_version_is_refused_with_both_versions)
{
	char expected[EXPORTER_ERROR_MAX];
	snprintf(
		expected, sizeof expected,
		"other_abi.so has version 3 of the exporter contract (%zu bytes), this "
		"readout has version 2 (%zu bytes): build the plugin with this readout's "
		"exporter.h",
		sizeof(struct exporter_plugin) + 8, sizeof(struct exporter_plugin));
	refuse("other_abi", expected);
}

Test(plugin, a_struct_that_ends_too_early_is_refused_with_both_sizes)
{
	char expected[EXPORTER_ERROR_MAX];
	snprintf(
		expected, sizeof expected,
		"too_small.so has version 2 of the exporter contract (%zu bytes), this "
		"readout has version 2 (%zu bytes): build the plugin with this readout's "
		"exporter.h",
		sizeof(struct exporter_plugin) - 8, sizeof(struct exporter_plugin));
	refuse("too_small", expected);
}

Test(plugin, a_module_that_is_no_plugin_is_refused)
{
	refuse("no_symbol", "no_symbol.so has no function readout_exporter(): not an "
			    "exporter plugin");
	refuse("no_plugin", "no_plugin.so: readout_exporter() returns no plugin");
	refuse("incomplete",
	       "incomplete.so: its struct is incomplete: name, help, options, "
	       "create, deliver and destroy must be set");
}

/* ---- options ---- */

static char **values(const struct exporter_setting *settings, size_t count)
{
	struct exporter_module *module =
		exporter_module_open(TEST_MODULES, "scripted", error);
	cr_assert_not_null(module, "%s", error);
	char **found = exporter_values_new(exporter_module_plugin(module), settings,
					   count, error);
	exporter_module_close(module);
	return found;
}

static void refuse_settings(const struct exporter_setting *settings, size_t count,
			    const char *expected)
{
	char **found = values(settings, count);
	cr_expect_null(found);
	cr_expect_str_eq(error, expected);
	exporter_values_free(found);
}

Test(plugin, values_come_in_the_order_of_the_table_with_fallbacks_normalised)
{
	const struct exporter_setting settings[] = {
		{ "eager", "true", "x" },
		{ "control", "7", "x" },
	};
	char **found = values(settings, 2);
	cr_assert_not_null(found, "%s", error);
	cr_expect_str_eq(found[0], "7");
	cr_expect_str_eq(found[1], "1000");
	cr_expect_str_eq(found[2], "65536");
	cr_expect_str_eq(found[3], "true");
	cr_expect_null(found[4]);
	exporter_values_free(found);
}

Test(plugin, a_misspelt_option_is_refused_with_its_place_and_a_suggestion)
{
	const struct exporter_setting settings[] = {
		{ "control", "7", "x" },
		{ "eagre", "true", "a.json:12: $.exporters.e.options.eagre" },
	};
	refuse_settings(
		settings, 2,
		"a.json:12: $.exporters.e.options.eagre: the plugin \"scripted\" has "
		"no option \"eagre\"; did you mean \"eager\"?");
}

Test(plugin, an_option_like_no_other_is_refused_without_suggestion)
{
	const struct exporter_setting settings[] = { { "temperature", "1",
						       "a.json:3: $.t" } };
	refuse_settings(settings, 1,
			"a.json:3: $.t: the plugin \"scripted\" has no option "
			"\"temperature\"");
}

Test(plugin, a_required_option_that_is_missing_is_named_with_its_help)
{
	refuse_settings(
		NULL, 0,
		"the plugin \"scripted\" needs the option \"control\" (address of a "
		"struct scripted; 0 refuses)");
}

Test(plugin, a_value_of_the_wrong_type_is_refused_with_its_place)
{
	const struct exporter_setting settings[] = {
		{ "control", "7", "x" },
		{ "wait", "60", "a.json:5: $.exporters.e.options.wait" },
	};
	refuse_settings(
		settings, 2,
		"a.json:5: $.exporters.e.options.wait: \"60\" is not a duration such "
		"as \"500ms\", \"60s\", \"15m\", \"1h\" or \"7d\"");
}
