/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "server/commands/chore_call.h"
#include "server/commands/command.h"

static long long number(const json_t *reply, const char *key)
{
	return json_integer_value(json_object_get(reply, key));
}

static int print(const json_t *reply)
{
	bool is_dry_run = json_is_true(json_object_get(reply, "dry_run"));
	const char *verb = is_dry_run ? "would go" : "went";

	if (!json_is_true(json_object_get(reply, "is_configured")))
		return printf("everything is kept for ever; database.retention in the "
			      "configuration changes that\n") < 0;
	(void)printf("%lld telegrams %s with their readings, %lld %s without their raw "
		     "data\n",
		     number(reply, "telegrams"), verb, number(reply, "raw"),
		     is_dry_run ? "would stay" : "stay");
	if (number(reply, "held_back") > 0)
		(void)printf("%lld are old enough but not delivered by every exporter; "
			     "`readout status` says who lags\n",
			     number(reply, "held_back"));
	if (!is_dry_run)
		(void)printf("%lld pages were given back to the file system\n",
			     number(reply, "pages"));
	return 0;
}

int cmd_retention(int argc, char **argv)
{
	static const char usage[] = "readout retention [--config FILE] [--dry-run]\n"
				    "Deletes now what is older than database.retention "
				    "allows; the daemon does "
				    "so once\nan hour. --dry-run says what would go. "
				    "Exit status: 0 done, 1 not.";
	const char *config = NULL;
	bool is_dry_run = false;
	const struct command_option options[] = { { "--config", &config, NULL },
						  { "--dry-run", NULL, &is_dry_run },
						  { NULL, NULL, NULL } };

	if (!command_options(argc, argv, options, usage))
		return COMMAND_USAGE;
	return chore_call_command("retention", config,
				  json_pack("{s:s, s:b}", "command", "retention",
					    "dry_run", (int)is_dry_run),
				  print, 1);
}
