/* SPDX-License-Identifier: MIT */
#include "tests/fault/workload.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "storage/database.h"
#include "storage/terminal_list.h"
#include "tests/fault/deliver.h"

enum { READ_LIMIT = 10, ANSWER_LIMIT_S = 30 /* only a defect takes that long */ };

static void wake(void *context)
{
	struct workload *workload = context;
	sem_post(&workload->woken);
}

/* What was acknowledged up to here must have been safe before. */
static void on_answer(void *context)
{
	struct workload *workload = context;
	bool is_of_gate = workload->gate.is_answered_next;
	workload->gate.is_answered_next = false;
	if (!is_of_gate && workload->has_batches && workload->cuts_at_answer != NULL &&
	    workload->cuts_at_answer(workload->cut_context)) {
		disk_lock(workload->disk);
		workload->disk->is_off = true;
		disk_unlock(workload->disk);
	}
	wake(workload);
}

/* Waits for the writer or the end of the power. false: in vain. */
static bool wait_woken(struct workload *workload)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += ANSWER_LIMIT_S;
	if (sem_timedwait(&workload->woken, &until) == 0)
		return true;
	book_complain(workload->book, "no answer from the store in %d s", ANSWER_LIMIT_S);
	return false;
}

static void drain(struct workload *workload)
{
	while (workload->outstanding > 0 && !disk_is_off(workload->disk) &&
	       wait_woken(workload))
		store_port_dispatch(workload->port);
}

static int run_gate(struct store_job *job, struct store_writer *writer)
{
	struct workload_gate *gate = (struct workload_gate *)job;
	(void)writer;
	gate->is_entered = true;
	gate->is_answered_next = true;
	wake(gate->workload);
	sem_wait(&gate->open);
	sem_post(&gate->open);
	return SQLITE_OK;
}

static void on_gate(struct store_job *job, enum store_result result)
{
	struct workload_gate *gate = (struct workload_gate *)job;
	(void)result;
	gate->workload->outstanding--;
}

/* The writer is idle; it takes the gate alone, and all that follows as one group. */
static void close_gate(struct workload *workload)
{
	struct workload_gate *gate = &workload->gate;
	gate->job = (struct store_job){ .run = run_gate,
					.done = on_gate,
					.port = workload->port };
	gate->workload = workload;
	gate->is_entered = false;
	sem_init(&gate->open, 0, 0);
	workload->outstanding++;
	store_submit(workload->store, &gate->job);
	while (!gate->is_entered && !disk_is_off(workload->disk) && wait_woken(workload))
		;
}

static void start_reading(struct workload *workload)
{
	char error[STORE_ERROR_MAX];
	if (workload->is_reading && workload->reader == NULL)
		workload->reader = log_reader_open(workload->path, error);
	if (!workload->is_pinning || workload->pin != NULL)
		return;
	workload->pin = database_open_reader(workload->path, error);
	if (workload->pin != NULL)
		sqlite3_exec(
			workload->pin,
			"BEGIN; SELECT count(*) FROM telegram; SELECT * FROM readings",
			NULL, NULL, NULL);
}

static void on_terminal(const struct terminal_list_entry *entry, void *context)
{
	struct workload *workload = context;
	if (entry->identity == NULL || entry->identity[0] != 'T')
		book_complain(workload->book, "a terminal without its name is listed");
}

static void read_some(struct workload *workload)
{
	const struct log_telegram *telegrams = NULL;
	char error[STORE_ERROR_MAX];
	if (workload->reader == NULL)
		return;
	int count = log_reader_next(workload->reader, workload->read_until, -1,
				    READ_LIMIT, &telegrams);
	for (int i = 0; i < count; i++) {
		if (telegrams[i].id <= workload->read_until)
			book_complain(workload->book, "the reader of the log went back");
		workload->read_until = telegrams[i].id;
	}
	int64_t last = log_reader_last(workload->reader);
	workload->log_end = last > workload->log_end ? last : workload->log_end;
	if (!workload->is_listed)
		terminal_list_read(workload->path, on_terminal, workload, error);
	workload->is_listed = true;
}

static bool open_store(struct workload *workload)
{
	struct store_options options = { .path = workload->path,
					 .queue_limit_bytes = 1 << 22,
					 .layout_limit = 8 };
	workload->layouts = layout_table_new(options.layout_limit);
	if (workload->layouts == NULL ||
	    !book_layouts(workload->layouts, workload->layout)) {
		snprintf(workload->error, sizeof workload->error, "no layouts");
		return false;
	}
	workload->store = store_open(&options, workload->error);
	if (workload->store == NULL)
		return false;
	workload->port = store_port_new(workload->store, on_answer, workload);
	if (workload->port == NULL)
		snprintf(workload->error, sizeof workload->error, "no port");
	return workload->port != NULL;
}

bool workload_open(struct workload *workload)
{
	sem_init(&workload->woken, 0, 0);
	workload->error[0] = '\0';
	workload->disk->on_off = wake;
	workload->disk->context = workload;
	if (open_store(workload))
		return true;
	if (workload->error[0] == '\0')
		book_complain(workload->book, "the store does not open and says nothing");
	workload_close(workload);
	return false;
}

void workload_step(struct workload *workload)
{
	start_reading(workload);
	close_gate(workload);
	deliver_step(workload);
	sem_post(&workload->gate.open);
	drain(workload);
	read_some(workload);
}

void workload_close(struct workload *workload)
{
	bool is_reader_last = dice_permille(&workload->dice, 300);
	if (!is_reader_last) {
		log_reader_close(workload->reader);
		sqlite3_close(workload->pin);
	}
	if (workload->store != NULL)
		store_close(workload->store);
	if (workload->port != NULL)
		store_port_dispatch(workload->port);
	if (is_reader_last) {
		log_reader_close(workload->reader);
		sqlite3_close(workload->pin);
	}
	store_port_free(workload->port);
	store_free(workload->store);
	layout_table_free(workload->layouts);
	if (workload->outstanding > 0)
		book_complain(workload->book, "%u jobs were never answered",
			      workload->outstanding);
	workload->disk->on_off = NULL;
	sem_destroy(&workload->woken);
}
