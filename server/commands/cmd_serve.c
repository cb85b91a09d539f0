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

	if (!command_options(argc, argv, options, usage))
		return COMMAND_USAGE;
	struct config_snapshot *snapshot = command_load_snapshot(file);
	if (snapshot == NULL)
		return 1;
	/* journald stamps the lines itself, and says by this variable that it reads them
	 */
	bool is_timed = getenv("JOURNAL_STREAM") == NULL;
	struct log *log = log_new(
		STDERR_FILENO, log_severity_parse(snapshot->config.log_level), is_timed);
	int code = log != NULL ? daemon_run(file, snapshot, log) : 1;
	log_free(log);
	config_snapshot_release(snapshot);
	return code;
}
