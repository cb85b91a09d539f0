/* SPDX-License-Identifier: MIT */
/*
 * What the writer looks at from time to time, busy or idle: a table of duties, each with
 * the time between two looks.
 *
 * Happy path: nothing is found.
 *
 * Failure modes: the database's file is gone (trouble begins before anything is written);
 * another program has written; the disk fills up; a reader keeps the WAL from being cut
 * off. Each is told when it begins and when it ends, and nothing but the first changes
 * what the writer does.
 */
#include <stdio.h>
#include <sys/statvfs.h>

#include "storage/database.h"
#include "storage/store_private.h"
#include "storage/wal_readers.h"

enum { FOREIGN_NOTICE_EVERY_MS = 60000, HYSTERESIS_PERCENT = 1 };

static void set_status(struct store *store, const uint64_t *from, uint64_t *to)
{
	pthread_mutex_lock(&store->mutex);
	*to = *from;
	pthread_mutex_unlock(&store->mutex);
}

/* Whether the connection met damage; whatever else failed, the next commit will tell. */
static void tell_damage(struct store *store, int rc)
{
	char error[STORE_ERROR_MAX];
	if (trouble_of(rc, 0).verdict != TROUBLE_CORRUPT)
		return;
	trouble_explain(store->writer->db, rc, error);
	store_begin_trouble(store, STORE_TROUBLE_CORRUPT, error);
}

/* ---- the duties ---- */

static void look_at_files(struct store *store)
{
	bool was_gone = store->status.trouble == STORE_TROUBLE_MOVED;
	if (!store_check_files(store) || !was_gone)
		return;
	if (store->has_jobs_in_hand)
		store->retry_at_ms = 0;
	else
		store_end_trouble(store);
}

static void look_for_rivals(struct store *store)
{
	struct store_status *status = &store->status;
	char detail[STORE_NOTICE_MAX];
	int64_t now_ms = store_monotonic_ms();

	tell_damage(store, writer_look_for_rivals(store->writer));
	uint64_t count = store->writer->foreign_writes - status->foreign_writes;
	if (count == 0 || now_ms < store->foreign_notice_due_ms)
		return;
	store->foreign_notice_due_ms = now_ms + FOREIGN_NOTICE_EVERY_MS;
	pthread_mutex_lock(&store->mutex);
	status->foreign_writes += count;
	status->foreign_write_ms = store_now_ms();
	pthread_mutex_unlock(&store->mutex);
	(void)snprintf(detail, sizeof detail,
		       "another program has written into the database (seen %llu times): "
		       "open it read-only beside a running daemon, and change it only "
		       "while the daemon is stopped",
		       (unsigned long long)count);
	store_notice(store, "foreign_writer", "warning", detail);
}

/* Cuts the WAL off to nothing, without waiting for readers. */
static int truncate_wal(sqlite3 *db)
{
	sqlite3_busy_timeout(db, 0);
	int rc = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
					   NULL);
	sqlite3_busy_timeout(db, DATABASE_BUSY_TIMEOUT_MS);
	return rc;
}

static void tell_pinned(struct store *store, bool is_pinned, uint64_t bytes)
{
	struct store_status *status = &store->status;
	char detail[STORE_NOTICE_MAX], readers[WAL_READERS_TEXT_MAX];

	if (is_pinned == (status->wal_pinned_since_ms != 0))
		return;
	pthread_mutex_lock(&store->mutex);
	status->wal_pinned_since_ms = is_pinned ? store_now_ms() : 0;
	pthread_mutex_unlock(&store->mutex);
	if (!is_pinned) {
		store_notice(store, "wal_pinned_ended", "info",
			     "the WAL could be cut off again");
		return;
	}
	wal_readers_text(&store->files, readers);
	(void)snprintf(detail, sizeof detail,
		       "the WAL has grown to %llu MiB (database.wal_limit is %llu MiB), "
		       "for a program reads the database in one long transaction: %s; "
		       "end it, the WAL is cut off by itself then",
		       (unsigned long long)bytes >> 20,
		       (unsigned long long)status->wal_limit_bytes >> 20, readers);
	store_notice(store, "wal_pinned_began", "warning", detail);
}

static void look_at_wal(struct store *store)
{
	uint64_t bytes = database_files_wal_bytes(&store->files);
	int rc = SQLITE_OK;
	if (bytes > store->status.wal_limit_bytes) {
		rc = truncate_wal(store->writer->db);
		tell_damage(store, rc);
	}
	tell_pinned(store, (rc & 0xff) == SQLITE_BUSY, bytes);
	bytes = database_files_wal_bytes(&store->files);
	set_status(store, &bytes, &store->status.wal_bytes);
}

static void tell_disk(struct store *store, uint32_t low_percent, uint64_t free_bytes)
{
	static const struct {
		uint32_t percent;
		const char *began, *ended, *severity;
	} levels[] = {
		{ 10, "disk_low_began", "disk_low_ended", "warning" },
		{ 5, "disk_very_low_began", "disk_very_low_ended", "error" },
	};
	uint32_t before = store->status.disk_low_percent;
	char detail[STORE_NOTICE_MAX];

	pthread_mutex_lock(&store->mutex);
	store->status.disk_low_percent = low_percent;
	pthread_mutex_unlock(&store->mutex);
	for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
		uint32_t percent = levels[i].percent;
		bool was_low = before != 0 && before <= percent;
		bool is_low = low_percent != 0 && low_percent <= percent;
		if (was_low == is_low)
			continue;
		(void)snprintf(
			detail, sizeof detail,
			"%s than %u %% of the disk of the database is free (%llu MiB)%s",
			is_low ? "less" : "more", percent,
			(unsigned long long)free_bytes >> 20,
			is_low ? "; when it is full, nothing is read from terminals any "
				 "more: free space now"
			       : "");
		store_notice(store, is_low ? levels[i].began : levels[i].ended,
			     is_low ? levels[i].severity : "info", detail);
	}
}

/* A level that was reached is left only when a little more than it is free again. */
static bool is_below(const struct store *store, uint64_t free_bytes, uint64_t bytes,
		     uint32_t percent)
{
	uint32_t before = store->status.disk_low_percent;
	uint32_t bound =
		before != 0 && before <= percent ? percent + HYSTERESIS_PERCENT : percent;
	return free_bytes < bytes / 100 * bound;
}

static void look_at_disk(struct store *store)
{
	struct statvfs disk;
	if (statvfs(store->path, &disk) != 0 || disk.f_blocks == 0)
		return;
	/* As df reckons: what is kept for root counts as neither free nor there. */
	uint64_t free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
	uint64_t bytes =
		(uint64_t)(disk.f_blocks - disk.f_bfree) * disk.f_frsize + free_bytes;
	uint32_t low_percent = 0;
	if (is_below(store, free_bytes, bytes, 10))
		low_percent = is_below(store, free_bytes, bytes, 5) ? 5 : 10;
	set_status(store, &free_bytes, &store->status.disk_free_bytes);
	set_status(store, &bytes, &store->status.disk_bytes);
	tell_disk(store, low_percent, free_bytes);
}

static const struct {
	int64_t every_ms;
	bool needs_database; /* only while the store is running */
	void (*look)(struct store *store);
} duties[] = {
	{ 1000, false, look_at_files },
	{ 1000, true, look_for_rivals },
	{ 1000, true, look_at_wal },
	{ 1000, false, look_at_disk },
};

_Static_assert(sizeof duties / sizeof duties[0] <= STORE_DUTIES_MAX, "room for each");

static bool has_database(const struct store *store)
{
	return store->status.state == STORE_RUNNING && store->writer->db != NULL;
}

int64_t store_run_duties(struct store *store)
{
	int64_t now_ms = store_monotonic_ms();
	int64_t next_ms = INT64_MAX;
	for (size_t i = 0; i < sizeof duties / sizeof duties[0]; i++) {
		int64_t *due_ms = &store->duty_due_ms[i];
		bool is_due = now_ms >= *due_ms && store->status.state != STORE_FAILED;
		if (is_due)
			*due_ms = now_ms + duties[i].every_ms;
		if (is_due && (!duties[i].needs_database || has_database(store)))
			duties[i].look(store);
		if (*due_ms < next_ms)
			next_ms = *due_ms;
	}
	return store->status.state == STORE_FAILED ? INT64_MAX : next_ms;
}
