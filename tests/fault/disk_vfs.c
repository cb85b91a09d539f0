/* SPDX-License-Identifier: MIT */
#include "tests/fault/disk_vfs.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fault/disk_door.h"

enum { SLEEP_MAX_US = 20 };

/* Since the begin of the Julian day numbers. It stands still, as chance does. */
static const sqlite3_int64 time_of_day_ms = 212566760000000;

static const char *base_name(const char *path)
{
	const char *slash = path == NULL ? NULL : strrchr(path, '/');
	return slash == NULL ? path : slash + 1;
}

static int on_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
		   int *ret_flags)
{
	(void)vfs;
	struct disk_handle *handle = (struct disk_handle *)file;
	*handle = (struct disk_handle){ 0 };
	int rc = disk_enter(DISK_OPEN);
	if (rc != SQLITE_OK)
		return disk_leave(rc);
	const char *name = base_name(path);
	handle->file = name == NULL ? NULL : disk_find(disk_in_use(), name);
	bool is_new = handle->file == NULL;
	if (is_new && (!(flags & SQLITE_OPEN_CREATE) || !disk_change(disk_in_use())))
		return disk_leave(SQLITE_CANTOPEN);
	if (is_new)
		handle->file = disk_create(disk_in_use(), name);
	int journals =
		SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
	handle->syncs_directory = (flags & SQLITE_OPEN_CREATE) && (flags & journals);
	handle->base.pMethods = &disk_file_methods;
	if (ret_flags != NULL)
		*ret_flags = flags;
	return disk_leave(SQLITE_OK);
}

static int on_delete(sqlite3_vfs *vfs, const char *path, int is_directory_synced)
{
	(void)vfs;
	const char *name = base_name(path);
	int rc = disk_enter(DISK_DELETE);
	if (rc != SQLITE_OK)
		return disk_leave(rc);
	if (disk_find(disk_in_use(), name) == NULL)
		return disk_leave(SQLITE_IOERR_DELETE_NOENT);
	bool is_done = disk_change(disk_in_use());
	disk_unlink(disk_in_use(), name);
	if (is_done && is_directory_synced) {
		is_done = disk_change(disk_in_use());
		if (is_done)
			disk_sync_directory(disk_in_use());
	}
	return disk_leave(is_done ? SQLITE_OK : SQLITE_IOERR_DELETE);
}

/* An empty file counts as none, as with SQLite's own VFS. */
static int on_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret_result)
{
	(void)vfs;
	(void)flags;
	int rc = disk_enter(DISK_ACCESS);
	const struct disk_file *file =
		rc == SQLITE_OK ? disk_find(disk_in_use(), base_name(path)) : NULL;
	*ret_result = file != NULL && file->now.size > 0;
	return disk_leave(rc);
}

/* For paths. */
static sqlite3_vfs *system_vfs(void)
{
	return sqlite3_vfs_find("unix");
}

static int on_full_path(sqlite3_vfs *vfs, const char *path, int size, char *ret_path)
{
	(void)vfs;
	return system_vfs()->xFullPathname(system_vfs(), path, size, ret_path);
}

/* No chance here: the same seed shall give the same run. */
static int on_randomness(sqlite3_vfs *vfs, int size, char *ret_bytes)
{
	(void)vfs;
	memset(ret_bytes, 7, (size_t)size);
	return size;
}

static int on_sleep(sqlite3_vfs *vfs, int duration_us)
{
	(void)vfs;
	usleep(duration_us < SLEEP_MAX_US ? (useconds_t)duration_us : SLEEP_MAX_US);
	return duration_us;
}

static int on_time(sqlite3_vfs *vfs, sqlite3_int64 *ret_time)
{
	(void)vfs;
	*ret_time = time_of_day_ms;
	return SQLITE_OK;
}

static int on_last_error(sqlite3_vfs *vfs, int size, char *ret_text)
{
	(void)vfs;
	if (size > 0)
		ret_text[0] = '\0';
	return 0;
}

int __real_fsync(int descriptor);
int __wrap_fsync(int descriptor);

int __wrap_fsync(int descriptor)
{
	struct stat status;
	if (fstat(descriptor, &status) != 0 || !S_ISDIR(status.st_mode))
		return __real_fsync(descriptor);
	int rc = disk_enter(DISK_DIRECTORY);
	bool is_done = rc == SQLITE_OK && disk_change(disk_in_use());
	if (is_done)
		disk_sync_directory(disk_in_use());
	errno = is_done ? 0 : EIO;
	return disk_leave(is_done ? 0 : -1);
}

void disk_vfs_register(void)
{
	static sqlite3_vfs vfs = {
		.iVersion = 2,
		.szOsFile = sizeof(struct disk_handle),
		.mxPathname = 512,
		.zName = "disk",
		.xOpen = on_open,
		.xDelete = on_delete,
		.xAccess = on_access,
		.xFullPathname = on_full_path,
		.xRandomness = on_randomness,
		.xSleep = on_sleep,
		.xGetLastError = on_last_error,
		.xCurrentTimeInt64 = on_time,
	};
	sqlite3_vfs_register(&vfs, 1);
}
