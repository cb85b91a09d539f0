/* SPDX-License-Identifier: MIT */
/*
 * The locks of a database file and of its shared memory, as several connections of one
 * process need them. With the disk's mutex held; SQLite's codes.
 */
#ifndef READOUT_TESTS_FAULT_FILE_LOCK_H
#define READOUT_TESTS_FAULT_FILE_LOCK_H

#include "tests/fault/disk.h"

/* What one connection holds. */
struct file_lock {
	int level;                  /* SQLITE_LOCK_NONE ... SQLITE_LOCK_EXCLUSIVE */
	unsigned shared, exclusive; /* of the shared memory, a bit per lock */
	bool has_regions;
};

int file_lock_raise(struct disk_file *file, struct file_lock *lock, int level);
void file_lock_lower(struct disk_file *file, struct file_lock *lock, int level);

/* offset, count and flags as of xShmLock. */
int file_lock_shared(struct disk_file *file, struct file_lock *lock, int offset,
		     int count, int flags);

/* The region with this number, made if asked; NULL: there is none. */
uint8_t *file_lock_region(struct disk_file *file, struct file_lock *lock, int region,
			  int size, bool is_to_be_made);

/* Drops all locks of the shared memory; the last to leave takes it along. */
void file_lock_leave(struct disk_file *file, struct file_lock *lock);

#endif
