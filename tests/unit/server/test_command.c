/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>

#include "server/commands/command.h"

static const char *file;
static bool is_loud;
static const struct command_option options[] = { { "--config", &file, NULL },
						 { "--loud", NULL, &is_loud },
						 { NULL, NULL, NULL } };

/* words ends with NULL. */
static bool read_options(const char *const *words)
{
	static char texts[8][32];
	char *arguments[8];
	int count = 0;

	for (; words[count] != NULL; count++) {
		(void)snprintf(texts[count], sizeof(texts[count]), "%s", words[count]);
		arguments[count] = texts[count];
	}
	file = NULL;
	is_loud = false;
	return command_options(count, arguments, options, "readout test [--loud]");
}

TestSuite(command, .init = cr_redirect_stderr);

Test(command, options_are_read_in_any_order)
{
	cr_expect(read_options(
		(const char *[]){ "test", "--loud", "--config", "a.json", NULL }));
	cr_expect_str_eq(file, "a.json");
	cr_expect(is_loud);
}

Test(command, without_options_is_fine)
{
	cr_expect(read_options((const char *[]){ "test", NULL }));
	cr_expect_null(file);
	cr_expect_not(is_loud);
}

Test(command, tells_what_is_unknown_and_how_to_use_it)
{
	cr_expect_not(read_options((const char *[]){ "test", "--lout", NULL }));
	cr_assert_stderr_eq_str("readout test: unknown --lout\n"
				"usage: readout test [--loud]\n");
}

Test(command, refuses_a_stray_word)
{
	cr_expect_not(read_options((const char *[]){ "test", "a.json", NULL }));
}

Test(command, tells_that_a_value_is_missing)
{
	cr_expect_not(read_options((const char *[]){ "test", "--config", NULL }));
	cr_assert_stderr_eq_str("readout test: a value must follow --config\n"
				"usage: readout test [--loud]\n");
}

Test(command, loads_all_defaults_without_a_file)
{
	struct config config;
	cr_assert(command_load_config(NULL, &config));
	cr_expect_not_null(config.database_path);
	config_free(&config);
}

Test(command, complains_about_a_file_that_is_not_there)
{
	struct config config;
	cr_expect_not(command_load_config("/nowhere/readout.json", &config));
}
