/* SPDX-License-Identifier: MIT */
/*
 * The happy path is:
 * - store_submit() appends a job to the queue and signals the writer thread;
 * - writer_thread() takes the whole queue and runs it as one transaction;
 * - after the commit each job moves to the done list of its port and the port is woken;
 * - store_port_dispatch() calls done() on the thread of the port.
 *
 * Possible failure modes are:
 * - A job's own fault: the group is run again one job at a time, the bad one is rejected.
 * - Trouble that may pass: the group waits and is tried again; what is submitted
 *   meanwhile stays in the queue. When the store is closed, it is tried once more.
 * - Corruption: nothing is written any more; all jobs wait for store_close().
 * - After store_close() a job that is still submitted comes back abandoned at once.
 *
 * The mutex guards every field of the store and the done lists; the writer belongs to its
 * thread alone.
 */
#include "storage/store.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "storage/job_list.h"
#include "storage/store_lock.h"
#include "storage/transaction.h"

enum { RETRY_FIRST_S = 1, RETRY_MAX_S = 60 };

struct store_port {
	struct store *store;
	void (*wake)(void *context);
	void *context;
	struct job_list done;
	bool is_to_be_woken;
	struct store_port *next; /* of the store's; never changes */
};

struct store {
	pthread_mutex_t mutex;
	pthread_cond_t changed; /* the queue has grown, or the store is closing */
	pthread_t thread;
	int lock;
	struct store_writer *writer;

	struct job_list queue;
	bool is_closing; /* store_close() has begun */
	bool is_closed;  /* the writer thread has ended */
	struct store_port *ports;
	struct store_status status;
};

/* The group of jobs that the writer has in hand. */
struct group {
	struct job_list jobs;
	size_t count;
};

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Mutex held. */
static void put_back(struct store_job *job, enum store_result result)
{
	job->result = result;
	job_list_append(&job->port->done, job);
	job->port->is_to_be_woken = true;
}

/* Gives the first count jobs of the group back to their ports, and wakes those. */
static void give_back(struct store *store, struct group *group, size_t count,
		      enum store_result result)
{
	pthread_mutex_lock(&store->mutex);
	group->count -= count;
	for (; count > 0; count--) {
		struct store_job *job = job_list_take(&group->jobs);
		store->status.queued_bytes -= job->bytes;
		put_back(job, result);
	}
	struct store_port *port = store->ports;
	while (port != NULL) {
		bool is_to_be_woken = port->is_to_be_woken;
		port->is_to_be_woken = false;
		if (is_to_be_woken && port->wake != NULL) {
			pthread_mutex_unlock(&store->mutex);
			port->wake(port->context);
			pthread_mutex_lock(&store->mutex);
		}
		port = port->next;
	}
	pthread_mutex_unlock(&store->mutex);
}

static void note_commit(struct store *store, size_t jobs)
{
	pthread_mutex_lock(&store->mutex);
	struct store_status *status = &store->status;
	status->state = STORE_RUNNING;
	status->jobs_committed += jobs;
	status->transactions++;
	status->telegrams_new += store->writer->telegrams_new;
	status->telegrams_known += store->writer->telegrams_known;
	status->last_commit_ms = now_ms();
	pthread_mutex_unlock(&store->mutex);
}

static void note_trouble(struct store *store, enum store_state state,
			 const char error[STORE_ERROR_MAX])
{
	pthread_mutex_lock(&store->mutex);
	store->status.state = state;
	memcpy(store->status.error, error, STORE_ERROR_MAX);
	pthread_mutex_unlock(&store->mutex);
}

static bool is_closing(struct store *store)
{
	pthread_mutex_lock(&store->mutex);
	bool is_closing = store->is_closing;
	pthread_mutex_unlock(&store->mutex);
	return is_closing;
}

/* Sleeps until the store is closed, but no longer than so many seconds. */
static void wait_closing(struct store *store, int seconds)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&store->mutex);
	int rc = 0;
	while (!store->is_closing && rc != ETIMEDOUT)
		rc = pthread_cond_timedwait(&store->changed, &store->mutex, &until);
	pthread_mutex_unlock(&store->mutex);
}

/* The fault of one job among several is found by running them one by one. */
static size_t take_fault(struct store *store, struct group *group, size_t tried)
{
	if (tried == 1)
		give_back(store, group, 1, STORE_REJECTED);
	return 1;
}

static void run_group(struct store *store, struct group *group)
{
	char error[STORE_ERROR_MAX];
	size_t at_once = group->count;
	int retry_s = RETRY_FIRST_S;
	while (group->count > 0) {
		bool is_last_try = is_closing(store);
		switch (transaction_run(store->writer, group->jobs.first, at_once,
					error)) {
		case TRANSACTION_COMMITTED:
			note_commit(store, at_once);
			give_back(store, group, at_once, STORE_COMMITTED);
			retry_s = RETRY_FIRST_S;
			break;
		case TRANSACTION_FAULT:
			at_once = take_fault(store, group, at_once);
			break;
		case TRANSACTION_TROUBLE:
			note_trouble(store, STORE_DEGRADED, error);
			if (is_last_try)
				give_back(store, group, group->count, STORE_ABANDONED);
			else
				wait_closing(store, retry_s);
			retry_s = retry_s < RETRY_MAX_S / 2 ? retry_s * 2 : RETRY_MAX_S;
			break;
		case TRANSACTION_CORRUPT:
			note_trouble(store, STORE_FAILED, error);
			while (!is_closing(store))
				wait_closing(store, RETRY_MAX_S);
			give_back(store, group, group->count, STORE_ABANDONED);
			break;
		}
	}
}

/* Waits for jobs and takes all of them. false: none, and the store is closing. */
static bool take_group(struct store *store, struct group *ret_group)
{
	pthread_mutex_lock(&store->mutex);
	while (store->queue.first == NULL && !store->is_closing)
		pthread_cond_wait(&store->changed, &store->mutex);
	struct group group = { job_list_take_all(&store->queue), 0 };
	pthread_mutex_unlock(&store->mutex);
	for (const struct store_job *job = group.jobs.first; job != NULL; job = job->next)
		group.count++;
	*ret_group = group;
	return group.count > 0;
}

static bool has_failed(struct store *store)
{
	struct store_status status;
	store_status(store, &status);
	return status.state == STORE_FAILED;
}

static void *writer_thread(void *argument)
{
	struct store *store = argument;
	struct group group;
	while (take_group(store, &group)) {
		if (has_failed(store))
			give_back(store, &group, group.count, STORE_ABANDONED);
		else
			run_group(store, &group);
	}
	return NULL;
}

static bool start_thread(struct store *store, char error[STORE_ERROR_MAX])
{
	int rc = pthread_create(&store->thread, NULL, writer_thread, store);
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

struct store *store_open(const struct store_options *options, char error[STORE_ERROR_MAX])
{
	struct store *store = calloc(1, sizeof *store);
	if (store == NULL) {
		snprintf(error, STORE_ERROR_MAX, "out of memory opening %s",
			 options->path);
		return NULL;
	}
	init_locks(store);
	store->status.limit_bytes = options->queue_limit_bytes;
	store->lock = store_lock_take(options->path, error);
	if (store->lock < 0)
		goto out;
	store->writer = writer_new(options->path, options->layout_limit, error);
	if (store->writer != NULL && start_thread(store, error))
		return store;
	writer_free(store->writer);
out:
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
		put_back(job, STORE_ABANDONED);
	}
	pthread_mutex_unlock(&store->mutex);
	writer_free(store->writer);
	store_lock_drop(store->lock);
}

void store_free(struct store *store)
{
	if (store == NULL)
		return;
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
		put_back(job, STORE_ABANDONED);
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
