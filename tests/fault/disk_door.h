/* SPDX-License-Identifier: MIT */
/* What the files of the VFS share: which disk it is, and what fails. */
#ifndef READOUT_TESTS_FAULT_DISK_DOOR_H
#define READOUT_TESTS_FAULT_DISK_DOOR_H

#include <sqlite3.h>

#include "tests/fault/disk_vfs.h"
#include "tests/fault/file_lock.h"

struct disk_handle {
	sqlite3_file base;
	struct disk_file *file;
	struct file_lock lock;
	bool syncs_directory; /* with its first sync, as SQLite's own VFS does */
};

/* Methods of open files: disk_file.c. */
extern const sqlite3_io_methods disk_file_methods;

struct disk *disk_in_use(void);

/* Takes the mutex of the disk; 0, or the code with which this call has to fail. */
int disk_enter(enum disk_call call);

/* Gives the mutex back and returns rc. */
int disk_leave(int rc);

/* With the mutex held: a write that fails is to be done by half. */
bool disk_write_is_short(void);

/* SQLITE_FCNTL_PRAGMA: puts another value in place. */
void disk_change_pragma(char **texts);

#endif
