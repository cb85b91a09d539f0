/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/event.h"
#include "storage/writer.h"
#include "store_fixture.h"

static struct store_fixture f;

static void setup(void)
{
	fixture_begin(&f);
}

static void teardown(void)
{
	fixture_end(&f);
}

TestSuite(store, .init = setup, .fini = teardown);

/* A job made for a test: it holds the writer, or gives back what it is told to. */
struct test_job {
	struct store_job job;
	size_t bytes; /* 0: its own size */
	int code;
	const char *sql;
	sem_t *started, *released;
	bool is_done;
	enum store_result result;
};

static int run(struct store_job *job, struct store_writer *writer)
{
	struct test_job *self = (struct test_job *)job;
	if (self->started != NULL) {
		sem_post(self->started);
		sem_wait(self->released);
	}
	if (self->sql != NULL)
		return sqlite3_exec(writer->db, self->sql, NULL, NULL, NULL);
	return self->code;
}

static void on_done(struct store_job *job, enum store_result result)
{
	struct test_job *self = (struct test_job *)job;
	self->is_done = true;
	self->result = result;
}

static void submit(struct test_job *job)
{
	job->job.run = run;
	job->job.done = on_done;
	job->job.port = f.port;
	job->job.bytes = job->bytes != 0 ? job->bytes : sizeof *job;
	store_submit(f.store, &job->job);
}

static sem_t started, released;
static struct test_job blocker;

/* The writer runs the blocker, so that what is submitted next becomes one group. */
static void block_writer(void)
{
	sem_init(&started, 0, 0);
	sem_init(&released, 0, 0);
	blocker = (struct test_job){ .started = &started, .released = &released };
	submit(&blocker);
	sem_wait(&started);
}

static struct telegram_batch *one(int64_t sequence)
{
	struct store_telegram telegram =
		fixture_telegram(STAMP_TRUE + sequence, sequence, "raw");
	struct telegram_batch *batch = fixture_batch(&f);
	telegram_batch_add(batch, &telegram);
	return batch;
}

static struct store_status status(void)
{
	struct store_status status;
	store_status(f.store, &status);
	return status;
}

Test(store, commits_all_that_has_gathered_while_it_was_busy_in_one_transaction)
{
	struct store_status before = status();
	block_writer();
	for (int i = 1; i <= 20; i++)
		fixture_submit(&f, one(i));
	sem_post(&released);
	while (status().jobs_committed < before.jobs_committed + 21)
		fixture_wait(&f, &f.is_answered);
	cr_assert_eq(status().transactions, before.transactions + 2);
	cr_assert_eq(status().telegrams_new, 20);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM telegram"), 20);
}

Test(store, rejects_a_bad_job_and_commits_its_neighbours)
{
	struct test_job bad = {
		.sql = "INSERT INTO event (at_ms, kind, severity, detail) "
		       "VALUES (1, 'k', 's', NULL)"
	};
	block_writer();
	fixture_submit(&f, one(1));
	submit(&bad);
	fixture_submit(&f, one(2));
	sem_post(&released);
	fixture_wait(&f, &bad.is_done);
	while (status().telegrams_new < 2)
		fixture_wait(&f, &f.is_answered);
	cr_assert_eq(bad.result, STORE_REJECTED);
	cr_assert_not_null(strstr(bad.job.error, "NOT NULL"), "%s", bad.job.error);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM telegram"), 2);
	cr_assert_eq(status().state, STORE_RUNNING);
}

Test(store, forgets_the_ids_of_rows_that_were_rolled_back)
{
	struct reading_register reg = { .source = READING_SOURCE_MBUS,
					.quantity = "volume",
					.unit = "m3",
					.type = READING_TYPE_BCD,
					.factor = 1,
					.header = { 0x0c, 0x13 },
					.header_size = 2 };
	struct layout_table *table = layout_table_new(4);
	struct store_telegram telegram = fixture_telegram(STAMP_TRUE, 1, "raw");
	telegram.layout = layout_table_add(table, span_text("key"), &reg, 1);
	telegram.vals = span_text("[7]");
	telegram.has_meter = true;
	telegram.meter = (struct mbus_address){ "08031768", 0x3265, 0x99, 0x06 };
	telegram.decode_status = "partial";
	struct telegram_batch *batch = fixture_batch(&f);
	telegram_batch_add(batch, &telegram);
	struct test_job bad = { .code = SQLITE_CONSTRAINT };
	block_writer();
	fixture_submit(&f, batch);
	submit(&bad);
	sem_post(&released);
	fixture_wait(&f, &bad.is_done);
	cr_assert(f.is_answered);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM meters"), 1);
	cr_assert_eq(fixture_int(&f, "SELECT value FROM readings"), 7);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM word WHERE text = 'partial'"),
		     1);
	layout_table_free(table);
}

Test(store, promises_room_up_to_its_limit)
{
	cr_assert(store_reserve(f.store, 1 << 19));
	cr_assert(store_reserve(f.store, 1 << 19));
	cr_assert(!store_reserve(f.store, 1));
	store_release(f.store, 1 << 19);
	cr_assert(store_reserve(f.store, 1 << 18));
	cr_assert(!store_reserve(f.store, SIZE_MAX));
	cr_assert_eq(status().reserved_bytes, (1 << 19) + (1 << 18));
}

Test(store, counts_what_is_queued_against_the_promises)
{
	struct test_job large = { .code = SQLITE_OK };
	block_writer();
	submit(&large);
	size_t queued = status().queued_bytes;
	cr_assert_geq(queued, sizeof large);
	cr_assert(!store_reserve(f.store, (1 << 20) - queued + 1));
	cr_assert(store_reserve(f.store, (1 << 20) - queued));
	sem_post(&released);
	fixture_wait(&f, &large.is_done);
	cr_assert_eq(status().queued_bytes, 0);
}

/* What a full disk does, without one: no file may grow any more. */
static void fill_disk(void)
{
	char wal[256];
	struct stat file;
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	snprintf(wal, sizeof wal, "%s-wal", f.path);
	cr_assert_eq(stat(wal, &file), 0);
	sigaction(SIGXFSZ, &ignore, NULL);
	struct rlimit limit = { (rlim_t)file.st_size, RLIM_INFINITY };
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void free_disk(void)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void wait_state(enum store_state state)
{
	while (status().state != state) {
		usleep(1000);
		store_port_dispatch(f.port);
		cr_assert(!f.is_answered, "answered though nothing was committed");
	}
}

Test(store, acknowledges_nothing_while_the_disk_is_full_and_goes_on_when_there_is_room)
{
	fill_disk();
	fixture_submit(&f, one(1));
	wait_state(STORE_DEGRADED);
	store_port_dispatch(f.port);
	cr_assert(!f.is_answered);
	cr_assert_neq(status().error[0], '\0');
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM telegram"), 0);
	free_disk();
	fixture_wait(&f, &f.is_answered);
	cr_assert_eq(f.result, STORE_COMMITTED);
	cr_assert_eq(status().state, STORE_RUNNING);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM telegram"), 1);
}

Test(store, abandons_what_it_could_not_commit_when_it_is_closed)
{
	fill_disk();
	fixture_submit(&f, one(1));
	wait_state(STORE_DEGRADED);
	fixture_close(&f);
	free_disk();
	cr_assert(f.is_answered);
	cr_assert_eq(f.result, STORE_ABANDONED);
}

Test(store, stops_writing_to_a_corrupt_database_and_answers_at_its_end)
{
	struct test_job corrupt = { .code = SQLITE_CORRUPT };
	f.is_answered = false;
	submit(&corrupt);
	wait_state(STORE_FAILED);
	fixture_submit(&f, one(1));
	store_port_dispatch(f.port);
	cr_assert(!corrupt.is_done);
	cr_assert(!f.is_answered);
	fixture_close(&f);
	cr_assert_eq(corrupt.result, STORE_ABANDONED);
	cr_assert_eq(f.result, STORE_ABANDONED);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM telegram"), 0);
}

Test(store, runs_what_is_queued_before_it_closes)
{
	block_writer();
	fixture_submit(&f, one(1));
	sem_post(&released);
	fixture_close(&f);
	cr_assert_eq(f.result, STORE_COMMITTED);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM telegram"), 1);
}

static struct test_job late;

static void submit_late(struct telegram_batch *batch, enum store_result result,
			void *context)
{
	(void)result;
	(void)context;
	telegram_batch_free(batch);
	submit(&late);
}

Test(store, gives_back_at_once_what_is_submitted_after_its_end)
{
	telegram_batch_submit(one(1), submit_late, NULL);
	fixture_close(&f);
	cr_assert(late.is_done);
	cr_assert_eq(late.result, STORE_ABANDONED);
}

Test(store, promises_nothing_while_more_than_its_limit_is_queued)
{
	struct test_job huge = { .bytes = 2 << 20 };
	block_writer();
	submit(&huge);
	cr_assert(!store_reserve(f.store, 1));
	sem_post(&released);
	fixture_wait(&f, &huge.is_done);
	cr_assert(store_reserve(f.store, 1));
}

Test(store, keeps_events_with_their_details_cut_at_500_bytes)
{
	char detail[600], text[512];
	memset(detail, 'x', sizeof detail - 1);
	detail[sizeof detail - 1] = '\0';
	struct store_event event = { 1700000000123, "sequence_reset", "warning",
				     f.terminal, detail };
	cr_assert(event_submit(f.store, f.port, &event));
	fixture_contact(&f, "T1");
	fixture_text(&f,
		     "SELECT at || ' ' || kind || ' ' || severity || ' ' || terminal "
		     "|| ' ' || length(detail) FROM events",
		     text);
	cr_assert_str_eq(text, "2023-11-14T22:13:20.123Z sequence_reset warning T1 500");
}

Test(store, keeps_the_device_table_with_its_time)
{
	char text[512];
	cr_assert(terminal_record_device_table(f.store, f.port, f.terminal,
					       span_text("[{\"index\":1}]"), 5));
	cr_assert(terminal_record_device_table(f.store, f.port, f.terminal,
					       span_text("[]"), 6));
	fixture_contact(&f, "T1");
	fixture_text(&f, "SELECT read_ms || devices FROM device_table", text);
	cr_assert_str_eq(text, "6[]");
}

struct submitter {
	pthread_t thread;
	struct store_port *port;
	sem_t woken;
	int answered;
};

static void on_committed(struct telegram_batch *batch, enum store_result result,
			 void *context)
{
	struct submitter *self = context;
	self->answered += result == STORE_COMMITTED;
	telegram_batch_free(batch);
}

static void wake_submitter(void *context)
{
	sem_post(&((struct submitter *)context)->woken);
}

static void *submit_from_thread(void *argument)
{
	struct submitter *self = argument;
	for (int i = 0; i < 50; i++) {
		struct store_telegram telegram =
			fixture_telegram(STAMP_TRUE + i, i, "raw");
		struct telegram_batch *batch =
			telegram_batch_new(self->port, f.terminal, 4096);
		telegram_batch_add(batch, &telegram);
		telegram_batch_submit(batch, on_committed, self);
	}
	while (self->answered < 50) {
		sem_wait(&self->woken);
		store_port_dispatch(self->port);
	}
	return NULL;
}

Test(store, answers_each_thread_on_its_own_port)
{
	struct submitter submitters[3] = { 0 };
	for (int i = 0; i < 3; i++) {
		sem_init(&submitters[i].woken, 0, 0);
		submitters[i].port =
			store_port_new(f.store, wake_submitter, &submitters[i]);
		pthread_create(&submitters[i].thread, NULL, submit_from_thread,
			       &submitters[i]);
	}
	for (int i = 0; i < 3; i++)
		pthread_join(submitters[i].thread, NULL);
	cr_assert_eq(status().telegrams_new, 50);
	cr_assert_eq(status().telegrams_known, 100);
	fixture_close(&f);
	for (int i = 0; i < 3; i++)
		store_port_free(submitters[i].port);
}
