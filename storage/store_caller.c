/* SPDX-License-Identifier: MIT */
#include "storage/store_caller.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* A store that closes does not wake its ports: the caller looks by itself as well. */
enum { LOOK_EVERY_NS = 50 * 1000 * 1000, SECOND_NS = 1000 * 1000 * 1000 };

struct store_caller {
	struct store *store;
	struct store_port *port;
	pthread_mutex_t mutex;
	pthread_cond_t woken;
	bool is_woken;
};

static void wake(void *context)
{
	struct store_caller *caller = context;
	pthread_mutex_lock(&caller->mutex);
	caller->is_woken = true;
	pthread_cond_signal(&caller->woken);
	pthread_mutex_unlock(&caller->mutex);
}

struct store_caller *store_caller_new(struct store *store)
{
	struct store_caller *caller = calloc(1, sizeof *caller);
	if (caller == NULL)
		return NULL;
	caller->store = store;
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&caller->woken, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_init(&caller->mutex, NULL);
	caller->port = store_port_new(store, wake, caller);
	if (caller->port != NULL)
		return caller;
	store_caller_free(caller);
	return NULL;
}

void store_caller_free(struct store_caller *caller)
{
	if (caller == NULL)
		return;
	store_port_free(caller->port);
	pthread_cond_destroy(&caller->woken);
	pthread_mutex_destroy(&caller->mutex);
	free(caller);
}

static void wait_woken(struct store_caller *caller)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += LOOK_EVERY_NS;
	until.tv_sec += until.tv_nsec / SECOND_NS;
	until.tv_nsec %= SECOND_NS;
	pthread_mutex_lock(&caller->mutex);
	int rc = 0;
	while (!caller->is_woken && rc == 0)
		rc = pthread_cond_timedwait(&caller->woken, &caller->mutex, &until);
	caller->is_woken = false;
	pthread_mutex_unlock(&caller->mutex);
}

/* A job that is not linked anywhere has come back. */
static void on_done(struct store_job *job, enum store_result result)
{
	job->result = result;
	job->port = NULL;
}

enum store_result store_call(struct store_caller *caller, struct store_job *job)
{
	job->port = caller->port;
	job->done = on_done;
	store_submit(caller->store, job);
	store_port_dispatch(caller->port);
	while (job->port != NULL) {
		wait_woken(caller);
		store_port_dispatch(caller->port);
	}
	return job->result;
}
