/* SPDX-License-Identifier: MIT */
/*
 * readout label, exchange and meter: lists of changes, of one line or of a file, that the
 * running daemon makes, or this process under the lock of the database (chore_call.h).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/chores/label_change_json.h"
#include "server/clock.h"
#include "server/commands/chore_call.h"
#include "server/commands/command.h"
#include "server/commands/label_csv.h"
#include "server/commands/query_time.h"

enum { WORDS_MAX = 32 };

static const char label_usage[] =
	"readout label meter M [--name N] [--place P] [--from T] [--to T]\n"
	"readout label terminal T --name N\n"
	"readout label place PATH [--kind building] [--name NEW]\n"
	"readout label import FILE.csv [--dry-run] [--skip-unknown]\n"
	"readout label export\n"
	"M is a meter's 16 digits, the 8 printed on it, or its name. A path is names "
	"with\n"
	"slashes in between, as in \"Main Street 5/Flat 3\". - takes a name or place "
	"away.\n"
	"All with [--config FILE]. Exit status: 0 done, 1 not, and then nothing was "
	"changed.";

static const char exchange_usage[] =
	"readout exchange OLD NEW --at T [--end-reading \"123.4 m3\"] [--start-reading "
	"X]\n"
	"                 [--config FILE] [--dry-run]\n"
	"The meter NEW stands in the place of OLD from then on, with one consumption.";

static const char meter_usage[] =
	"readout meter split ADDRESS [--config FILE] [--dry-run]\n"
	"readout meter join ADDRESS [--config FILE] [--dry-run]\n"
	"Makes one wired address that two terminals hear two meters, or one again.";

static int wrong_use(const char *command, const char *text, const char *usage)
{
	(void)fprintf(stderr, "readout %s: %s\nusage: %s\n", command, text, usage);
	return COMMAND_USAGE;
}

/* ---- what came of it ---- */

/* file NULL: the changes are of a command line. */
static void print_complaints(const char *command, const char *file, const json_t *reply)
{
	json_int_t count = json_integer_value(json_object_get(reply, "complaint_count"));
	const json_t *complaints = json_object_get(reply, "complaints");
	const json_t *complaint;
	size_t i;

	json_array_foreach(complaints, i, complaint)
	{
		const char *text = json_string_value(json_object_get(complaint, "text"));
		if (file != NULL)
			(void)fprintf(stderr, "%s:%lld: %s\n", file,
				      (long long)json_integer_value(
					      json_object_get(complaint, "line")),
				      text);
		else
			(void)fprintf(stderr, "readout %s: %s\n", command, text);
	}
	if (count > (json_int_t)json_array_size(complaints))
		(void)fprintf(stderr, "readout %s: and %lld more\n", command,
			      (long long)count - (long long)json_array_size(complaints));
	if (file != NULL)
		(void)fprintf(stderr, "readout %s: nothing was changed\n", command);
}

static long long number_of(const json_t *reply, const char *key)
{
	return json_integer_value(json_object_get(reply, key));
}

static int print_result(const char *command, const char *file, bool is_dry_run,
			const json_t *reply)
{
	if (number_of(reply, "complaint_count") > 0) {
		print_complaints(command, file, reply);
		return 1;
	}
	(void)printf("%lld %s, %lld as they were", number_of(reply, "changed"),
		     is_dry_run ? "would be changed" : "changed",
		     number_of(reply, "unchanged"));
	if (number_of(reply, "skipped") > 0)
		(void)printf(", %lld not heard so far and left out",
			     number_of(reply, "skipped"));
	return putchar('\n') == EOF;
}

/* ---- handing it over ---- */

/* What all of these commands have. */
struct labelling {
	const char *command;
	const char *config_file;
	const char *file; /* NULL: none */
	bool is_dry_run;
	bool skips_unknown;
};

static json_t *request_of(const struct labelling *labelling,
			  const struct label_change *changes, uint32_t count)
{
	json_t *list = json_array();
	bool is_made = list != NULL;

	for (uint32_t i = 0; is_made && i < count; i++)
		is_made = json_array_append_new(list,
						label_change_to_json(&changes[i])) == 0;
	if (is_made)
		return json_pack("{s:s, s:o, s:b, s:b}", "command", "label", "changes",
				 list, "dry_run", (int)labelling->is_dry_run,
				 "skip_unknown", (int)labelling->skips_unknown);
	json_decref(list);
	(void)fprintf(stderr,
		      "readout %s: out of memory, or a text is not UTF-8: save the file "
		      "as UTF-8\n",
		      labelling->command);
	return NULL;
}

static int change(const struct labelling *labelling, const struct label_change *changes,
		  uint32_t count)
{
	json_t *request = request_of(labelling, changes, count);
	struct chore_call call;
	struct config config;
	json_t *reply = NULL;
	int code = 1;

	if (request == NULL)
		return 1;
	if (!command_load_config(labelling->config_file, &config)) {
		json_decref(request);
		return 1;
	}
	if (chore_call_begin(&call, labelling->command, &config))
		reply = chore_call_run(&call, request);
	else
		json_decref(request);
	if (reply != NULL)
		code = print_result(labelling->command, labelling->file,
				    labelling->is_dry_run, reply);
	json_decref(reply);
	chore_call_end(&call);
	config_free(&config);
	return code;
}

/* ---- label ---- */

static int import(struct labelling *labelling)
{
	bool is_input = strcmp(labelling->file, "-") == 0;
	FILE *file = is_input ? stdin : fopen(labelling->file, "rb");
	int code = 1;
	uint32_t count;

	if (file == NULL) {
		(void)fprintf(stderr, "readout label: cannot open %s: %s\n",
			      labelling->file, strerror(errno));
		return 1;
	}
	struct label_csv *csv = label_csv_read(file, labelling->file);
	if (csv != NULL) {
		const struct label_change *changes = label_csv_changes(csv, &count);
		code = change(labelling, changes, count);
	} else {
		(void)fprintf(stderr, "readout label: nothing was changed\n");
	}
	label_csv_free(csv);
	if (!is_input)
		(void)fclose(file);
	return code;
}

static bool on_label(const struct label_change *label, void *context)
{
	(void)context;
	label_csv_write(stdout, label);
	return !ferror(stdout);
}

static int export(const char *config_file)
{
	char error[STORE_ERROR_MAX] = "cannot write";
	struct config config;

	if (!command_load_config(config_file, &config))
		return 1;
	label_csv_write_names(stdout);
	bool is_written = label_export(config.database_path, on_label, NULL, error) &&
			  fflush(stdout) == 0;
	if (!is_written && errno != EPIPE)
		(void)fprintf(stderr, "readout label: %s\n", error);
	config_free(&config);
	return is_written || errno == EPIPE ? 0 : 1;
}

/* "-" takes away. */
static const char *given(const char *text)
{
	return text != NULL && strcmp(text, "-") == 0 ? "" : text;
}

static bool take_time(const char *text, bool *ret_has, int64_t *ret_at)
{
	int64_t ms = 0;
	bool is_time = text == NULL || query_time_parse(text, clock_wall_ms(), &ms);
	*ret_has = text != NULL;
	*ret_at = ms / 1000;
	return is_time;
}

static size_t count_words(const char *const *words)
{
	size_t count = 0;
	while (words[count] != NULL)
		count++;
	return count;
}

static int label_one(const struct labelling *labelling, const char *kind,
		     struct label_change *label)
{
	if (label_kind_find(kind, &label->kind) && label->kind <= LABEL_METER)
		return change(labelling, label, 1);
	return wrong_use("label", "meter, terminal, place, import or export",
			 label_usage);
}

int cmd_label(int argc, char **argv)
{
	const char *words[WORDS_MAX + 1] = { NULL };
	const char *name = NULL, *place = NULL, *kind = NULL, *from = NULL, *to = NULL;
	struct labelling labelling = { .command = "label" };
	struct label_change label = { 0 };
	const struct command_option options[] = {
		{ "--config", &labelling.config_file, NULL },
		{ "--name", &name, NULL },
		{ "--place", &place, NULL },
		{ "--kind", &kind, NULL },
		{ "--from", &from, NULL },
		{ "--to", &to, NULL },
		{ "--dry-run", NULL, &labelling.is_dry_run },
		{ "--skip-unknown", NULL, &labelling.skips_unknown },
		{ "...", words, NULL },
		{ NULL, NULL, NULL },
	};

	if (argc > WORDS_MAX)
		return wrong_use("label", "too many words", label_usage);
	if (!command_options(argc, argv, options, label_usage))
		return COMMAND_USAGE;
	if (count_words(words) == 1 && strcmp(words[0], "export") == 0)
		return export(labelling.config_file);
	if (count_words(words) != 2)
		return wrong_use("label", "what is to be labelled?", label_usage);
	if (strcmp(words[0], "import") == 0) {
		labelling.file = words[1];
		return import(&labelling);
	}
	if (!take_time(from, &label.has_from, &label.from_at) ||
	    !take_time(to, &label.has_to, &label.to_at))
		return wrong_use("label", "a time is " QUERY_TIME_FORMS, label_usage);
	label.id = words[1];
	label.name = given(name);
	label.place = given(place);
	label.place_kind = kind;
	return label_one(&labelling, words[0], &label);
}

/* ---- exchange and meter ---- */

int cmd_exchange(int argc, char **argv)
{
	const char *words[WORDS_MAX + 1] = { NULL };
	const char *at = NULL;
	struct labelling labelling = { .command = "exchange" };
	struct label_change exchange = { .kind = LABEL_EXCHANGE };
	const struct command_option options[] = {
		{ "--config", &labelling.config_file, NULL },
		{ "--at", &at, NULL },
		{ "--end-reading", &exchange.end_reading, NULL },
		{ "--start-reading", &exchange.start_reading, NULL },
		{ "--dry-run", NULL, &labelling.is_dry_run },
		{ "...", words, NULL },
		{ NULL, NULL, NULL },
	};

	if (argc > WORDS_MAX)
		return wrong_use("exchange", "too many words", exchange_usage);
	if (!command_options(argc, argv, options, exchange_usage))
		return COMMAND_USAGE;
	if (count_words(words) != 2 || at == NULL ||
	    !take_time(at, &exchange.has_from, &exchange.from_at))
		return wrong_use("exchange",
				 "two meters and a time, please: " QUERY_TIME_FORMS,
				 exchange_usage);
	exchange.id = words[0];
	exchange.other = words[1];
	return change(&labelling, &exchange, 1);
}

int cmd_meter(int argc, char **argv)
{
	const char *words[WORDS_MAX + 1] = { NULL };
	struct labelling labelling = { .command = "meter" };
	struct label_change label = { 0 };
	const struct command_option options[] = {
		{ "--config", &labelling.config_file, NULL },
		{ "--dry-run", NULL, &labelling.is_dry_run },
		{ "...", words, NULL },
		{ NULL, NULL, NULL },
	};

	if (argc > WORDS_MAX)
		return wrong_use("meter", "too many words", meter_usage);
	if (!command_options(argc, argv, options, meter_usage))
		return COMMAND_USAGE;
	if (count_words(words) != 2 || !label_kind_find(words[0], &label.kind) ||
	    label.kind < LABEL_SPLIT)
		return wrong_use("meter", "split or join, and an address", meter_usage);
	label.id = words[1];
	return change(&labelling, &label, 1);
}
