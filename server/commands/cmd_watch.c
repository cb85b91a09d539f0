/* SPDX-License-Identifier: MIT */
/*
 * Follows the log by a read-only connection of its own; the daemon does not know of it.
 * New telegrams are looked for twice a second: one short query when nothing is new.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "server/clock.h"
#include "server/commands/command.h"
#include "server/commands/watch_table.h"

enum { LOOK_EVERY_MS = 500, PAGE = 200 };

struct watch {
	struct log_reader *reader;
	struct watch_table *table; /* NULL: plain lines */
	int64_t position;
	int signals; /* readable when it is time to end */
};

static void print_lines(const struct log_telegram *telegram)
{
	char time_text[CLOCK_TEXT_SIZE];
	const char *meter = telegram->meter[0] != '\0' ? telegram->meter : "-";

	clock_text(telegram->read_at * 1000, time_text);
	if (telegram->reading_count == 0)
		(void)printf("%s %s %s %s (%s)\n", time_text, telegram->terminal, meter,
			     telegram->kind, telegram->decode_status);
	for (uint32_t i = 0; i < telegram->reading_count; i++) {
		const struct log_reading *reading = &telegram->readings[i];
		if (reading->value_text[0] == '\0' || reading->quantity[0] == '\0')
			continue;
		(void)printf("%s %s %s %s: %s%s%s", time_text, telegram->terminal, meter,
			     reading->quantity, reading->value_text,
			     reading->unit[0] != '\0' ? " " : "", reading->unit);
		if (reading->storage > 0)
			(void)printf(" (storage %" PRIu64 ")", reading->storage);
		if (reading->tariff > 0)
			(void)printf(" (tariff %" PRIu32 ")", reading->tariff);
		if (strcmp(reading->function, "instantaneous") != 0)
			(void)printf(" (%s)", reading->function);
		(void)putchar('\n');
	}
}

/* Shows all that is new; false after a message when the log cannot be read. */
static bool show_new(struct watch *watch)
{
	const struct log_telegram *telegrams;
	int count;

	while ((count = log_reader_next(watch->reader, watch->position, -1, PAGE,
					&telegrams)) > 0) {
		for (int i = 0; i < count; i++) {
			if (watch->table != NULL)
				watch_table_add(watch->table, &telegrams[i]);
			else
				print_lines(&telegrams[i]);
		}
		watch->position = telegrams[count - 1].id;
	}
	if (count < 0)
		(void)fprintf(stderr, "readout watch: %s\n",
			      log_reader_error(watch->reader));
	if (watch->table != NULL)
		watch_table_draw(watch->table);
	return count == 0 && fflush(stdout) == 0;
}

static int open_signals(void)
{
	sigset_t ends;
	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGINT);
	(void)sigaddset(&ends, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &ends, NULL);
	return signalfd(-1, &ends, SFD_CLOEXEC);
}

static int follow(struct watch *watch)
{
	struct pollfd wait = { .fd = watch->signals, .events = POLLIN };

	bool is_well = show_new(watch);
	while (is_well && poll(&wait, 1, LOOK_EVERY_MS) == 0)
		is_well = show_new(watch);
	return is_well ? 0 : 1;
}

static int watch_database(const char *path, bool is_from_start)
{
	char error[LOG_READER_ERROR_MAX];
	struct watch watch = { .reader = log_reader_open(path, error) };

	if (watch.reader == NULL) {
		(void)fprintf(stderr, "readout watch: %s\n", error);
		return 1;
	}
	if (!is_from_start)
		watch.position = log_reader_last(watch.reader);
	if (isatty(STDOUT_FILENO))
		watch.table = watch_table_new();
	watch.signals = open_signals();
	int code = watch.signals >= 0 && watch.position >= 0 ? follow(&watch) : 1;
	if (watch.signals >= 0)
		(void)close(watch.signals);
	watch_table_free(watch.table);
	log_reader_close(watch.reader);
	return code;
}

int cmd_watch(int argc, char **argv)
{
	static const char usage[] = "readout watch [--config FILE] [--from-start]\n"
				    "Shows readings as they land: a live table on a "
				    "terminal, plain lines when piped.";
	const char *file = NULL;
	bool is_from_start = false;
	const struct command_option options[] = { { "--config", &file, NULL },
						  { "--from-start", NULL,
						    &is_from_start },
						  { NULL, NULL, NULL } };
	struct config config;

	if (!command_options(argc, argv, options, usage))
		return COMMAND_USAGE;
	if (!command_load_config(file, &config))
		return 1;
	int code = watch_database(config.database_path, is_from_start);
	config_free(&config);
	return code;
}
