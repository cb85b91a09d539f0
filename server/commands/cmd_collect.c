/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "config/units.h"
#include "server/commands/command.h"
#include "server/control.h"

enum { TIMEOUT_MAX_MS = 24 * 3600 * 1000 };

static int collect(const char *control_path, long terminals, uint64_t timeout_ms)
{
	char error[CONTROL_ERROR_MAX];
	json_t *request = json_pack("{s:s, s:I}", "command", "collect", "terminals",
				    (json_int_t)terminals);
	json_t *reply = control_call(control_path, request, (int)timeout_ms, error);
	const char *refusal = json_string_value(json_object_get(reply, "error"));
	int code = 1;

	if (reply == NULL)
		(void)fprintf(
			stderr,
			"readout collect: %s; `readout status` tells which terminals are "
			"connected\n",
			error);
	else if (refusal != NULL)
		(void)fprintf(stderr, "readout collect: %s\n", refusal);
	else
		code = printf("%lld terminals have been read until nothing was new; %lld "
			      "telegrams came in since "
			      "you asked\n",
			      (long long)json_integer_value(
				      json_object_get(reply, "terminals")),
			      (long long)json_integer_value(
				      json_object_get(reply, "telegrams_new"))) < 0;
	json_decref(request);
	json_decref(reply);
	return code;
}

int cmd_collect(int argc, char **argv)
{
	static const char usage[] =
		"readout collect [--config FILE] [--terminals N] [--timeout 60s]\n"
		"Asks every connected terminal now and waits until all of them, and at "
		"least N,\n"
		"have been read until nothing is new. Exit status: 0 done, 1 not.";
	const char *file = NULL, *terminals_text = "0", *timeout_text = "60s";
	const struct command_option options[] = { { "--config", &file, NULL },
						  { "--terminals", &terminals_text,
						    NULL },
						  { "--timeout", &timeout_text, NULL },
						  { NULL, NULL, NULL } };
	struct config config;
	uint64_t timeout_ms;
	char *end;

	if (!command_options(argc, argv, options, usage))
		return COMMAND_USAGE;
	long terminals = strtol(terminals_text, &end, 10);
	if (*end != '\0' || end == terminals_text || terminals < 0 ||
	    duration_parse(timeout_text, &timeout_ms) != UNITS_OK ||
	    timeout_ms > TIMEOUT_MAX_MS) {
		(void)fprintf(stderr,
			      "readout collect: a number and a time such as 60s, please\n"
			      "usage: %s\n",
			      usage);
		return COMMAND_USAGE;
	}
	if (!command_load_config(file, &config))
		return 1;
	int code = collect(config.control_path, terminals, timeout_ms);
	config_free(&config);
	return code;
}
