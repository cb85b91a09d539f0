/* SPDX-License-Identifier: MIT */
#include "tests/simulator/options.h"

#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct option_row;

/* False when the value is not understood. */
typedef bool apply_fn(struct options *options, const struct option_row *row,
		      const char *value);

static apply_fn apply_number, apply_true, apply_path, apply_connect, apply_kinds,
	apply_faults, apply_line_end, apply_no_blank, apply_count_form, apply_empty;

struct option_row {
	const char *name;
	const char *argument; /* NULL: takes none */
	apply_fn *apply;
	size_t offset; /* of the field, for number, true and path */
	uint32_t min;
	uint32_t max;
	const char *help;
};

#define FIELD(name) offsetof(struct options, name)

static const struct option_row ROWS[] = {
	{ "connect", "HOST:PORT", apply_connect, 0, 0, 0,
	  "whom the terminals dial (127.0.0.1:1560)" },
	{ "terminals", "N", apply_number, FIELD(terminals), 1, 99999, "how many (3)" },
	{ "first-serial", "K", apply_number, FIELD(first_serial), 1, 99999,
	  "number of the first: 125 is 50-1945-0125 (1)" },
	{ "meters", "M", apply_number, FIELD(meters), 1, OPTIONS_METERS_MAX,
	  "per terminal (3)" },
	{ "kinds", "LIST", apply_kinds, 0, 0, 0,
	  "of the meters, in turn: water,heat,electricity (the default), pulse, iec,\n"
	  "      wmbus, unknown, dead (error records only)" },
	{ "history", "R", apply_number, FIELD(history), 0, 100000000,
	  "records in memory at start, stamps in the past (30)" },
	{ "history-step-s", "S", apply_number, FIELD(history_step_s), 1, 86400,
	  "seconds between two readings of the history (900)" },
	{ "interval-ms", "I", apply_number, FIELD(interval_ms), 0, 86400000,
	  "a new reading of every meter every I ms; 0 none (0)" },
	{ "memory", "BYTES", apply_number, FIELD(memory), 1024, 2000000000,
	  "of a terminal; a record takes 32 and its payload's bytes (1048576)" },
	{ "records-total", "R", apply_number, FIELD(records_total), 0, 100000000,
	  "no new records after R per terminal; 0 no end (0)" },
	{ "seed", "S", apply_number, FIELD(seed), 0, UINT32_MAX,
	  "equal seeds give equal values and faults (1)" },
	{ "duration-s", "D", apply_number, FIELD(duration_s), 0, 10000000,
	  "end after D seconds; 0 at SIGTERM or SIGINT, or when drained after SIGUSR1 "
	  "(0)" },
	{ "exit-when-drained", NULL, apply_true, FIELD(is_exit_when_drained), 0, 0,
	  "end when all records were sent and at most 1 is left per terminal" },
	{ "connect-rate", "N", apply_number, FIELD(connect_rate), 0, 1000000,
	  "first connects per second; 0 all at once (1000)" },
	{ "reconnect-ms", "T", apply_number, FIELD(reconnect_ms), 1, 3600000,
	  "first wait before a new connect, doubled by failures (1000)" },
	{ "silence-ms", "T", apply_number, FIELD(silence_ms), 1, 3600000,
	  "how long the fault `silence' and a half-open link last (20000)" },
	{ "late-del-ms", "T", apply_number, FIELD(late_delete_ms), 1, 3600000,
	  "how late the fault `del-late' may be; less than the reader's settling\n"
	  "      time (500)" },
	{ "crlf", "cr|lf|crlf", apply_line_end, 0, 0, 0, "line end of answers (crlf)" },
	{ "no-blank-after-colon", NULL, apply_no_blank, 0, 0, 0,
	  "^SCDATA:\"AMS\" instead of ^SCDATA: \"AMS\"" },
	{ "blank-lines", NULL, apply_true, FIELD(style.has_blank_lines), 0, 0,
	  "an empty line before every line" },
	{ "count-form", "quoted|plain", apply_count_form, 0, 0, 0,
	  "^SCDATA: \"MESS_CNT\",12 or ^SCDATA: 12 (quoted)" },
	{ "empty", "ok|error", apply_empty, 0, 0, 0,
	  "GET_OLDEST of an empty memory (ok)" },
	{ "faults", "LIST", apply_faults, 0, 0, 0,
	  "all, or NAME=PERMILLE,... as listed below (none)" },
	{ "report", "FILE", apply_path, FIELD(report_path), 0, 0,
	  "totals and per terminal totals, JSON" },
	{ "ledger", "FILE", apply_path, FIELD(ledger_path), 0, 0,
	  "one JSON line per record and what became of it" },
	{ "help", NULL, NULL, 0, 0, 0, "this text" },
};

enum {
	ROW_COUNT = sizeof ROWS / sizeof ROWS[0],
	ROW_HELP = ROW_COUNT - 1,
};

void options_default(struct options *ret_options)
{
	*ret_options = (struct options){
		.host = "127.0.0.1",
		.port = "1560",
		.terminals = 3,
		.first_serial = 1,
		.meters = 3,
		.kinds = { METER_WATER, METER_HEAT, METER_ELECTRICITY },
		.kind_count = 3,
		.history = 30,
		.history_step_s = 900,
		.memory = 1 << 20,
		.seed = 1,
		.connect_rate = 1000,
		.reconnect_ms = 1000,
		.silence_ms = 20000,
		.late_delete_ms = 500,
		.style = { .line_end = "\r\n", .has_blank_after_colon = true },
	};
}

static bool apply_number(struct options *options, const struct option_row *row,
			 const char *value)
{
	char *end;
	unsigned long long number;

	errno = 0;
	number = strtoull(value, &end, 10);
	if (errno != 0 || end == value || *end != '\0' || *value == '-' ||
	    number < row->min || number > row->max)
		return false;
	*(uint32_t *)(void *)((char *)options + row->offset) = (uint32_t)number;
	return true;
}

static bool apply_true(struct options *options, const struct option_row *row,
		       const char *value)
{
	(void)value;
	*(bool *)(void *)((char *)options + row->offset) = true;
	return true;
}

static bool apply_path(struct options *options, const struct option_row *row,
		       const char *value)
{
	*(const char **)(void *)((char *)options + row->offset) = value;
	return true;
}

static bool apply_connect(struct options *options, const struct option_row *row,
			  const char *value)
{
	const char *colon = strrchr(value, ':');

	(void)row;
	if (colon == NULL || colon == value || colon[1] == '\0' ||
	    (size_t)(colon - value) >= sizeof options->host ||
	    strlen(colon + 1) >= sizeof options->port)
		return false;
	memset(options->host, 0, sizeof options->host);
	memcpy(options->host, value, (size_t)(colon - value));
	memcpy(options->port, colon + 1, strlen(colon + 1) + 1);
	return true;
}

static bool apply_kinds(struct options *options, const struct option_row *row,
			const char *value)
{
	(void)row;
	options->kind_count = 0;
	while (*value != '\0' && options->kind_count < OPTIONS_KINDS_MAX) {
		size_t size = strcspn(value, ",");

		if (!meter_kind_parse(value, size, &options->kinds[options->kind_count]))
			return false;
		options->kind_count++;
		value += size;
		value += *value == ',';
	}
	return *value == '\0' && options->kind_count > 0;
}

static bool apply_faults(struct options *options, const struct option_row *row,
			 const char *value)
{
	const char *bad;

	(void)row;
	if (fault_parse(value, options->faults, &bad))
		return true;
	fprintf(stderr, "readout-simulator: no fault is written like \"%s\"\n", bad);
	return false;
}

static bool apply_line_end(struct options *options, const struct option_row *row,
			   const char *value)
{
	static const struct {
		const char *name;
		const char *bytes;
	} LINE_ENDS[] = { { "cr", "\r" }, { "lf", "\n" }, { "crlf", "\r\n" } };

	(void)row;
	for (size_t i = 0; i < sizeof LINE_ENDS / sizeof LINE_ENDS[0]; i++) {
		if (strcmp(value, LINE_ENDS[i].name) == 0) {
			options->style.line_end = LINE_ENDS[i].bytes;
			return true;
		}
	}
	return false;
}

static bool apply_no_blank(struct options *options, const struct option_row *row,
			   const char *value)
{
	(void)row, (void)value;
	options->style.has_blank_after_colon = false;
	return true;
}

static bool apply_count_form(struct options *options, const struct option_row *row,
			     const char *value)
{
	(void)row;
	options->style.has_plain_count = strcmp(value, "plain") == 0;
	return options->style.has_plain_count || strcmp(value, "quoted") == 0;
}

static bool apply_empty(struct options *options, const struct option_row *row,
			const char *value)
{
	(void)row;
	options->style.is_empty_error = strcmp(value, "error") == 0;
	return options->style.is_empty_error || strcmp(value, "ok") == 0;
}

static void print_help(void)
{
	printf("Usage: readout-simulator [OPTION]...\n"
	       "Terminals that dial in and speak the AT dialogue of a record memory;\n"
	       "at the end a count of what was made, sent, deleted and lost.\n\n");
	for (size_t i = 0; i < ROW_COUNT; i++)
		printf("  --%s%s%s\n      %s\n", ROWS[i].name,
		       ROWS[i].argument == NULL ? "" : " ",
		       ROWS[i].argument == NULL ? "" : ROWS[i].argument, ROWS[i].help);
	printf("\nFaults, and their probability per mille under --faults all:\n");
	fault_print_help();
	printf("\nThe exit code is 0, 1 when records were deleted that had never been "
	       "sent,\n2 when a file could not be written or an option is wrong.\n");
}

static void fill_long_options(struct option long_options[ROW_COUNT + 1])
{
	for (int i = 0; i < ROW_COUNT; i++)
		long_options[i] = (struct option){
			.name = ROWS[i].name,
			.has_arg = ROWS[i].argument == NULL ? no_argument
							    : required_argument,
			.val = i,
		};
	long_options[ROW_COUNT] = (struct option){ 0 };
}

enum options_verdict options_parse(int argc, char **argv, struct options *ret_options)
{
	struct option long_options[ROW_COUNT + 1];
	struct options options;
	int row;

	fill_long_options(long_options);
	options_default(&options);
	while ((row = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (row == ROW_HELP) {
			print_help();
			return OPTIONS_HELP_SHOWN;
		}
		if (row < 0 || row >= ROW_COUNT)
			return OPTIONS_WRONG;
		if (!ROWS[row].apply(&options, &ROWS[row], optarg)) {
			fprintf(stderr,
				"readout-simulator: --%s does not take \"%s\": %s\n",
				ROWS[row].name, optarg, ROWS[row].help);
			return OPTIONS_WRONG;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "readout-simulator: \"%s\" is no option; see --help\n",
			argv[optind]);
		return OPTIONS_WRONG;
	}
	*ret_options = options;
	return OPTIONS_RUN;
}
