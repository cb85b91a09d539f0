/* SPDX-License-Identifier: MIT */
#include "tests/unit/exporters/fixture.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 30000, LAYOUTS_MAX = 16, BATCH_LIMIT = 1 << 20 };

static void on_wake(void *context)
{
	struct fixture *fixture = context;
	sem_post(&fixture->woken);
}

/* Dispatches until *is_done. */
static void await_store(struct fixture *fixture, const bool *is_done)
{
	while (!*is_done) {
		sem_wait(&fixture->woken);
		store_port_dispatch(fixture->port);
	}
}

struct answer {
	bool is_done;
	int64_t terminal;
};

static void on_terminal(const struct terminal_state *state, enum store_result result,
			void *context)
{
	struct answer *answer = context;
	answer->is_done = true;
	answer->terminal = result == STORE_COMMITTED ? state->id : 0;
}

static void open_store(struct fixture *fixture)
{
	char error[STORE_ERROR_MAX];
	struct store_options options = {
		.path = fixture->database,
		.queue_limit_bytes = 1 << 22,
		.layout_limit = LAYOUTS_MAX,
	};
	fixture->store = store_open(&options, error);
	cr_assert_not_null(fixture->store, "%s", error);
	fixture->port = store_port_new(fixture->store, on_wake, fixture);
	struct answer answer = { false, 0 };
	terminal_record_open(fixture->store, fixture->port, "T1", "", "", 1, on_terminal,
			     &answer);
	await_store(fixture, &answer.is_done);
	fixture->terminal = answer.terminal;
}

static void close_store(struct fixture *fixture)
{
	store_close(fixture->store);
	store_port_dispatch(fixture->port);
	if (fixture->runner)
		runner_free(fixture->runner);
	fixture->runner = NULL;
	store_port_free(fixture->port);
	store_free(fixture->store);
}

void fixture_open(struct fixture *fixture)
{
	memset(fixture, 0, sizeof *fixture);
	snprintf(fixture->directory, sizeof fixture->directory, "/tmp/exporters-XXXXXX");
	cr_assert_not_null(mkdtemp(fixture->directory));
	snprintf(fixture->database, sizeof fixture->database, "%s/readout.db",
		 fixture->directory);
	sem_init(&fixture->woken, 0, 0);
	pthread_mutex_init(&fixture->lock, NULL);
	for (size_t i = 0; i < FIXTURE_EXPORTERS; i++)
		pthread_mutex_init(&fixture->scripted[i].lock, NULL);
	fixture->stamp = 1700000000;
	fixture->batch_count = 100;
	fixture->layouts = layout_table_new(LAYOUTS_MAX);
	struct reading_register volume = {
		.source = READING_SOURCE_MBUS,
		.header = { 0x0C, 0x13 },
		.header_size = 2,
		.quantity = "volume",
		.unit = "m3",
		.type = READING_TYPE_BCD,
		.exponent = -3,
		.factor = 1,
	};
	fixture->layout =
		layout_table_add(fixture->layouts, span_of("\x0c\x13", 2), &volume, 1);
	open_store(fixture);
}

static int on_entry(const char *path, const struct stat *status, int type,
		    struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

void fixture_close(struct fixture *fixture)
{
	runner_stop(fixture->runner, 100);
	close_store(fixture);
	layout_table_free(fixture->layouts);
	nftw(fixture->directory, on_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void on_committed(struct telegram_batch *batch, enum store_result result,
			 void *context)
{
	cr_assert_eq(result, STORE_COMMITTED, "%s", telegram_batch_error(batch));
	telegram_batch_free(batch);
	*(bool *)context = true;
}

void fixture_append(struct fixture *fixture, uint32_t count)
{
	struct telegram_batch *batch =
		telegram_batch_new(fixture->port, fixture->terminal, BATCH_LIMIT);
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	for (uint32_t i = 0; i < count; i++) {
		int64_t stamp = ++fixture->stamp;
		char raw[24];
		snprintf(raw, sizeof raw, "%" PRId64, stamp);
		struct store_telegram telegram = {
			.stamp = stamp,
			.sequence = stamp,
			.received_at_ms =
				(int64_t)now.tv_sec * 1000 - fixture->received_before_ms,
			.read_at = stamp,
			.time_quality = "terminal",
			.kind = "MBUS",
			.access_number = -1,
			.meter_status = -1,
			.raw = span_text(raw),
			.layout = fixture->layout,
			.vals = span_text("[1891]"),
			.decode_status = "ok",
			.decode_diagnosis = "",
		};
		cr_assert(telegram_batch_add(batch, &telegram));
	}
	bool is_done = false;
	telegram_batch_submit(batch, on_committed, &is_done);
	await_store(fixture, &is_done);
	if (fixture->runner)
		runner_notify(fixture->runner);
}

static void on_line(void *context, const char *severity, const char *exporter,
		    const char *text)
{
	struct fixture *fixture = context;
	pthread_mutex_lock(&fixture->lock);
	if (fixture->line_count < FIXTURE_LINES)
		snprintf(fixture->lines[fixture->line_count++], FIXTURE_LINE_MAX,
			 "%s %s: %s", severity, exporter, text);
	pthread_mutex_unlock(&fixture->lock);
}

void fixture_configure(struct fixture *fixture, struct runner_exporter *ret_exporters,
		       size_t count)
{
	static const char *const names[FIXTURE_EXPORTERS] = { "one", "two" };
	for (size_t i = 0; i < count; i++) {
		snprintf(fixture->control[i], sizeof fixture->control[i], "%" PRIuPTR,
			 (uintptr_t)&fixture->scripted[i]);
		fixture->settings[i] =
			(struct exporter_setting){ "control", fixture->control[i],
						   "here" };
		ret_exporters[i] = (struct runner_exporter){
			.name = names[i],
			.plugin = "scripted",
			.settings = &fixture->settings[i],
			.setting_count = 1,
			.batch_count = fixture->batch_count,
			.batch_bytes = fixture->batch_bytes,
			.batch_age_ms = fixture->batch_age_ms,
			.is_newest_first = fixture->is_newest_first,
			.filter = fixture->filter,
		};
	}
}

void fixture_start(struct fixture *fixture, size_t count)
{
	struct runner_exporter exporters[FIXTURE_EXPORTERS];
	fixture_configure(fixture, exporters, count);
	struct runner_options options = {
		.module_directory = TEST_MODULES,
		.database_path = fixture->database,
		.exporters = exporters,
		.exporter_count = count,
		.log = on_line,
		.context = fixture,
	};
	char error[EXPORTER_ERROR_MAX];
	fixture->runner = runner_start(fixture->store, &options, error);
	cr_assert_not_null(fixture->runner, "%s", error);
}

void fixture_stop(struct fixture *fixture, uint64_t grace_ms)
{
	runner_stop(fixture->runner, grace_ms);
	close_store(fixture);
	open_store(fixture);
}

/* One millisecond of patience less. */
static void be_patient(int *patience_ms, const char *what)
{
	struct timespec moment = { 0, 1000000 };
	cr_assert((*patience_ms)-- > 0, "waited in vain for %s", what);
	nanosleep(&moment, NULL);
}

void fixture_await_calls(struct fixture *fixture, size_t exporter, uint32_t count)
{
	struct scripted *scripted = &fixture->scripted[exporter];
	for (int patience_ms = PATIENCE_MS;;) {
		pthread_mutex_lock(&scripted->lock);
		bool is_so = scripted->call_count >= count;
		pthread_mutex_unlock(&scripted->lock);
		if (is_so)
			return;
		be_patient(&patience_ms, "a delivery");
	}
}

struct runner_status fixture_status(struct fixture *fixture, size_t exporter)
{
	struct runner_status status[FIXTURE_EXPORTERS];
	size_t count = runner_status(fixture->runner, status, FIXTURE_EXPORTERS);
	cr_assert(exporter < count);
	return status[exporter];
}

void fixture_await_position(struct fixture *fixture, size_t exporter, int64_t position)
{
	int patience_ms = PATIENCE_MS;
	while (fixture_status(fixture, exporter).position < position)
		be_patient(&patience_ms, "the cursor");
}

void fixture_await_state(struct fixture *fixture, size_t exporter,
			 enum runner_state state)
{
	int patience_ms = PATIENCE_MS;
	while (fixture_status(fixture, exporter).state != state)
		be_patient(&patience_ms, "a state");
}

uint32_t fixture_lines(struct fixture *fixture, const char *text)
{
	uint32_t found = 0;
	pthread_mutex_lock(&fixture->lock);
	for (uint32_t i = 0; i < fixture->line_count; i++)
		found += strstr(fixture->lines[i], text) != NULL;
	pthread_mutex_unlock(&fixture->lock);
	return found;
}

void fixture_execute(const struct fixture *fixture, const char *sql)
{
	sqlite3 *database = NULL;
	sqlite3_open(fixture->database, &database);
	cr_assert_eq(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK, "%s",
		     sqlite3_errmsg(database));
	sqlite3_close(database);
}

int64_t fixture_query(const struct fixture *fixture, const char *sql)
{
	sqlite3 *database = NULL;
	sqlite3_stmt *statement = NULL;
	int64_t found = -1;
	sqlite3_open_v2(fixture->database, &database, SQLITE_OPEN_READONLY, NULL);
	sqlite3_prepare_v2(database, sql, -1, &statement, NULL);
	if (sqlite3_step(statement) == SQLITE_ROW)
		found = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(database);
	return found;
}
