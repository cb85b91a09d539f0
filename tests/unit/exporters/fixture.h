/* SPDX-License-Identifier: MIT */
/*
 * A store in a directory of its own, a log to be filled, and a runner with exporters over
 * it. One per test, in a process of its own.
 */
#ifndef READOUT_TESTS_EXPORTERS_FIXTURE_H
#define READOUT_TESTS_EXPORTERS_FIXTURE_H

#include <semaphore.h>

#include "exporters/runner.h"
#include "storage/telegram_batch.h"
#include "storage/terminal_record.h"
#include "tests/unit/exporters/modules/scripted.h"

enum { FIXTURE_EXPORTERS = 2, FIXTURE_LINES = 64, FIXTURE_LINE_MAX = 400 };

struct fixture {
	char directory[64];
	char database[96];
	struct store *store;
	struct store_port *port; /* the test's own */
	sem_t woken;
	int64_t terminal;
	struct layout_table *layouts;
	const struct layout *layout; /* one register: volume in m3 */
	int64_t stamp;               /* of the last telegram */
	int64_t received_before_ms;  /* how long ago telegrams came in */

	struct runner *runner;
	uint32_t batch_count;
	uint64_t batch_age_ms, batch_bytes;
	bool is_newest_first;
	struct log_filter filter;
	struct scripted scripted[FIXTURE_EXPORTERS];
	char control[FIXTURE_EXPORTERS][24]; /* the option of each */
	struct exporter_setting settings[FIXTURE_EXPORTERS];

	pthread_mutex_t lock;
	char lines[FIXTURE_LINES][FIXTURE_LINE_MAX]; /* "severity exporter: text" */
	uint32_t line_count;
};

void fixture_open(struct fixture *fixture);
void fixture_close(struct fixture *fixture); /* stops the runner; removes the directory */

/* Commits count telegrams with one reading each, and tells the runner. */
void fixture_append(struct fixture *fixture, uint32_t count);

/* Starts exporters "one" (and "two"), each a scripted plugin. */
void fixture_start(struct fixture *fixture, size_t count);

/* The exporters that fixture_start() starts; their texts live as long as the fixture. */
void fixture_configure(struct fixture *fixture, struct runner_exporter *ret_exporters,
		       size_t count);

/* Stops and frees the runner, with the store reopened as after a restart. */
void fixture_stop(struct fixture *fixture, uint64_t grace_ms);

/* Wait for something to be so; fail the test after half a minute. */
void fixture_await_calls(struct fixture *fixture, size_t exporter, uint32_t count);
void fixture_await_position(struct fixture *fixture, size_t exporter, int64_t position);
void fixture_await_state(struct fixture *fixture, size_t exporter,
			 enum runner_state state);

struct runner_status fixture_status(struct fixture *fixture, size_t exporter);

/* Runs SQL on the database, behind the store's back. */
void fixture_execute(const struct fixture *fixture, const char *sql);

/* How many lines of the log hold the text. */
uint32_t fixture_lines(struct fixture *fixture, const char *text);

/* The first column of the first row, as a number; -1 none. */
int64_t fixture_query(const struct fixture *fixture, const char *sql);

#endif
