/* SPDX-License-Identifier: MIT */
/*
 * readout exporter: what there is (list, help) and what was delivered (dead) is looked up
 * in configuration and database, with a daemon or without; orders go to the running one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "server/clock.h"
#include "server/commands/command.h"
#include "server/commands/exporter_look.h"
#include "server/commands/query_time.h"
#include "server/control.h"

enum { ANSWER_MS = 5000, OBEY_LOOKS = 50, OBEY_LOOK_MS = 100 };

static const char usage[] =
	"readout exporter ACTION [NAME] [--config FILE] [--format text|json]\n"
	"  list                   what is configured, and how far it has come\n"
	"  status                 how the exporters of the running daemon do\n"
	"  help [PLUGIN]          the plugins, or the options of one\n"
	"  test NAME              what would be sent for the latest reading of each "
	"meter\n"
	"  pause NAME             deliver nothing more, also after a restart\n"
	"  resume NAME            go on; try at once what is backing off\n"
	"  reset NAME --from TIME deliver again what was received since\n"
	"  dead NAME              telegrams that the sink did not take\n"
	"  dead NAME retry        deliver them once more\n"
	"  dead NAME purge        forget them\n"
	"Exit status: 0 done, 1 not.";

/* ---- orders ---- */

static json_t *ask(const struct config *config, json_t *request)
{
	char error[CONTROL_ERROR_MAX];
	json_t *reply = request != NULL ? control_call(config->control_path, request,
						       ANSWER_MS, error)
					: NULL;
	const char *refusal = json_string_value(json_object_get(reply, "error"));

	json_decref(request);
	if (reply != NULL && refusal == NULL)
		return reply;
	(void)fprintf(stderr, "readout exporter: %s\n", refusal ? refusal : error);
	json_decref(reply);
	return NULL;
}

static bool is_obeying(const struct config *config, const char *name)
{
	json_t *report = ask(config, json_pack("{s:s}", "command", "status"));
	size_t index;
	json_t *exporter;
	bool is_busy = false;

	json_array_foreach(
		json_object_get(report, "exporters"), index,
		exporter) if (strcmp(json_string_value(json_object_get(exporter, "name")),
				     name) == 0) is_busy =
		json_is_true(json_object_get(exporter, "obeying"));
	json_decref(report);
	return is_busy;
}

/* Gives the order and waits until it is carried out: what is said here is so. */
static int order(const struct exporter_call *call, const char *name, int64_t position)
{
	const struct timespec pause = { .tv_nsec = OBEY_LOOK_MS * 1000000L };
	json_t *reply =
		ask(call->config, json_pack("{s:s, s:s, s:s, s:I}", "command", "exporter",
					    "name", call->name, "order", name, "position",
					    (json_int_t)position));
	if (reply == NULL)
		return 1;
	json_decref(reply);
	int looks = 0;
	while (is_obeying(call->config, call->name) && ++looks < OBEY_LOOKS)
		(void)nanosleep(&pause, NULL);
	if (looks < OBEY_LOOKS)
		(void)printf("exporter %s: %s: done\n", call->name, name);
	else
		(void)printf("exporter %s: %s: will be done when the batch in flight is "
			     "answered\n",
			     call->name, name);
	return 0;
}

static int do_pause(const struct exporter_call *call)
{
	return order(call, "pause", 0);
}

static int do_resume(const struct exporter_call *call)
{
	return order(call, "resume", 0);
}

static int do_reset(const struct exporter_call *call)
{
	int64_t since_ms, position;

	if (call->from == NULL ||
	    !query_time_parse(call->from, clock_wall_ms(), &since_ms)) {
		(void)fprintf(stderr,
			      "readout exporter reset: --from must say since when: "
			      "%s\n",
			      QUERY_TIME_FORMS);
		return COMMAND_USAGE;
	}
	if (!exporter_look_position(call, since_ms, &position))
		return 1;
	return order(call, "reset", position);
}

static int do_dead(const struct exporter_call *call)
{
	if (call->what == NULL)
		return exporter_look_dead(call);
	if (strcmp(call->what, "retry") == 0 || strcmp(call->what, "purge") == 0)
		return order(call, call->what, 0);
	(void)fprintf(stderr, "readout exporter dead: retry or purge, not %s\n",
		      call->what);
	return COMMAND_USAGE;
}

/* ---- status ---- */

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text != NULL ? text : "";
}

static long long number_of(const json_t *object, const char *key)
{
	return (long long)json_integer_value(json_object_get(object, key));
}

static void print_status(const json_t *exporters)
{
	size_t index;
	json_t *e;
	char time_text[CLOCK_TEXT_SIZE];

	(void)printf("%-20s %-12s %10s %9s %11s %8s %6s  %s\n", "NAME", "STATE", "BEHIND",
		     "SECONDS", "DELIVERED", "RETRIES", "DEAD", "LAST SUCCESS");
	json_array_foreach(exporters, index, e)
	{
		clock_text(number_of(e, "last_success_ms"), time_text);
		(void)printf("%-20s %-12s %10lld %9lld %11lld %8lld %6lld  %s\n",
			     text_of(e, "name"), text_of(e, "state"),
			     number_of(e, "lag_telegrams"), number_of(e, "lag_seconds"),
			     number_of(e, "delivered"), number_of(e, "retried"),
			     number_of(e, "dead_letters"), time_text);
		if (*text_of(e, "error"))
			(void)printf("%20s %s\n", "", text_of(e, "error"));
	}
}

static int do_status(const struct exporter_call *call)
{
	json_t *report = ask(call->config, json_pack("{s:s}", "command", "status"));
	const json_t *exporters = json_object_get(report, "exporters");

	if (report == NULL)
		return 1;
	if (call->is_json) {
		(void)json_dumpf(exporters, stdout, JSON_INDENT(2));
		(void)fputc('\n', stdout);
	} else {
		print_status(exporters);
	}
	json_decref(report);
	return 0;
}

/* ---- the command ---- */

static const struct {
	const char *name;
	int (*run)(const struct exporter_call *call);
	bool needs_name;
} actions[] = {
	{ "list", exporter_look_list, false }, { "status", do_status, false },
	{ "help", exporter_look_help, false }, { "test", exporter_look_test, true },
	{ "pause", do_pause, true },           { "resume", do_resume, true },
	{ "reset", do_reset, true },           { "dead", do_dead, true },
};

static int run(const char *action, const struct exporter_call *call)
{
	size_t i = 0;

	while (i < sizeof(actions) / sizeof(actions[0]) &&
	       strcmp(actions[i].name, action) != 0)
		i++;
	if (i == sizeof(actions) / sizeof(actions[0])) {
		(void)fprintf(stderr,
			      "readout exporter: there is no action %s\nusage: %s\n",
			      action, usage);
		return COMMAND_USAGE;
	}
	if (actions[i].needs_name && call->name == NULL) {
		(void)fprintf(stderr, "readout exporter %s: which one?\nusage: %s\n",
			      action, usage);
		return COMMAND_USAGE;
	}
	return actions[i].run(call);
}

int cmd_exporter(int argc, char **argv)
{
	enum { WORDS_MAX = 32 };
	const char *words[WORDS_MAX] = { NULL };
	const char *file = NULL, *format = "text", *from = NULL;
	const struct command_option options[] = { { "--config", &file, NULL },
						  { "--format", &format, NULL },
						  { "--from", &from, NULL },
						  { "...", words, NULL },
						  { NULL, NULL, NULL } };
	struct config config;

	if (argc >= WORDS_MAX || !command_options(argc, argv, options, usage) ||
	    words[0] == NULL ||
	    (words[1] != NULL && words[2] != NULL && words[3] != NULL)) {
		(void)fprintf(stderr, "usage: %s\n", usage);
		return COMMAND_USAGE;
	}
	if (strcmp(format, "json") != 0 && strcmp(format, "text") != 0) {
		(void)fprintf(stderr,
			      "readout exporter: --format is text or json, not %s\n",
			      format);
		return COMMAND_USAGE;
	}
	if (!command_load_config(file, &config))
		return 1;
	struct exporter_call call = { .config = &config,
				      .name = words[1],
				      .what = words[1] != NULL ? words[2] : NULL,
				      .from = from,
				      .is_json = strcmp(format, "json") == 0 };
	int code = run(words[0], &call);
	config_free(&config);
	return code;
}
