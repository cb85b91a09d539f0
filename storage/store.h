/* SPDX-License-Identifier: MIT */
/*
 * The store: the only door to the database for whoever writes. It owns one thread, and
 * that thread owns the only SQLite connection that writes and checkpoints (WAL,
 * synchronous=FULL). Other threads hand it jobs through a queue that is bounded in bytes.
 *
 * Happy path: a thread opens a port; it submits jobs; the writer takes everything queued,
 * runs all of it in one transaction, commits (one fsync: group commit without a timer),
 * and gives each job back to the port it came from; the port's wake function rouses the
 * thread, which calls store_port_dispatch() and so each job's done(). done() with
 * STORE_COMMITTED means: on disk.
 *
 * Failure modes:
 *  - A job's own run() fails (a row that cannot be stored): the transaction is rolled
 * back and run again with a savepoint around each job; the bad one comes back
 * STORE_REJECTED with a message, the others are committed together. A telegram batch
 * isolates its rows in the same way and is not rejected for one of them.
 *  - The disk is full, an I/O error, read-only, locked, the file gone: rolled back, the
 * jobs stay queued, the state becomes STORE_DEGRADED, and the writer tries again after
 * 1 s, 2 s, ... 15 s. Nothing is acknowledged meanwhile; the queue fills, and
 * store_reserve() says no.
 *  - The file is corrupt or no database: STORE_FAILED, writing stops, jobs stay
 * unanswered until store_close(), which returns them STORE_ABANDONED.
 *
 * What an operator should hear of (trouble, a disk that fills up, a reader that pins the
 * WAL, a foreign writer) is told by store_next_notice(), when it begins and when it ends,
 * and stands in the status as long as it lasts.
 */
#ifndef READOUT_STORAGE_STORE_H
#define READOUT_STORAGE_STORE_H

#include <sqlite3.h>

#include "storage/layout.h"

enum { STORE_ERROR_MAX = 256 };

struct store;
struct store_port;
struct store_writer; /* the writer thread's connection and statements: storage/writer.h */

struct store_options {
	const char *path; /* of the database; "<path>.lock" beside it is the lock */
	size_t queue_limit_bytes; /* bound of all jobs queued and reserved */
	uint32_t layout_limit;    /* of the layout table the caller will use */
	/* A WAL larger than this is cut off, or reported when a reader pins it; 0: 256
	 * MiB
	 */
	uint64_t wal_limit_bytes;
};

enum store_result {
	STORE_COMMITTED, /* on disk */
	STORE_REJECTED,  /* this job cannot be stored; job->error says why */
	STORE_ABANDONED, /* the store was closed first; nothing is known to be stored */
};

/*
 * One piece of work for the writer. Embedded as the first member of a larger struct; the
 * submitter owns it before store_submit() and from done() on, the writer in between.
 */
struct store_job {
	/*
	 * Writer thread, inside a transaction. 0 or an SQLite error code (with job->error
	 * written if it is the job's own fault). May be called again after a rollback, or
	 * after a commit into a file that was no longer in its place, so it must set its
	 * results afresh.
	 */
	int (*run)(struct store_job *job, struct store_writer *writer);
	/* The port's thread, from store_port_dispatch(). Owns the job again; may free it.
	 */
	void (*done)(struct store_job *job, enum store_result result);
	struct store_port *port;
	size_t bytes; /* what it counts for in the queue */
	char error[STORE_ERROR_MAX];
	enum store_result result; /* the store's: what done() will be told */
	struct store_job *next;   /* the queue's */
};

enum store_state {
	STORE_RUNNING,
	STORE_DEGRADED, /* trouble with the disk; trying again */
	STORE_FAILED,   /* corrupt: writing has stopped for good */
};

/* Why the store does not write. */
enum store_trouble {
	STORE_TROUBLE_NONE,
	STORE_TROUBLE_FULL,      /* disk, quota or file size limit */
	STORE_TROUBLE_IO,        /* the disk fails */
	STORE_TROUBLE_READ_ONLY, /* file, directory or file system */
	STORE_TROUBLE_LOCKED,    /* another program holds a lock on the database */
	STORE_TROUBLE_MOVED,     /* no file, or another, stands in the database's place */
	STORE_TROUBLE_MEMORY,
	STORE_TROUBLE_CORRUPT,
};

/* A snapshot for readout status and logs; any thread. */
struct store_status {
	enum store_state state;
	enum store_trouble trouble;
	int64_t trouble_since_ms;    /* Unix time, 0 none */
	char error[STORE_ERROR_MAX]; /* of the last trouble, "" if none */
	size_t queued_bytes;         /* jobs waiting and running */
	size_t reserved_bytes;       /* promised to replies in flight */
	size_t limit_bytes;
	uint64_t jobs_committed;
	uint64_t transactions;
	uint64_t telegrams_new;
	uint64_t telegrams_known;
	uint64_t telegrams_refused; /* could not be stored, nor their raw data alone */
	int64_t last_commit_ms;     /* Unix time of the last commit, 0 if none */
	int64_t log_position; /* committed up to: id of the newest telegram, 0 if none */

	uint64_t disk_free_bytes; /* of the file system, for this user */
	uint64_t disk_bytes;
	uint32_t disk_low_percent; /* less than this is free: 10 or 5; 0 enough is */
	uint64_t wal_bytes;
	uint64_t wal_limit_bytes;
	int64_t wal_pinned_since_ms; /* Unix time; 0: no reader pins it beyond its limit
				      */
	uint64_t foreign_writes;     /* seen so far: somebody else wrote into the file */
	int64_t foreign_write_ms;    /* Unix time of the last one seen, 0 none */
};

/* Something an operator should know, for the log and the events. */
enum { STORE_NOTICE_MAX = 480 };
struct store_notice {
	int64_t at_ms;        /* Unix time */
	const char *kind;     /* static: "store_trouble_began", ... */
	const char *severity; /* static: "info", "warning", "error" */
	char detail[STORE_NOTICE_MAX];
};

/*
 * Takes the lock, opens or creates the database, migrates it, starts the writer. Returns
 * NULL and a message (what, where, what to do) in error if another daemon holds the lock,
 * the database is from a newer version, or anything else is wrong.
 */
struct store *store_open(const struct store_options *options,
			 char error[STORE_ERROR_MAX]);

/*
 * Runs what is queued, commits it, stops the writer, closes the database, drops the lock.
 * Jobs that could not be committed come back STORE_ABANDONED. Dispatches nothing: the
 * caller calls store_port_dispatch() once more for each port, then store_free().
 */
void store_close(struct store *store);
void store_free(struct store *store); /* after the ports are freed; NULL is fine */

void store_status(struct store *store, struct store_status *ret_status);

/*
 * Takes the oldest notice that was not taken yet; false: there is none. Any thread. The
 * last 32 are kept for whoever comes late.
 */
bool store_next_notice(struct store *store, struct store_notice *ret_notice);

/* "disk full"; and what to do about it. Static texts. */
const char *store_trouble_text(enum store_trouble trouble);
const char *store_trouble_advice(enum store_trouble trouble);

/*
 * A port per thread that submits. wake(context) is called on the writer thread when jobs
 * have come back (uv_async_send is what it is made for).
 */
struct store_port *store_port_new(struct store *store, void (*wake)(void *context),
				  void *context);
void store_port_free(struct store_port *port); /* after store_close; NULL is fine */
struct store *store_port_store(const struct store_port *port);

/* Calls done() of at most limit jobs that have come back. true: there are more. */
bool store_port_dispatch_some(struct store_port *port, uint32_t limit);

/* Calls done() of every job that has come back, on the calling thread. */
void store_port_dispatch(struct store_port *port);

/*
 * Promises room for bytes in the queue. false: the queue is full, ask again after the
 * next dispatch. A job submitted against a reservation releases it with store_release().
 */
bool store_reserve(struct store *store, size_t bytes);
void store_release(struct store *store, size_t bytes);

/* Queues a job. Never refuses: small jobs need no reservation, large ones have theirs. */
void store_submit(struct store *store, struct store_job *job);

#endif
