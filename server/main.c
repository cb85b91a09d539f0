/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "server/commands/cmd_check_config.h"
#include "server/commands/command.h"
#include "server/commands/decode/cmd_decode.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{ "serve", cmd_serve, "run the daemon" },
	{ "status", cmd_status, "what one types at 3 a.m." },
	{ "collect", cmd_collect, "ask every terminal now" },
	{ "reload", cmd_reload, "let the daemon read its configuration again" },
	{ "watch", cmd_watch, "show readings as they land" },
	{ "exporter", cmd_exporter, "see, pause, test and mend exporters" },
	{ "backup", cmd_backup, "a checked copy of the database, while it is in use" },
	{ "verify", cmd_verify, "is the database, or a backup, sound?" },
	{ "restore", cmd_restore, "put a backup in the place of the database" },
	{ "retention", cmd_retention,
	  "delete what is older than the configuration says" },
	{ "redecode", cmd_redecode, "decode what is in the log anew" },
	{ "import", cmd_import, "take in dumps of records and lists of telegrams" },
	{ "readings", cmd_query, "what meters measured, by meter, place and time" },
	{ "meters", cmd_query, "every meter, its name and place" },
	{ "terminals", cmd_query, "every terminal and its last contact" },
	{ "places", cmd_query, "buildings, flats, cost centres" },
	{ "gaps", cmd_query, "readings that are missing" },
	{ "events", cmd_query, "what happened" },
	{ "sql", cmd_sql, "ask the database a question of your own" },
	{ "label", cmd_label, "name meters and terminals, say where they are" },
	{ "exchange", cmd_exchange, "another meter in the same place" },
	{ "meter", cmd_meter, "split an address that two meters have, or join it" },
	{ "check-config", cmd_check_config,
	  "say what is wrong with a configuration, and where" },
	{ "decode", cmd_decode, "take an M-Bus telegram apart" },
};

static void print_usage(FILE *out)
{
	(void)fputs("usage: readout COMMAND ...\n\n", out);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		(void)fprintf(out, "  %-14s %s\n", commands[i].name, commands[i].help);
	(void)fputs("\nreadout --version prints the version.\n", out);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		print_usage(stderr);
		return COMMAND_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		(void)puts("readout " READOUT_VERSION);
		return 0;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		print_usage(stdout);
		return 0;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].name, argv[1]) == 0)
			return commands[i].run(argc - 1, argv + 1);
	(void)fprintf(stderr, "readout: there is no command %s\n", argv[1]);
	print_usage(stderr);
	return COMMAND_USAGE;
}
