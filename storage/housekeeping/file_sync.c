/* SPDX-License-Identifier: MIT */
#include "storage/housekeeping/file_sync.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static bool sync_opened(int file, const char *what, const char *path,
			char error[STORE_ERROR_MAX])
{
	bool is_synced = file >= 0 && fsync(file) == 0;
	if (!is_synced)
		snprintf(error, STORE_ERROR_MAX, "cannot sync %s%.150s: %.60s", what,
			 path, strerror(errno));
	if (file >= 0)
		close(file);
	return is_synced;
}

bool file_sync(const char *path, char error[STORE_ERROR_MAX])
{
	return sync_opened(open(path, O_RDONLY | O_CLOEXEC), "", path, error);
}

bool file_sync_directory(const char *path, char error[STORE_ERROR_MAX])
{
	char copy[PATH_MAX];
	snprintf(copy, sizeof copy, "%s", path);
	return sync_opened(open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC),
			   "the directory of ", path, error);
}
