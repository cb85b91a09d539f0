/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "server/commands/command.h"
#include "server/control.h"

enum { RELOAD_TIMEOUT_MS = 30000 };

static void print_texts(FILE *out, const char *prefix, const json_t *texts)
{
	const json_t *text;
	size_t i;

	json_array_foreach(texts, i, text)
	{
		(void)fprintf(out, "%s%s\n", prefix, json_string_value(text));
	}
}

static void print_changes(const json_t *changes)
{
	const json_t *change;
	size_t i;

	json_array_foreach(changes, i, change)
	{
		(void)printf("%-8s %s\n",
			     json_string_value(json_object_get(change, "change")),
			     json_string_value(json_object_get(change, "path")));
	}
	if (json_array_size(changes) == 0)
		(void)puts("no key has changed; the files it names were read again");
}

static int print(const json_t *reply)
{
	const json_t *errors = json_object_get(reply, "errors");
	bool is_applied = json_is_true(json_object_get(reply, "is_applied"));

	if (is_applied)
		print_changes(json_object_get(reply, "changes"));
	print_texts(stdout, "kept     ", json_object_get(reply, "kept"));
	(void)fflush(stdout);
	print_texts(stderr, "", errors);
	if (!is_applied)
		(void)fputs("readout reload: nothing was changed\n", stderr);
	return is_applied && json_array_size(errors) == 0 ? 0 : 1;
}

int cmd_reload(int argc, char **argv)
{
	static const char usage[] =
		"readout reload [--config FILE]\n"
		"Lets the daemon read its configuration again, and says what changed.\n"
		"Exit status: 0 all of it is in force, 1 not.";
	const char *file = NULL;
	const struct command_option options[] = { { "--config", &file, NULL },
						  { NULL, NULL, NULL } };
	char error[CONTROL_ERROR_MAX];
	struct config config;
	int code = 1;

	if (!command_options(argc, argv, options, usage))
		return COMMAND_USAGE;
	if (!command_load_config(file, &config)) {
		(void)fputs("readout reload: nothing was changed\n", stderr);
		return 1;
	}
	json_t *request = json_pack("{s:s}", "command", "reload");
	json_t *reply =
		control_call(config.control_path, request, RELOAD_TIMEOUT_MS, error);
	const char *refusal = json_string_value(json_object_get(reply, "error"));
	if (reply == NULL || refusal != NULL)
		(void)fprintf(stderr, "readout reload: %s\n",
			      refusal != NULL ? refusal : error);
	else
		code = print(reply);
	json_decref(request);
	json_decref(reply);
	config_free(&config);
	return code;
}
