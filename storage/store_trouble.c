/* SPDX-License-Identifier: MIT */
/*
 * The beginning and the end of trouble, told once each.
 *
 * Happy path: none.
 *
 * Failure modes: trouble of one kind turns into another (told as a new beginning); nobody
 * takes the notices (the oldest are dropped); the WAL was removed while the database is
 * still there (all that is only in the WAL is copied into the database at once, for the
 * open connection is the last that can read it).
 */
#include <stdio.h>

#include "storage/store_private.h"

void store_notice(struct store *store, const char *kind, const char *severity,
		  const char *detail)
{
	struct store_notice notice = { store_now_ms(), kind, severity, "" };
	(void)snprintf(notice.detail, sizeof notice.detail, "%s", detail);
	pthread_mutex_lock(&store->mutex);
	if (store->notice_count == STORE_NOTICES_KEPT) {
		store->notice_first = (store->notice_first + 1) % STORE_NOTICES_KEPT;
		store->notice_count--;
	}
	uint32_t place = (store->notice_first + store->notice_count) % STORE_NOTICES_KEPT;
	store->notices[place] = notice;
	store->notice_count++;
	pthread_mutex_unlock(&store->mutex);
}

bool store_next_notice(struct store *store, struct store_notice *ret_notice)
{
	pthread_mutex_lock(&store->mutex);
	bool has_one = store->notice_count > 0;
	if (has_one) {
		*ret_notice = store->notices[store->notice_first];
		store->notice_first = (store->notice_first + 1) % STORE_NOTICES_KEPT;
		store->notice_count--;
	}
	pthread_mutex_unlock(&store->mutex);
	return has_one;
}

void store_begin_trouble(struct store *store, enum store_trouble trouble,
			 const char *error)
{
	bool is_final = trouble == STORE_TROUBLE_CORRUPT;
	char detail[STORE_NOTICE_MAX];

	pthread_mutex_lock(&store->mutex);
	struct store_status *status = &store->status;
	bool is_new = status->trouble != trouble;
	status->state = is_final ? STORE_FAILED : STORE_DEGRADED;
	status->trouble = trouble;
	if (is_new)
		status->trouble_since_ms = store_now_ms();
	(void)snprintf(status->error, sizeof status->error, "%s", error);
	pthread_mutex_unlock(&store->mutex);
	if (!is_new)
		return;
	(void)snprintf(detail, sizeof detail, "%s; %s", error,
		       store_trouble_advice(trouble));
	store_notice(store, "store_trouble_began", "error", detail);
}

void store_end_trouble(struct store *store)
{
	char detail[STORE_NOTICE_MAX];

	pthread_mutex_lock(&store->mutex);
	struct store_status before = store->status;
	store->status.state = STORE_RUNNING;
	store->status.trouble = STORE_TROUBLE_NONE;
	store->status.trouble_since_ms = 0;
	pthread_mutex_unlock(&store->mutex);
	if (before.trouble == STORE_TROUBLE_NONE)
		return;
	(void)snprintf(detail, sizeof detail, "writing again after %lld s of trouble: %s",
		       (long long)(store_now_ms() - before.trouble_since_ms) / 1000,
		       before.error);
	store_notice(store, "store_trouble_ended", "info", detail);
}

bool store_check_files(struct store *store)
{
	char error[STORE_ERROR_MAX];
	if (database_files_check(&store->files, error))
		return true;
	if (store->writer->db != NULL && database_files_lack_wal(&store->files))
		(void)sqlite3_wal_checkpoint_v2(store->writer->db, NULL,
						SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	store_begin_trouble(store, STORE_TROUBLE_MOVED, error);
	return false;
}
