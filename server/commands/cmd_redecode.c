/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "server/clock.h"
#include "server/commands/chore_call.h"
#include "server/commands/command.h"
#include "server/commands/query_time.h"

static int print(const json_t *reply)
{
	return printf("%lld telegrams read otherwise now and go to the exporters as "
		      "corrections, %lld are as they were%s\n",
		      (long long)json_integer_value(json_object_get(reply, "changed")),
		      (long long)json_integer_value(json_object_get(reply, "unchanged")),
		      json_is_true(json_object_get(reply, "resumed"))
			      ? " (with those of a run that was not finished)"
			      : "") < 0;
}

/* Adds the time to the request. false after a message. */
static bool add_since(json_t *request, const char *text)
{
	int64_t since_ms;

	if (text == NULL)
		return true;
	if (!query_time_parse(text, clock_wall_ms(), &since_ms)) {
		(void)fprintf(stderr, "readout redecode: %s is no time; give %s\n", text,
			      QUERY_TIME_FORMS);
		return false;
	}
	return json_object_set_new(request, "since", json_integer(since_ms / 1000)) ==
		       0 &&
	       json_object_set_new(request, "since_text", json_string(text)) == 0;
}

static void add_text(json_t *request, const char *key, const char *text)
{
	if (text != NULL)
		(void)json_object_set_new(request, key, json_string(text));
}

int cmd_redecode(int argc, char **argv)
{
	static const char usage[] =
		"readout redecode [--config FILE] [--since TIME] [--meter ADDRESS]\n"
		"       [--terminal SERIAL]\n"
		"Decodes what is in the log anew, after an update or with a new key. "
		"What "
		"reads\notherwise goes to the exporters again, as a correction. "
		"Interrupted, "
		"the same\ncommand goes on. Exit status: 0 done, 1 not.";
	const char *config = NULL, *since = NULL, *meter = NULL, *terminal = NULL;
	const struct command_option options[] = { { "--config", &config, NULL },
						  { "--since", &since, NULL },
						  { "--meter", &meter, NULL },
						  { "--terminal", &terminal, NULL },
						  { NULL, NULL, NULL } };

	if (!command_options(argc, argv, options, usage))
		return COMMAND_USAGE;
	json_t *request = json_pack("{s:s}", "command", "redecode");
	add_text(request, "meter", meter);
	add_text(request, "terminal", terminal);
	if (!add_since(request, since)) {
		json_decref(request);
		return COMMAND_USAGE;
	}
	return chore_call_command("redecode", config, request, print, 1);
}
