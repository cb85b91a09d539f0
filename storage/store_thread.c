/* SPDX-License-Identifier: MIT */
/*
 * The writer thread.
 *
 * The happy path is: take the whole queue, run it as one transaction, see that the files
 * it went into are still in their places, give each job back to its port; with nothing
 * queued, sleep from duty to duty.
 *
 * Possible failure modes are:
 * - A job's own fault: the group is run again with a savepoint around each job, and the
 *   bad one is rejected.
 * - Trouble that may pass: the group waits and is tried again, every RETRY_MAX_MS at
 *   least; what is submitted meanwhile stays in the queue. After an I/O error the
 *   connection is closed at once, so that a file system can be unmounted and repaired,
 *   and opened again for the next try. When the store is closed, it is tried once more.
 * - The file is gone or replaced, seen after a commit: the group counts as not committed
 *   and is run again once the file is back; telegrams are known then.
 * - Corruption: nothing is written any more; all jobs wait for store_close().
 */
#include "storage/store_private.h"
#include "storage/transaction.h"

/* What is cured is noticed within RETRY_MAX_MS and the time one try takes. */
enum { RETRY_FIRST_MS = 1000, RETRY_MAX_MS = 15000 };

/* The group of jobs that the writer has in hand. */
struct group {
	struct job_list jobs;
	size_t count;
	bool is_isolating; /* a job is at fault, and it is not known which */
};

static bool is_closing(struct store *store)
{
	pthread_mutex_lock(&store->mutex);
	bool is_closing = store->is_closing;
	pthread_mutex_unlock(&store->mutex);
	return is_closing;
}

static void timed_wait(struct store *store, int64_t until_ms)
{
	struct timespec until = { .tv_sec = until_ms / 1000,
				  .tv_nsec = until_ms % 1000 * 1000000 };
	if (until_ms == INT64_MAX)
		(void)pthread_cond_wait(&store->changed, &store->mutex);
	else
		(void)pthread_cond_timedwait(&store->changed, &store->mutex, &until);
}

/* ---- answers ---- */

/* Wakes the ports that have got jobs back. */
static void wake_ports(struct store *store)
{
	pthread_mutex_lock(&store->mutex);
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

/* Gives the group back: each job with its own result, or all of them abandoned. */
static void give_back(struct store *store, struct group *group, bool is_committed)
{
	struct store_job *job;
	pthread_mutex_lock(&store->mutex);
	while ((job = job_list_take(&group->jobs)) != NULL) {
		store->status.queued_bytes -= job->bytes;
		store_put_back(job, is_committed ? job->result : STORE_ABANDONED);
	}
	pthread_mutex_unlock(&store->mutex);
	group->count = 0;
	wake_ports(store);
}

static void note_commit(struct store *store, size_t jobs)
{
	const struct store_writer *writer = store->writer;
	store_end_trouble(store);
	store->retry_wait_ms = RETRY_FIRST_MS;
	pthread_mutex_lock(&store->mutex);
	struct store_status *status = &store->status;
	status->jobs_committed += jobs;
	status->transactions++;
	status->telegrams_new += writer->telegrams_new;
	status->telegrams_known += writer->telegrams_known;
	status->telegrams_refused += writer->telegrams_refused;
	if (writer->log_position > 0)
		status->log_position = writer->log_position;
	status->last_commit_ms = store_now_ms();
	pthread_mutex_unlock(&store->mutex);
}

/* ---- one try ---- */

static void meet_trouble(struct store *store, const struct trouble *trouble,
			 const char *error)
{
	store_begin_trouble(store, trouble->kind, error);
	if (!trouble->needs_reopening || !store_check_files(store))
		return;
	writer_put_down(store->writer);
	database_files_forget_wal(&store->files);
}

static bool reopen(struct store *store)
{
	char error[STORE_ERROR_MAX];
	struct trouble trouble;
	if (store->writer->db != NULL)
		return true;
	if (!writer_reopen(store->writer, store->path, &trouble, error)) {
		store_begin_trouble(store, trouble.kind, error);
		return false;
	}
	database_files_note_wal(&store->files);
	return store_check_files(store);
}

static enum transaction_outcome try_group(struct store *store, const struct group *group)
{
	char error[STORE_ERROR_MAX];
	struct trouble trouble;
	if (!store_check_files(store) || !reopen(store))
		return TRANSACTION_TROUBLE;
	enum transaction_outcome outcome =
		transaction_run(store->writer, group->jobs.first, group->count,
				group->is_isolating, &trouble, error);
	if (outcome == TRANSACTION_TROUBLE)
		meet_trouble(store, &trouble, error);
	/* What went into a file that nobody can find any more is not on disk. */
	if (outcome == TRANSACTION_COMMITTED && !store_check_files(store))
		return TRANSACTION_TROUBLE;
	return outcome;
}

/* ---- waiting ---- */

/* Until it is time to try again, or the store is closed; duties are done meanwhile. */
static void wait_retry(struct store *store)
{
	bool is_over = false;
	store->retry_at_ms = store_monotonic_ms() + store->retry_wait_ms;
	store->retry_wait_ms *= 2;
	if (store->retry_wait_ms > RETRY_MAX_MS)
		store->retry_wait_ms = RETRY_MAX_MS;
	store->has_jobs_in_hand = true;
	while (!is_over) {
		int64_t next_ms = store_run_duties(store);
		if (store->retry_at_ms < next_ms)
			next_ms = store->retry_at_ms;
		pthread_mutex_lock(&store->mutex);
		if (!store->is_closing && store_monotonic_ms() < next_ms)
			timed_wait(store, next_ms);
		is_over = store->is_closing || store_monotonic_ms() >= store->retry_at_ms;
		pthread_mutex_unlock(&store->mutex);
	}
	store->has_jobs_in_hand = false;
}

/* Corruption: nothing more can be done than to keep the file. */
static void wait_closing(struct store *store)
{
	pthread_mutex_lock(&store->mutex);
	while (!store->is_closing)
		timed_wait(store, INT64_MAX);
	pthread_mutex_unlock(&store->mutex);
}

static void run_group(struct store *store, struct group *group)
{
	while (group->count > 0) {
		bool is_last_try = is_closing(store);
		bool has_failed = store->status.state == STORE_FAILED;
		enum transaction_outcome outcome =
			has_failed ? TRANSACTION_TROUBLE : try_group(store, group);
		if (outcome == TRANSACTION_COMMITTED) {
			note_commit(store, group->count);
			give_back(store, group, true);
		} else if (outcome == TRANSACTION_FAULT) {
			group->is_isolating = true;
		} else if (is_last_try) {
			give_back(store, group, false);
		} else if (store->status.state == STORE_FAILED) {
			wait_closing(store);
		} else {
			wait_retry(store);
		}
	}
}

/* Waits for jobs and takes all of them. false: none, and the store is closing. */
static bool take_group(struct store *store, struct group *ret_group)
{
	struct group group = { 0 };
	bool is_over = false;
	while (!is_over) {
		int64_t next_ms = store_run_duties(store);
		pthread_mutex_lock(&store->mutex);
		if (store->queue.first == NULL && !store->is_closing)
			timed_wait(store, next_ms);
		group.jobs = job_list_take_all(&store->queue);
		is_over = group.jobs.first != NULL || store->is_closing;
		pthread_mutex_unlock(&store->mutex);
	}
	for (const struct store_job *job = group.jobs.first; job != NULL; job = job->next)
		group.count++;
	*ret_group = group;
	return group.count > 0;
}

void *store_thread(void *argument)
{
	struct store *store = argument;
	struct group group;
	store->retry_wait_ms = RETRY_FIRST_MS;
	while (take_group(store, &group))
		run_group(store, &group);
	if (store->status.state != STORE_RUNNING)
		writer_put_down(store->writer);
	return NULL;
}
