/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "server/clock.h"
#include "server/commands/chore_call.h"
#include "server/commands/command.h"
#include "storage/housekeeping/restore.h"

static int print(const struct config *config, const struct restore_result *result)
{
	(void)printf(
		"%s is restored; its log ends at position %lld, the next telegram gets "
		"%lld.\n",
		config->database_path, (long long)result->last_position,
		(long long)result->next_position);
	if (result->kept[0] != '\0')
		(void)printf("The database that was there is kept as %s.\n",
			     result->kept);
	return printf("Next: start the daemon (systemctl start readout) and look at "
		      "`readout "
		      "status`.\n"
		      "Terminals deliver again what they still hold; an event tells what "
		      "may be missing.\n"
		      "Exporters go on where they stood when the backup was made, so "
		      "sinks "
		      "may be sent\n"
		      "readings a second time.\n") < 0;
}

static int restore(const struct config *config, const char *file)
{
	char error[STORE_ERROR_MAX];
	struct chore_call call;
	struct restore_result result;

	chore_call_begin_apart(&call, "restore", config);
	const struct progress progress = chore_call_progress(&call);
	bool is_restored = restore_database(config->database_path, file, clock_wall_ms(),
					    &progress, &result, error);
	chore_call_end(&call);
	if (is_restored)
		return print(config, &result);
	(void)fprintf(stderr, "readout restore: %s\n", error);
	return 1;
}

int cmd_restore(int argc, char **argv)
{
	static const char usage[] = "readout restore [--config FILE] BACKUP\n"
				    "Puts a backup in the place of the database; the "
				    "daemon must be stopped. The "
				    "database\n"
				    "that is there is kept under another name. Exit "
				    "status: 0 restored, 1 not.";
	const char *config_file = NULL, *file = NULL;
	const struct command_option options[] = { { "--config", &config_file, NULL },
						  { "", &file, NULL },
						  { NULL, NULL, NULL } };
	struct config config;

	if (!command_options(argc, argv, options, usage))
		return COMMAND_USAGE;
	if (file == NULL) {
		(void)fprintf(stderr, "readout restore: which backup?\nusage: %s\n",
			      usage);
		return COMMAND_USAGE;
	}
	if (!command_load_config(config_file, &config))
		return 1;
	int code = restore(&config, file);
	config_free(&config);
	return code;
}
