/* SPDX-License-Identifier: MIT */
/*
 * The door to the store: opening and closing, the queue, the ports. The writer's side is
 * in store_thread.c.
 *
 * The happy path is:
 * - store_submit() appends a job to the queue and signals the writer thread;
 * - the writer commits it and moves it to the done list of its port, and wakes the port;
 * - store_port_dispatch() calls done() on the thread of the port.
 *
 * Possible failure modes are: the queue is full (store_reserve() says no); after
 * store_close() a job that is still submitted comes back abandoned at once.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "storage/database.h"
#include "storage/store_lock.h"
#include "storage/store_private.h"

enum { WAL_LIMIT_USUAL = 256 << 20 };

/* Retention may have removed the newest telegram, and its id is not given again. */
static const char log_position_sql[] =
	"SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'telegram'), 0)";

static int64_t clock_ms(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t store_now_ms(void)
{
	return clock_ms(CLOCK_REALTIME);
}

int64_t store_monotonic_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}

void store_put_back(struct store_job *job, enum store_result result)
{
	job->result = result;
	job_list_append(&job->port->done, job);
	job->port->is_to_be_woken = true;
}

static bool start_thread(struct store *store, char error[STORE_ERROR_MAX])
{
	int rc = pthread_create(&store->thread, NULL, store_thread, store);
	if (rc != 0)
		snprintf(error, STORE_ERROR_MAX, "cannot start the writer thread: %s",
			 strerror(rc));
	return rc == 0;
}

static void init_locks(struct store *store)
{
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&store->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_init(&store->mutex, NULL);
}

static bool start(struct store *store, const struct store_options *options,
		  char error[STORE_ERROR_MAX])
{
	store->lock = store_lock_take(options->path, error);
	if (store->lock < 0)
		return false;
	store->writer = writer_new(options->path, options->layout_limit, error);
	if (store->writer == NULL)
		return false;
	if (!database_files_init(&store->files, store->writer->db)) {
		snprintf(error, STORE_ERROR_MAX, "out of memory opening %s",
			 options->path);
		return false;
	}
	database_files_note(&store->files);
	if (database_query_int64(store->writer->db, log_position_sql,
				 &store->status.log_position) != SQLITE_OK) {
		trouble_explain(store->writer->db, sqlite3_errcode(store->writer->db),
				error);
		return false;
	}
	return start_thread(store, error);
}

struct store *store_open(const struct store_options *options, char error[STORE_ERROR_MAX])
{
	struct store *store = calloc(1, sizeof *store);
	if (store != NULL)
		store->path = strdup(options->path);
	if (store == NULL || store->path == NULL) {
		snprintf(error, STORE_ERROR_MAX, "out of memory opening %s",
			 options->path);
		free(store);
		return NULL;
	}
	init_locks(store);
	store->status.limit_bytes = options->queue_limit_bytes;
	store->status.wal_limit_bytes = options->wal_limit_bytes != 0
						? options->wal_limit_bytes
						: WAL_LIMIT_USUAL;
	if (start(store, options, error))
		return store;
	writer_free(store->writer);
	store_lock_drop(store->lock);
	store_free(store);
	return NULL;
}

void store_close(struct store *store)
{
	pthread_mutex_lock(&store->mutex);
	store->is_closing = true;
	pthread_cond_signal(&store->changed);
	pthread_mutex_unlock(&store->mutex);
	pthread_join(store->thread, NULL);

	pthread_mutex_lock(&store->mutex);
	store->is_closed = true;
	struct store_job *job;
	while ((job = job_list_take(&store->queue)) != NULL) {
		store->status.queued_bytes -= job->bytes;
		store_put_back(job, STORE_ABANDONED);
	}
	pthread_mutex_unlock(&store->mutex);
	writer_free(store->writer);
	store_lock_drop(store->lock);
}

void store_free(struct store *store)
{
	if (store == NULL)
		return;
	database_files_free(&store->files);
	free(store->path);
	pthread_cond_destroy(&store->changed);
	pthread_mutex_destroy(&store->mutex);
	free(store);
}

void store_status(struct store *store, struct store_status *ret_status)
{
	pthread_mutex_lock(&store->mutex);
	*ret_status = store->status;
	pthread_mutex_unlock(&store->mutex);
}

bool store_reserve(struct store *store, size_t bytes)
{
	pthread_mutex_lock(&store->mutex);
	struct store_status *status = &store->status;
	size_t used = status->queued_bytes + status->reserved_bytes;
	bool fits = used <= status->limit_bytes && bytes <= status->limit_bytes - used;
	if (fits)
		status->reserved_bytes += bytes;
	pthread_mutex_unlock(&store->mutex);
	return fits;
}

void store_release(struct store *store, size_t bytes)
{
	pthread_mutex_lock(&store->mutex);
	store->status.reserved_bytes -= bytes;
	pthread_mutex_unlock(&store->mutex);
}

void store_submit(struct store *store, struct store_job *job)
{
	pthread_mutex_lock(&store->mutex);
	if (store->is_closed) {
		store_put_back(job, STORE_ABANDONED);
	} else {
		store->status.queued_bytes += job->bytes;
		job_list_append(&store->queue, job);
		pthread_cond_signal(&store->changed);
	}
	pthread_mutex_unlock(&store->mutex);
}

struct store_port *store_port_new(struct store *store, void (*wake)(void *context),
				  void *context)
{
	struct store_port *port = calloc(1, sizeof *port);
	if (port == NULL)
		return NULL;
	port->store = store;
	port->wake = wake;
	port->context = context;
	pthread_mutex_lock(&store->mutex);
	port->next = store->ports;
	store->ports = port;
	pthread_mutex_unlock(&store->mutex);
	return port;
}

void store_port_free(struct store_port *port)
{
	free(port);
}

struct store *store_port_store(const struct store_port *port)
{
	return port->store;
}

static struct store_job *take_done(struct store_port *port, bool *ret_has_more)
{
	pthread_mutex_lock(&port->store->mutex);
	struct store_job *job = job_list_take(&port->done);
	*ret_has_more = port->done.first != NULL;
	pthread_mutex_unlock(&port->store->mutex);
	return job;
}

bool store_port_dispatch_some(struct store_port *port, uint32_t limit)
{
	bool has_more = true;
	for (uint32_t i = 0; i < limit && has_more; i++) {
		struct store_job *job = take_done(port, &has_more);
		if (job != NULL)
			job->done(job, job->result);
	}
	return has_more;
}

void store_port_dispatch(struct store_port *port)
{
	struct store *store = port->store;
	bool is_again = true;
	while (is_again) {
		pthread_mutex_lock(&store->mutex);
		struct job_list done = job_list_take_all(&port->done);
		/* The last dispatch also sees what done() submits to a closed store. */
		is_again = store->is_closed && done.first != NULL;
		pthread_mutex_unlock(&store->mutex);
		struct store_job *job;
		while ((job = job_list_take(&done)) != NULL)
			job->done(job, job->result);
	}
}
