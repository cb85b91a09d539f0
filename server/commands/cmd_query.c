/* SPDX-License-Identifier: MIT */
/*
 * readout readings, meters, terminals, places, gaps, events: one command, whose name is
 * the subject; and readout sql. Reads the database by a connection of its own, whether a
 * daemon runs or not.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/clock.h"
#include "server/commands/command.h"
#include "server/commands/query_time.h"
#include "server/commands/row_output.h"

enum { SQL_MAX = 1024 * 1024 };

/* A query on its way to standard output. */
struct printing {
	const char *command; /* for messages */
	struct row_output *output;
	int64_t rows_left;
	bool is_out_of_memory;
};

/* ---- rows ---- */

static bool on_row(const struct query_cell *cells, void *context)
{
	struct printing *printing = context;

	if (printing->rows_left <= 0)
		return false;
	printing->is_out_of_memory = !row_output_row(printing->output, cells);
	return --printing->rows_left > 0 && !printing->is_out_of_memory;
}

static int complain(const char *command, const char *text)
{
	(void)fprintf(stderr, "readout %s: %s\n", command, text);
	return 1;
}

/* Whoever read our output has had enough: that is no error. */
static int end_of_output(const char *command)
{
	return errno == EPIPE ? 0 : complain(command, strerror(errno));
}

static int print_pages(struct query *query, struct printing *printing)
{
	int more = printing->rows_left > 0;

	do {
		if (more > 0)
			more = query_next(query, on_row, printing);
		if (!row_output_flush(printing->output))
			return end_of_output(printing->command);
	} while (more > 0);
	if (printing->is_out_of_memory)
		return complain(printing->command, "out of memory");
	return more == 0 ? 0 : complain(printing->command, query_error(query));
}

static int print_query(const char *command, struct query *query, enum row_format format,
		       int64_t limit)
{
	uint32_t count = query_column_count(query);
	const char **names = calloc(count + 1, sizeof(*names));
	struct printing printing = { .command = command, .rows_left = limit };
	int code = 1;

	for (uint32_t i = 0; names != NULL && i < count; i++)
		names[i] = query_column_name(query, i);
	if (names != NULL)
		printing.output = row_output_new(format, stdout, row_output_width(stdout),
						 names, count);
	if (printing.output != NULL)
		code = print_pages(query, &printing);
	else
		(void)complain(command, "out of memory");
	row_output_free(printing.output);
	free(names);
	return code;
}

/* ---- options ---- */

static int wrong_use(const char *command, const char *text, const char *usage)
{
	(void)fprintf(stderr, "readout %s: %s\nusage: %s\n", command, text, usage);
	return COMMAND_USAGE;
}

static bool parse_limit(const char *text, int64_t *ret_limit)
{
	char *end;

	if (text == NULL) {
		*ret_limit = INT64_MAX;
		return true;
	}
	errno = 0;
	*ret_limit = strtoll(text, &end, 10);
	return end != text && *end == '\0' && errno == 0 && *ret_limit >= 0;
}

/* text NULL: not given. */
static bool parse_time(const char *text, bool *ret_has, int64_t *ret_ms)
{
	*ret_has = text != NULL;
	return text == NULL || query_time_parse(text, clock_wall_ms(), ret_ms);
}

static int query_database(const char *file, const char *command,
			  const struct query_subject *subject,
			  const struct query_filter *filter, enum row_format format,
			  int64_t limit)
{
	char error[QUERY_ERROR_MAX];
	struct config config;

	if (!command_load_config(file, &config))
		return 1;
	struct query *query = query_open(config.database_path, subject, filter, error);
	int code = query != NULL ? print_query(command, query, format, limit)
				 : complain(command, error);
	query_close(query);
	config_free(&config);
	return code;
}

static const char query_usage[] =
	"readout readings|meters|terminals|places|gaps|events [--config FILE]\n"
	"  --meter M      16 digits, the 8 printed on it, or its name\n"
	"  --terminal T   serial number or name\n"
	"  --place P      path or its last names; all below it counts\n"
	"  --quantity Q   volume, energy, ...\n"
	"  --since T, --until T   " QUERY_TIME_FORMS "\n"
	"  --latest       the last value of everything a meter measures\n"
	"  --limit N      no more than N rows\n"
	"  --columns A,B  these columns\n"
	"  --format table|jsonl|csv";

int cmd_query(int argc, char **argv)
{
	const char *file = NULL, *since = NULL, *until = NULL, *limit_text = NULL;
	const char *format_text = "table";
	struct query_filter filter = { 0 };
	bool is_latest = false;
	const struct command_option options[] = {
		{ "--config", &file, NULL },
		{ "--meter", &filter.meter, NULL },
		{ "--terminal", &filter.terminal, NULL },
		{ "--place", &filter.place, NULL },
		{ "--quantity", &filter.quantity, NULL },
		{ "--since", &since, NULL },
		{ "--until", &until, NULL },
		{ "--latest", NULL, &is_latest },
		{ "--limit", &limit_text, NULL },
		{ "--columns", &filter.columns, NULL },
		{ "--format", &format_text, NULL },
		{ NULL, NULL, NULL },
	};
	enum row_format format;
	int64_t limit;

	if (!command_options(argc, argv, options, query_usage))
		return COMMAND_USAGE;
	if (!row_format_find(format_text, &format))
		return wrong_use(argv[0], "--format is table, jsonl or csv", query_usage);
	if (!parse_limit(limit_text, &limit))
		return wrong_use(argv[0], "--limit takes a number", query_usage);
	if (!parse_time(since, &filter.has_since, &filter.since_ms) ||
	    !parse_time(until, &filter.has_until, &filter.until_ms))
		return wrong_use(argv[0],
				 "--since and --until take a time: " QUERY_TIME_FORMS,
				 query_usage);
	if (is_latest && strcmp(argv[0], "readings") != 0)
		return wrong_use(argv[0], "--latest belongs to readings", query_usage);
	const struct query_subject *subject =
		query_subject_find(is_latest ? "latest_readings" : argv[0]);
	if (format == ROW_TABLE && filter.columns == NULL)
		filter.columns = query_subject_columns(subject);
	return query_database(file, argv[0], subject, &filter, format, limit);
}

/* ---- sql ---- */

/* The text of standard input with a NUL; NULL after a message. */
static char *read_input(void)
{
	char *text = calloc(1, SQL_MAX);
	size_t size = text != NULL ? fread(text, 1, SQL_MAX, stdin) : SQL_MAX;

	if (size < SQL_MAX && !ferror(stdin))
		return text;
	(void)complain("sql", "cannot read a statement of at most 1 MiB from standard "
			      "input");
	free(text);
	return NULL;
}

static int ask_database(const char *file, const char *sql, enum row_format format)
{
	char error[QUERY_ERROR_MAX];
	struct config config;

	if (!command_load_config(file, &config))
		return 1;
	struct query *query = query_open_sql(config.database_path, sql, error);
	int code = query != NULL ? print_query("sql", query, format, INT64_MAX)
				 : complain("sql", error);
	query_close(query);
	config_free(&config);
	return code;
}

int cmd_sql(int argc, char **argv)
{
	static const char usage[] =
		"readout sql \"SELECT ...\" [--config FILE] [--format table|jsonl|csv]\n"
		"Asks the database one question that only reads; - reads it from "
		"standard input.";
	const char *file = NULL, *format_text = "table", *sql = NULL;
	const struct command_option options[] = { { "--config", &file, NULL },
						  { "--format", &format_text, NULL },
						  { "", &sql, NULL },
						  { NULL, NULL, NULL } };
	enum row_format format;

	if (!command_options(argc, argv, options, usage))
		return COMMAND_USAGE;
	if (sql == NULL)
		return wrong_use("sql", "a statement, please", usage);
	if (!row_format_find(format_text, &format))
		return wrong_use("sql", "--format is table, jsonl or csv", usage);
	if (strcmp(sql, "-") != 0)
		return ask_database(file, sql, format);
	char *input = read_input();
	int code = input != NULL ? ask_database(file, input, format) : 1;
	free(input);
	return code;
}
