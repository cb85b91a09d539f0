/* SPDX-License-Identifier: MIT */
/*
 * Between the files a store is made of: store.c (open, close, queue, ports),
 * store_thread.c (the writer thread), store_trouble.c (trouble and notices),
 * store_duties.c (what the writer looks at from time to time). Nobody else includes this.
 */
#ifndef READOUT_STORAGE_STORE_PRIVATE_H
#define READOUT_STORAGE_STORE_PRIVATE_H

#include <pthread.h>

#include "storage/database_files.h"
#include "storage/job_list.h"
#include "storage/trouble.h"
#include "storage/writer.h"

enum { STORE_NOTICES_KEPT = 32, STORE_DUTIES_MAX = 8 };

struct store_port {
	struct store *store;
	void (*wake)(void *context);
	void *context;
	struct job_list done;
	bool is_to_be_woken;
	struct store_port *next; /* of the store's; never changes */
};

struct store {
	char *path; /* as configured */
	int lock;
	pthread_t thread;

	/* guarded by the mutex, with the done lists of the ports */
	pthread_mutex_t mutex;
	pthread_cond_t changed; /* the queue has grown, or the store is closing */
	struct job_list queue;
	bool is_closing; /* store_close() has begun */
	bool is_closed;  /* the writer thread has ended */
	struct store_port *ports;
	struct store_status status;
	struct store_notice notices[STORE_NOTICES_KEPT]; /* a ring */
	uint32_t notice_first;
	uint32_t notice_count;

	/* the writer thread's alone */
	struct store_writer *writer;
	struct database_files files;
	bool has_jobs_in_hand; /* that wait to be tried again */
	int64_t retry_at_ms;   /* monotonic */
	int64_t retry_wait_ms; /* the next one is twice as long */
	int64_t duty_due_ms[STORE_DUTIES_MAX];
	int64_t foreign_notice_due_ms; /* monotonic */
};

/* ---- store.c ---- */

int64_t store_now_ms(void);       /* Unix time */
int64_t store_monotonic_ms(void); /* for waits */

/* Mutex held: the job goes to the done list of its port. */
void store_put_back(struct store_job *job, enum store_result result);

/* ---- store_thread.c ---- */

void *store_thread(void *argument);

/* ---- store_trouble.c: writer thread ---- */

/* Keeps a notice for store_next_notice(). kind and severity are static. */
void store_notice(struct store *store, const char *kind, const char *severity,
		  const char *detail);

/* The store does not write any more, or for another reason than before. */
void store_begin_trouble(struct store *store, enum store_trouble trouble,
			 const char *error);
/* It writes again. Harmless when there was none. */
void store_end_trouble(struct store *store);

/* Whether all files are in their places; if not, trouble begins. */
bool store_check_files(struct store *store);

/* ---- store_duties.c: writer thread ---- */

/* Does what is due and returns when the next duty is (store_monotonic_ms). */
int64_t store_run_duties(struct store *store);

#endif
