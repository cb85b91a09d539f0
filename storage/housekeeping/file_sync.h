/* SPDX-License-Identifier: MIT */
/* What must survive a power cut: a file's bytes, and its name in its directory. */
#ifndef READOUT_STORAGE_FILE_SYNC_H
#define READOUT_STORAGE_FILE_SYNC_H

#include "storage/store.h"

/* Both return false with a message when the disk does not say yes. */
bool file_sync(const char *path, char error[STORE_ERROR_MAX]);
bool file_sync_directory(const char *path, char error[STORE_ERROR_MAX]); /* of path */

#endif
