/* SPDX-License-Identifier: MIT */
/*
 * One daemon per database: whoever writes holds an exclusive lock on "<path>.lock". The
 * kernel drops it when the process ends, however it ends; the file itself stays. The
 * holder's process id stands in it, for the message to whoever comes second.
 */
#ifndef READOUT_STORAGE_STORE_LOCK_H
#define READOUT_STORAGE_STORE_LOCK_H

#include "storage/store.h"

/* Takes the lock of the database at path. -1 and a message in error if that fails. */
int store_lock_take(const char *path, char error[STORE_ERROR_MAX]);
void store_lock_drop(int lock); /* -1 is fine */

#endif
