/* SPDX-License-Identifier: MIT */
/*
 * SQLite's door to a disk of disk.h: a VFS that becomes the default one, so the store
 * under test opens its files there and knows nothing of it. The fsync() of a directory
 * by our objects arrives here as well (the programs are linked so); the lock file of the
 * store lies in the real file system.
 *
 * Any of its calls can be made to fail by number: a trip.
 */
#ifndef READOUT_TESTS_FAULT_DISK_VFS_H
#define READOUT_TESTS_FAULT_DISK_VFS_H

#include "tests/fault/disk.h"

enum disk_call {
	DISK_OPEN,
	DISK_DELETE,
	DISK_ACCESS,
	DISK_READ,
	DISK_WRITE,
	DISK_TRUNCATE,
	DISK_SYNC,
	DISK_SIZE,
	DISK_LOCK,
	DISK_SHM_MAP,
	DISK_SHM_LOCK,
	DISK_DIRECTORY, /* the sync of the directory */
	DISK_CALLS,
};

struct disk_trip {
	unsigned calls;       /* bits 1 << enum disk_call of those that count */
	uint64_t first, last; /* numbers of those that fail, from 1; 0 none */
	int rc;               /* SQLite's code; 0: what suits the call */
	bool is_short;        /* a write that fails has written half */
};

/* Makes the VFS the default. */
void disk_vfs_register(void);

/* The disk of all connections from now on, and the trip; between uses nothing is open. */
void disk_vfs_use(struct disk *disk);
void disk_vfs_trip(const struct disk_trip *trip);

/* How many calls that count there were since. */
uint64_t disk_vfs_count(void);

/*
 * From now on the pragma of this name gets another value, which must not be longer than
 * the one the store gives. NULL ends it.
 */
struct disk_pragma {
	const char *name, *value;
};
void disk_vfs_pragmas(const struct disk_pragma pragmas[2]);

#endif
