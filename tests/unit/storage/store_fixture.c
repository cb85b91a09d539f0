/* SPDX-License-Identifier: MIT */
#include "store_fixture.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void wake(void *context)
{
	struct store_fixture *f = context;
	sem_post(&f->woken);
}

void fixture_open(struct store_fixture *f)
{
	struct store_options options = {
		.path = f->path,
		.queue_limit_bytes = 1 << 20,
		.layout_limit = 64,
		.wal_limit_bytes = f->wal_limit_bytes,
	};
	f->store = store_open(&options, f->error);
	cr_assert_not_null(f->store, "%s", f->error);
	f->port = store_port_new(f->store, wake, f);
}

void fixture_close(struct store_fixture *f)
{
	if (f->store == NULL)
		return;
	store_close(f->store);
	store_port_dispatch(f->port);
	store_port_free(f->port);
	store_free(f->store);
	f->store = NULL;
}

void fixture_wait(struct store_fixture *f, const bool *is_answered)
{
	while (!*is_answered) {
		sem_wait(&f->woken);
		store_port_dispatch(f->port);
	}
}

static void on_contact(const struct terminal_state *state, enum store_result result,
		       void *context)
{
	struct store_fixture *f = context;
	f->is_answered = true;
	f->result = result;
	if (state != NULL)
		f->state = *state;
}

void fixture_contact(struct store_fixture *f, const char *identity)
{
	f->is_answered = false;
	cr_assert(terminal_record_open(f->store, f->port, identity, "10.0.0.1:4000", "",
				       1700000000000, on_contact, f));
	fixture_wait(f, &f->is_answered);
}

void fixture_begin(struct store_fixture *f)
{
	*f = (struct store_fixture){ .directory = "/tmp/readout-store-XXXXXX" };
	cr_assert_not_null(mkdtemp(f->directory));
	snprintf(f->path, sizeof f->path, "%s/readout.db", f->directory);
	sem_init(&f->woken, 0, 0);
	fixture_open(f);
	fixture_contact(f, "T1");
	f->terminal = f->state.id;
}

void fixture_end(struct store_fixture *f)
{
	char file[512];
	fixture_close(f);
	DIR *directory = opendir(f->directory);
	struct dirent *entry;
	while ((entry = readdir(directory)) != NULL) {
		snprintf(file, sizeof file, "%s/%s", f->directory, entry->d_name);
		unlink(file);
	}
	closedir(directory);
	rmdir(f->directory);
	sem_destroy(&f->woken);
}

struct store_telegram fixture_telegram(int64_t stamp, int64_t sequence, const char *raw)
{
	return (struct store_telegram){
		.stamp = stamp,
		.sequence = sequence,
		.received_at_ms = 1700000001500,
		.read_at = stamp,
		.time_quality = "terminal",
		.kind = "mbus",
		.device_index = 1,
		.access_number = -1,
		.meter_status = -1,
		.raw = span_text(raw),
		.decode_status = "ok",
		.decode_diagnosis = "",
	};
}

struct telegram_batch *fixture_batch(struct store_fixture *f)
{
	return telegram_batch_new(f->port, f->terminal, 1 << 20);
}

static void on_batch(struct telegram_batch *batch, enum store_result result,
		     void *context)
{
	struct store_fixture *f = context;
	f->is_answered = true;
	f->result = result;
	for (uint32_t i = 0; i < telegram_batch_count(batch) && i < 64; i++)
		f->outcomes[i] = telegram_batch_outcome(batch, i);
	snprintf(f->error, sizeof f->error, "%s", telegram_batch_error(batch));
	telegram_batch_free(batch);
}

void fixture_submit(struct store_fixture *f, struct telegram_batch *batch)
{
	f->is_answered = false;
	telegram_batch_submit(batch, on_batch, f);
}

enum store_result fixture_commit(struct store_fixture *f, struct telegram_batch *batch)
{
	fixture_submit(f, batch);
	fixture_wait(f, &f->is_answered);
	return f->result;
}

enum telegram_outcome fixture_store(struct store_fixture *f,
				    const struct store_telegram *telegram)
{
	struct telegram_batch *batch = fixture_batch(f);
	cr_assert(telegram_batch_add(batch, telegram));
	cr_assert_eq(fixture_commit(f, batch), STORE_COMMITTED, "%s", f->error);
	return f->outcomes[0];
}

void fixture_text(const struct store_fixture *f, const char *sql, char ret_text[512])
{
	sqlite3 *db = NULL;
	sqlite3_stmt *row = NULL;
	cr_assert_eq(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READONLY, NULL), 0);
	cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK, "%s: %s",
		     sql, sqlite3_errmsg(db));
	cr_assert_eq(sqlite3_step(row), SQLITE_ROW, "no row: %s", sql);
	const unsigned char *text = sqlite3_column_text(row, 0);
	snprintf(ret_text, 512, "%s", text == NULL ? "NULL" : (const char *)text);
	sqlite3_finalize(row);
	sqlite3_close(db);
}

int64_t fixture_int(const struct store_fixture *f, const char *sql)
{
	char text[512];
	fixture_text(f, sql, text);
	return strtoll(text, NULL, 10);
}

void fixture_exec(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 10000);
	cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, "%s",
		     sqlite3_errmsg(db));
	sqlite3_close(db);
}
