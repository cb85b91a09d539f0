/* SPDX-License-Identifier: MIT */
/* The methods of an open file: SQLite's questions to the disk, one by one. */
#include "tests/fault/disk_door.h"

#include <string.h>

enum { SECTOR_SIZE = 4096 };

static struct disk_file *file_of(sqlite3_file *file)
{
	return ((struct disk_handle *)file)->file;
}

static int on_close(sqlite3_file *file)
{
	struct disk_handle *handle = (struct disk_handle *)file;
	disk_lock(disk_in_use());
	file_lock_leave(handle->file, &handle->lock);
	file_lock_lower(handle->file, &handle->lock, SQLITE_LOCK_NONE);
	return disk_leave(SQLITE_OK);
}

static int on_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 offset)
{
	int rc = disk_enter(DISK_READ);
	if (rc != SQLITE_OK)
		return disk_leave(rc);
	size_t done = disk_read(file_of(file), bytes, (size_t)size, (size_t)offset);
	if (done == (size_t)size)
		return disk_leave(SQLITE_OK);
	memset((uint8_t *)bytes + done, 0, (size_t)size - done);
	return disk_leave(SQLITE_IOERR_SHORT_READ);
}

static int on_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
	int rc = disk_enter(DISK_WRITE);
	if (rc != SQLITE_OK && disk_write_is_short())
		disk_write(file_of(file), bytes, (size_t)size / 2, (size_t)offset);
	if (rc != SQLITE_OK)
		return disk_leave(rc);
	bool is_done = disk_change(disk_in_use());
	disk_write(file_of(file), bytes, (size_t)size, (size_t)offset);
	return disk_leave(is_done ? SQLITE_OK : SQLITE_IOERR_WRITE);
}

static int on_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	int rc = disk_enter(DISK_TRUNCATE);
	if (rc != SQLITE_OK)
		return disk_leave(rc);
	bool is_done = disk_change(disk_in_use());
	disk_truncate(file_of(file), (size_t)size);
	return disk_leave(is_done ? SQLITE_OK : SQLITE_IOERR_TRUNCATE);
}

static int on_sync(sqlite3_file *file, int flags)
{
	struct disk_handle *handle = (struct disk_handle *)file;
	(void)flags;
	int rc = disk_enter(DISK_SYNC);
	if (rc != SQLITE_OK && !disk_in_use()->is_off)
		disk_sync_failed(handle->file);
	if (rc != SQLITE_OK)
		return disk_leave(rc);
	if (!disk_change(disk_in_use()))
		return disk_leave(SQLITE_IOERR_FSYNC);
	disk_sync(handle->file);
	if (!handle->syncs_directory)
		return disk_leave(SQLITE_OK);
	if (!disk_change(disk_in_use()))
		return disk_leave(SQLITE_IOERR_DIR_FSYNC);
	disk_sync_directory(disk_in_use());
	handle->syncs_directory = false;
	return disk_leave(SQLITE_OK);
}

static int on_file_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
	int rc = disk_enter(DISK_SIZE);
	if (rc == SQLITE_OK)
		*ret_size = (sqlite3_int64)file_of(file)->now.size;
	return disk_leave(rc);
}

static int on_lock(sqlite3_file *file, int level)
{
	struct disk_handle *handle = (struct disk_handle *)file;
	int rc = disk_enter(DISK_LOCK);
	if (rc == SQLITE_OK)
		rc = file_lock_raise(handle->file, &handle->lock, level);
	return disk_leave(rc);
}

static int on_unlock(sqlite3_file *file, int level)
{
	struct disk_handle *handle = (struct disk_handle *)file;
	disk_lock(disk_in_use());
	file_lock_lower(handle->file, &handle->lock, level);
	return disk_leave(SQLITE_OK);
}

static int on_check_reserved(sqlite3_file *file, int *ret_is_reserved)
{
	int rc = disk_enter(DISK_LOCK);
	*ret_is_reserved = file_of(file)->is_reserved;
	return disk_leave(rc);
}

static int on_control(sqlite3_file *file, int operation, void *argument)
{
	(void)file;
	if (operation == SQLITE_FCNTL_PRAGMA)
		disk_change_pragma(argument);
	return SQLITE_NOTFOUND;
}

static int on_sector_size(sqlite3_file *file)
{
	(void)file;
	return SECTOR_SIZE;
}

static int on_characteristics(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int on_shm_map(sqlite3_file *file, int region, int size, int is_extended,
		      void volatile **ret_memory)
{
	struct disk_handle *handle = (struct disk_handle *)file;
	*ret_memory = NULL;
	int rc = disk_enter(DISK_SHM_MAP);
	if (rc == SQLITE_OK)
		*ret_memory = file_lock_region(handle->file, &handle->lock, region, size,
					       is_extended);
	if (rc == SQLITE_OK && *ret_memory == NULL && is_extended)
		rc = SQLITE_IOERR_SHMSIZE;
	return disk_leave(rc);
}

static int on_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	struct disk_handle *handle = (struct disk_handle *)file;
	int rc = SQLITE_OK;
	if (flags & SQLITE_SHM_UNLOCK)
		disk_lock(disk_in_use());
	else
		rc = disk_enter(DISK_SHM_LOCK);
	if (rc == SQLITE_OK)
		rc = file_lock_shared(handle->file, &handle->lock, offset, count, flags);
	return disk_leave(rc);
}

static void on_shm_barrier(sqlite3_file *file)
{
	(void)file;
	disk_lock(disk_in_use());
	disk_unlock(disk_in_use());
}

static int on_shm_unmap(sqlite3_file *file, int is_deleted)
{
	struct disk_handle *handle = (struct disk_handle *)file;
	(void)is_deleted;
	disk_lock(disk_in_use());
	file_lock_leave(handle->file, &handle->lock);
	return disk_leave(SQLITE_OK);
}

const sqlite3_io_methods disk_file_methods = {
	.iVersion = 2,
	.xClose = on_close,
	.xRead = on_read,
	.xWrite = on_write,
	.xTruncate = on_truncate,
	.xSync = on_sync,
	.xFileSize = on_file_size,
	.xLock = on_lock,
	.xUnlock = on_unlock,
	.xCheckReservedLock = on_check_reserved,
	.xFileControl = on_control,
	.xSectorSize = on_sector_size,
	.xDeviceCharacteristics = on_characteristics,
	.xShmMap = on_shm_map,
	.xShmLock = on_shm_lock,
	.xShmBarrier = on_shm_barrier,
	.xShmUnmap = on_shm_unmap,
};
