/* SPDX-License-Identifier: MIT */
/*
 * Who reads the database right now: the kernel lists the locks that readers hold on the
 * index of the WAL. Linux only; elsewhere nobody is named.
 */
#ifndef READOUT_STORAGE_WAL_READERS_H
#define READOUT_STORAGE_WAL_READERS_H

#include "storage/database_files.h"

enum { WAL_READERS_TEXT_MAX = 80 };

/* "process 4711" or "processes 4711, 4712", or that they cannot be named. */
void wal_readers_text(const struct database_files *files,
		      char ret_text[WAL_READERS_TEXT_MAX]);

#endif
