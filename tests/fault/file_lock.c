/* SPDX-License-Identifier: MIT */
#include "tests/fault/file_lock.h"

#include <sqlite3.h>

static int raise_to_shared(struct disk_file *file)
{
	if (file->is_waited_for || file->is_exclusive)
		return SQLITE_BUSY;
	file->readers++;
	return SQLITE_OK;
}

static int raise_to_reserved(struct disk_file *file)
{
	if (file->is_reserved)
		return SQLITE_BUSY;
	file->is_reserved = true;
	return SQLITE_OK;
}

/* Whoever waits for readers to leave keeps new ones out meanwhile. */
static int raise_to_exclusive(struct disk_file *file, struct file_lock *lock)
{
	if (lock->level < SQLITE_LOCK_RESERVED && raise_to_reserved(file) != SQLITE_OK)
		return SQLITE_BUSY;
	file->is_waited_for = true;
	lock->level = SQLITE_LOCK_PENDING;
	if (file->readers > 1)
		return SQLITE_BUSY;
	file->is_exclusive = true;
	return SQLITE_OK;
}

int file_lock_raise(struct disk_file *file, struct file_lock *lock, int level)
{
	int rc = SQLITE_OK;
	if (lock->level >= level)
		return SQLITE_OK;
	if (level == SQLITE_LOCK_SHARED)
		rc = raise_to_shared(file);
	else if (level == SQLITE_LOCK_RESERVED)
		rc = raise_to_reserved(file);
	else
		rc = raise_to_exclusive(file, lock);
	if (rc == SQLITE_OK)
		lock->level = level;
	return rc;
}

void file_lock_lower(struct disk_file *file, struct file_lock *lock, int level)
{
	if (lock->level <= level)
		return;
	if (lock->level >= SQLITE_LOCK_RESERVED)
		file->is_reserved = false;
	if (lock->level >= SQLITE_LOCK_PENDING)
		file->is_waited_for = file->is_exclusive = false;
	if (level == SQLITE_LOCK_NONE)
		file->readers--;
	lock->level = level;
}

static void drop(struct disk_file *file, struct file_lock *lock, int i)
{
	if (lock->shared & 1u << i)
		file->shared[i]--;
	if (lock->exclusive & 1u << i)
		file->exclusive[i] = false;
	lock->shared &= ~(1u << i);
	lock->exclusive &= ~(1u << i);
}

static bool is_free(const struct disk_file *file, int i, bool is_exclusive)
{
	return !file->exclusive[i] && (!is_exclusive || file->shared[i] == 0);
}

static void take(struct disk_file *file, struct file_lock *lock, int i, bool is_exclusive)
{
	if (is_exclusive) {
		file->exclusive[i] = true;
		lock->exclusive |= 1u << i;
	} else if (!(lock->shared & 1u << i)) {
		file->shared[i]++;
		lock->shared |= 1u << i;
	}
}

int file_lock_shared(struct disk_file *file, struct file_lock *lock, int offset,
		     int count, int flags)
{
	bool is_exclusive = flags & SQLITE_SHM_EXCLUSIVE;
	if (flags & SQLITE_SHM_UNLOCK) {
		for (int i = offset; i < offset + count; i++)
			drop(file, lock, i);
		return SQLITE_OK;
	}
	for (int i = offset; i < offset + count; i++)
		if (!is_free(file, i, is_exclusive))
			return SQLITE_BUSY;
	for (int i = offset; i < offset + count; i++)
		take(file, lock, i, is_exclusive);
	return SQLITE_OK;
}

uint8_t *file_lock_region(struct disk_file *file, struct file_lock *lock, int region,
			  int size, bool is_to_be_made)
{
	if (!lock->has_regions)
		file->region_users++;
	lock->has_regions = true;
	if (region >= DISK_REGIONS_MAX)
		return NULL;
	if (file->regions[region] == NULL && is_to_be_made)
		file->regions[region] = disk_memory(NULL, 0, (size_t)size);
	return file->regions[region];
}

void file_lock_leave(struct disk_file *file, struct file_lock *lock)
{
	if (!lock->has_regions)
		return;
	for (int i = 0; i < DISK_SHARED_LOCKS; i++)
		drop(file, lock, i);
	lock->has_regions = false;
	if (--file->region_users == 0)
		disk_free_regions(file);
}
