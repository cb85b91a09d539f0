/* SPDX-License-Identifier: MIT */
#include "tests/fault/disk_door.h"

#include <string.h>

#include "tests/fault/hurry.h"

/* A VFS is one for the whole program. All but the disk is guarded by the disk's mutex. */
static struct {
	struct disk *disk;
	struct disk_trip trip;
	uint64_t count;
	struct disk_pragma pragmas[2];
} self;

struct disk *disk_in_use(void)
{
	return self.disk;
}

static const int codes[DISK_CALLS] = {
	[DISK_OPEN] = SQLITE_CANTOPEN,          [DISK_DELETE] = SQLITE_IOERR_DELETE,
	[DISK_ACCESS] = SQLITE_IOERR_ACCESS,    [DISK_READ] = SQLITE_IOERR_READ,
	[DISK_WRITE] = SQLITE_IOERR_WRITE,      [DISK_TRUNCATE] = SQLITE_IOERR_TRUNCATE,
	[DISK_SYNC] = SQLITE_IOERR_FSYNC,       [DISK_SIZE] = SQLITE_IOERR_FSTAT,
	[DISK_LOCK] = SQLITE_IOERR_LOCK,        [DISK_SHM_MAP] = SQLITE_IOERR_SHMMAP,
	[DISK_SHM_LOCK] = SQLITE_IOERR_SHMLOCK, [DISK_DIRECTORY] = SQLITE_IOERR_DIR_FSYNC,
};

/* What needs no disk works without power, too. */
static const unsigned without_disk =
	1u << DISK_LOCK | 1u << DISK_SHM_MAP | 1u << DISK_SHM_LOCK;

int disk_enter(enum disk_call call)
{
	const struct disk_trip *trip = &self.trip;
	disk_lock(self.disk);
	if (self.disk->is_off)
		hurry(true);
	if (self.disk->is_off && !(without_disk & 1u << call))
		return codes[call];
	if (!(trip->calls & 1u << call))
		return SQLITE_OK;
	self.count++;
	if (self.count < trip->first || self.count > trip->last)
		return SQLITE_OK;
	hurry(true);
	return trip->rc != 0 ? trip->rc : codes[call];
}

int disk_leave(int rc)
{
	disk_unlock(self.disk);
	return rc;
}

bool disk_write_is_short(void)
{
	return self.trip.is_short && !self.disk->is_off;
}

/* SQLite hands over its own copy of the value and reads it again afterwards. */
void disk_change_pragma(char **texts)
{
	for (int i = 0; i < 2; i++) {
		const struct disk_pragma *pragma = &self.pragmas[i];
		if (pragma->name != NULL && texts[2] != NULL &&
		    sqlite3_stricmp(texts[1], pragma->name) == 0 &&
		    strlen(pragma->value) <= strlen(texts[2]))
			memcpy(texts[2], pragma->value, strlen(pragma->value) + 1);
	}
}

void disk_vfs_use(struct disk *disk)
{
	self.disk = disk;
	hurry(false);
}

void disk_vfs_trip(const struct disk_trip *trip)
{
	disk_lock(self.disk);
	self.trip = *trip;
	self.count = 0;
	hurry(false);
	disk_unlock(self.disk);
}

uint64_t disk_vfs_count(void)
{
	disk_lock(self.disk);
	uint64_t count = self.count;
	disk_unlock(self.disk);
	return count;
}

void disk_vfs_pragmas(const struct disk_pragma pragmas[2])
{
	memcpy(self.pragmas, pragmas, sizeof self.pragmas);
}
