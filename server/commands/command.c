/* SPDX-License-Identifier: MIT */
#include "server/commands/command.h"

#include <stdio.h>
#include <string.h>

static const struct command_option *find(const struct command_option *options,
					 const char *name)
{
	while (options->name != NULL && strcmp(options->name, name) != 0)
		options++;
	return options->name != NULL ? options : NULL;
}

/* A word that is no option's: goes to the option "", or into the array of "...". */
static bool take_word(const struct command_option *options, const char *word)
{
	const struct command_option *one = find(options, "");
	const struct command_option *many = find(options, "...");
	const char **place = many != NULL ? many->text : one != NULL ? one->text : NULL;

	while (many != NULL && *place != NULL)
		place++;
	if (place == NULL || *place != NULL || (word[0] == '-' && word[1] != '\0'))
		return false;
	*place = word;
	return true;
}

bool command_options(int argc, char **argv, const struct command_option *options,
		     const char *usage)
{
	for (int i = 1; i < argc; i++) {
		const struct command_option *option = find(options, argv[i]);
		if (option != NULL && option->text == NULL) {
			*option->flag = true;
		} else if (option != NULL && i + 1 < argc) {
			*option->text = argv[++i];
		} else if (option != NULL || !take_word(options, argv[i])) {
			(void)fprintf(stderr, "readout %s: %s %s\nusage: %s\n", argv[0],
				      option != NULL ? "a value must follow" : "unknown",
				      argv[i], usage);
			return false;
		}
	}
	return true;
}

static void complain(struct config_errors *errors)
{
	for (size_t i = 0; i < errors->count; i++)
		(void)fprintf(stderr, "%s\n", errors->texts[i]);
	config_errors_free(errors);
}

struct config_snapshot *command_load_snapshot(const char *file)
{
	struct config_errors errors;
	struct config_snapshot *snapshot = config_snapshot_load(file, &errors);

	complain(&errors);
	return snapshot;
}

bool command_load_config(const char *file, struct config *ret_config)
{
	struct config_errors errors;
	bool is_loaded = file != NULL
				 ? config_load(file, ret_config, &errors)
				 : config_parse("defaults", "{}", ret_config, &errors);

	complain(&errors);
	return is_loaded;
}
