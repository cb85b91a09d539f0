/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/commands/command.h"
#include "server/daemon.h"

int cmd_serve(int argc, char **argv)
{
	static const char usage[] = "readout serve [--config FILE]";
	const char *file = NULL;
	const struct command_option options[] = { { "--config", &file, NULL },
						  { NULL, NULL, NULL } };
	struct config config;

	if (!command_options(argc, argv, options, usage))
		return COMMAND_USAGE;
	if (!command_load_config(file, &config))
		return 1;
	/* journald stamps the lines itself, and says by this variable that it reads them
	 */
	bool is_timed = getenv("JOURNAL_STREAM") == NULL;
	struct log *log =
		log_new(STDERR_FILENO, log_severity_parse(config.log_level), is_timed);
	int code = log != NULL ? daemon_run(&config, log) : 1;
	log_free(log);
	config_free(&config);
	return code;
}
