/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/commands/command.h"
#include "server/commands/status_print.h"
#include "server/control.h"

enum { STATUS_TIMEOUT_MS = 5000, STATUS_NO_ANSWER = 2 };

static int print(const json_t *report, bool is_json)
{
	const json_t *error = json_object_get(report, "error");

	if (error != NULL) {
		(void)fprintf(stderr, "readout status: %s\n", json_string_value(error));
		return STATUS_NO_ANSWER;
	}
	if (!is_json)
		return status_print(report, stdout);
	(void)json_dumpf(report, stdout, JSON_INDENT(2));
	(void)fputc('\n', stdout);
	/* The verdict is the same in either form. */
	FILE *nowhere = fopen("/dev/null", "w");
	if (nowhere == NULL)
		return STATUS_NO_ANSWER;
	int code = status_print(report, nowhere);
	(void)fclose(nowhere);
	return code;
}

int cmd_status(int argc, char **argv)
{
	static const char usage[] =
		"readout status [--config FILE] [--format text|json]\n"
		"exit status: 0 all is well, 1 something needs attention, 2 no daemon "
		"answers";
	const char *file = NULL, *format = "text";
	const struct command_option options[] = { { "--config", &file, NULL },
						  { "--format", &format, NULL },
						  { NULL, NULL, NULL } };
	char error[CONTROL_ERROR_MAX];
	struct config config;
	int code = STATUS_NO_ANSWER;

	if (!command_options(argc, argv, options, usage))
		return COMMAND_USAGE;
	bool is_json = strcmp(format, "json") == 0;
	if (!is_json && strcmp(format, "text") != 0) {
		(void)fprintf(stderr,
			      "readout status: --format is text or json, not %s\n",
			      format);
		return COMMAND_USAGE;
	}
	if (!command_load_config(file, &config))
		return STATUS_NO_ANSWER;
	json_t *request = json_pack("{s:s}", "command", "status");
	json_t *report =
		control_call(config.control_path, request, STATUS_TIMEOUT_MS, error);
	if (report != NULL)
		code = print(report, is_json);
	else
		(void)fprintf(stderr, "readout status: %s\n", error);
	json_decref(request);
	json_decref(report);
	config_free(&config);
	return code;
}
