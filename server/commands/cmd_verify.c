/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/commands/chore_call.h"
#include "server/commands/command.h"

enum { SOUND = 0, DAMAGED = 1, NOT_CHECKED = 3 };

static int print(const json_t *reply)
{
	const json_t *problem;
	size_t i;
	long long count = json_integer_value(json_object_get(reply, "problem_count"));

	json_array_foreach(json_object_get(reply, "problems"), i, problem)(void)
		printf("%s\n", json_string_value(problem));
	if (count > 0) {
		(void)printf("DAMAGED: %lld problems%s. Keep the file; `readout restore` "
			     "puts a backup in its place\n",
			     count, count > (long long)i ? ", the first are above" : "");
		return DAMAGED;
	}
	if (json_is_true(json_object_get(reply, "is_older")))
		(void)printf(
			"sound: the structure of schema %lld; what is in it was not "
			"checked, for it is older than this program's\n",
			(long long)json_integer_value(json_object_get(reply, "schema")));
	else
		(void)printf("sound: %lld telegrams\n",
			     (long long)json_integer_value(
				     json_object_get(reply, "telegrams")));
	return SOUND;
}

/* Another file than the database is nobody's business but ours. */
static int verify_file(const char *file, json_t *request)
{
	struct chore_call call;
	struct config config = { .database_path = strdup(file) };
	int code = NOT_CHECKED;

	if (config.database_path != NULL) {
		chore_call_begin_apart(&call, "verify", &config);
		json_t *reply = chore_call_run(&call, request);
		code = reply != NULL ? print(reply) : NOT_CHECKED;
		json_decref(reply);
		chore_call_end(&call);
	}
	free(config.database_path);
	return code;
}

int cmd_verify(int argc, char **argv)
{
	static const char usage[] =
		"readout verify [--config FILE] [--quick] [BACKUP]\n"
		"Checks the database, or a backup, while the daemon goes on collecting.\n"
		"--quick passes over the content of the indexes. Exit status: 0 sound, 1 "
		"damaged,\n3 it could not be checked.";
	const char *config = NULL, *file = NULL;
	bool is_quick = false;
	const struct command_option options[] = { { "--config", &config, NULL },
						  { "--quick", NULL, &is_quick },
						  { "", &file, NULL },
						  { NULL, NULL, NULL } };

	if (!command_options(argc, argv, options, usage))
		return COMMAND_USAGE;
	json_t *request =
		json_pack("{s:s, s:b}", "command", "verify", "quick", (int)is_quick);
	if (file != NULL)
		return verify_file(file, request);
	return chore_call_command("verify", config, request, print, NOT_CHECKED);
}
