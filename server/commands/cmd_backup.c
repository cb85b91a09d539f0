/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "server/commands/chore_call.h"
#include "server/commands/command.h"

/* The daemon has a working directory of its own. */
static bool make_absolute(const char *file, char ret_path[PATH_MAX])
{
	char directory[PATH_MAX];
	int size;

	if (file[0] == '/')
		size = snprintf(ret_path, PATH_MAX, "%s", file);
	else if (getcwd(directory, sizeof(directory)) != NULL)
		size = snprintf(ret_path, PATH_MAX, "%s/%s", directory, file);
	else
		return false;
	return size < PATH_MAX;
}

static int print(const json_t *reply)
{
	long long bytes = json_integer_value(json_object_get(reply, "bytes"));

	return printf("%s: %lld bytes, checked; the log in it ends at position %lld\n",
		      json_string_value(json_object_get(reply, "file")), bytes,
		      (long long)json_integer_value(json_object_get(reply, "position"))) <
	       0;
}

int cmd_backup(int argc, char **argv)
{
	static const char usage[] =
		"readout backup [--config FILE] [--force] FILE\n"
		"Writes a checked copy of the database to FILE while the daemon goes on "
		"collecting.\n"
		"--force replaces an existing FILE. Exit status: 0 written, 1 not.";
	const char *config = NULL, *file = NULL;
	char path[PATH_MAX];
	bool is_forced = false;
	const struct command_option options[] = { { "--config", &config, NULL },
						  { "--force", NULL, &is_forced },
						  { "", &file, NULL },
						  { NULL, NULL, NULL } };

	if (!command_options(argc, argv, options, usage))
		return COMMAND_USAGE;
	if (file == NULL || !make_absolute(file, path)) {
		(void)fprintf(stderr, "readout backup: which file?\nusage: %s\n", usage);
		return COMMAND_USAGE;
	}
	return chore_call_command("backup", config,
				  json_pack("{s:s, s:s, s:b}", "command", "backup",
					    "file", path, "force", (int)is_forced),
				  print, 1);
}
