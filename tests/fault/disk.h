/* SPDX-License-Identifier: MIT */
/*
 * A disk in memory that behaves as a real one does at its worst. Of each file it keeps
 * what programs see and what is durable; whatever was written, truncated, created or
 * deleted since the last sync is pending, and a power cut may keep any part of it
 * (disk_cut.c). A sync of a file makes its contents durable, not its name: that takes a
 * sync of the directory.
 *
 * There is one flat directory. Any thread may call; the disk has one mutex, which
 * disk_lock() lends to those that build on it (locks of files, shared memory).
 */
#ifndef READOUT_TESTS_FAULT_DISK_H
#define READOUT_TESTS_FAULT_DISK_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/simulator/dice.h"

enum { DISK_NAMES_MAX = 8, DISK_NAME_SIZE = 64, DISK_PAST_MAX = 16 };
enum { DISK_SHARED_LOCKS = 8, DISK_REGIONS_MAX = 16 };

/* A write or a truncation that no sync has made durable yet. */
struct disk_pending {
	struct disk_pending *next;
	bool is_truncation;
	size_t offset; /* of a truncation: the new size */
	size_t size;
	uint8_t bytes[];
};

struct disk_bytes {
	uint8_t *data;
	size_t size, room;
};

/* A file whatever its names; lives as long as the disk. */
struct disk_file {
	struct disk_bytes now, durable;
	struct disk_pending *first_pending, *last_pending;
	uint64_t syncs;
	struct disk_file *next;

	/* Of the connections that have it open now: see file_lock.h. */
	unsigned readers;
	bool is_reserved, is_waited_for, is_exclusive;
	unsigned region_users;
	uint8_t *regions[DISK_REGIONS_MAX]; /* shared memory */
	unsigned shared[DISK_SHARED_LOCKS];
	bool exclusive[DISK_SHARED_LOCKS];
};

/* A name, the file it means, and what it meant since the directory was synced. */
struct disk_entry {
	char name[DISK_NAME_SIZE];
	struct disk_file *now;                 /* NULL: there is none */
	struct disk_file *past[DISK_PAST_MAX]; /* [0] is durable */
	unsigned past_count;                   /* 0: nothing is pending */
};

struct disk {
	pthread_mutex_t mutex;
	struct disk_entry entries[DISK_NAMES_MAX];
	struct disk_file *files;

	/* After so many changes the power goes; 0: it stays. */
	uint32_t changes_left;
	bool is_off; /* every call fails, nothing changes any more */
	uint64_t changes;
	void (*on_off)(void *context); /* called by the thread whose change it was */
	void *context;
};

struct disk *disk_new(void);
void disk_free(struct disk *disk);

/* A disk that holds what programs see on another, all of it durable. */
struct disk *disk_copy(struct disk *disk);

/* What a cut leaves of unsynced data. */
struct disk_harm {
	uint32_t kept_permille;    /* of the pieces of a write */
	uint32_t garbage_permille; /* of them, those that hold neither old nor new */
	size_t sector_size;        /* writes are torn at its multiples */
	bool is_in_order;          /* all up to some point was kept, nothing behind it */
};

/* Draws a kind of harm. */
struct disk_harm disk_harm_draw(struct dice *dice);

/* Power is back: the disk holds what has survived. Nobody may have a file open. */
void disk_cut(struct disk *disk, const struct disk_harm *harm, struct dice *dice);

/* Whether its power is off. */
bool disk_is_off(struct disk *disk);

/* The same for the same names and contents, as programs see them. */
uint64_t disk_hash(struct disk *disk);

/* The size of what the disk can lose now, in bytes. */
size_t disk_unsynced(struct disk *disk);

/* ---- with the mutex held ---- */

void disk_lock(struct disk *disk);
void disk_unlock(struct disk *disk);

/*
 * To be called before every change. false: the power is off. It goes off during the last
 * change: what is written then is still pending, what is synced then is not synced.
 */
bool disk_change(struct disk *disk);

/* The file of this name or NULL; makes it if asked. A NULL name makes one without. */
struct disk_file *disk_find(struct disk *disk, const char *name);
struct disk_file *disk_create(struct disk *disk, const char *name);
void disk_unlink(struct disk *disk, const char *name);

/* Reads what is there, returns how much that was. */
size_t disk_read(const struct disk_file *file, void *bytes, size_t size, size_t offset);
void disk_write(struct disk_file *file, const void *bytes, size_t size, size_t offset);
void disk_truncate(struct disk_file *file, size_t size);
void disk_sync(struct disk_file *file);
void disk_sync_directory(struct disk *disk);

/*
 * A sync that failed: as under Linux, what was to be written counts as written from now
 * on, and yet is not on the disk.
 */
void disk_sync_failed(struct disk_file *file);

/* ---- shared with disk_cut.c ---- */

/* Sets size bytes at offset, the gap before them to zero. */
void disk_bytes_put(struct disk_bytes *bytes, const void *data, size_t size,
		    size_t offset);
void disk_bytes_resize(struct disk_bytes *bytes, size_t size);
void disk_bytes_copy(struct disk_bytes *bytes, const struct disk_bytes *from);
void disk_forget_pending(struct disk_file *file);

/* More memory, zeroed where it is new, or the end of the program; never made to fail. */
void *disk_memory(void *block, size_t size, size_t new_size);
/* Frees the shared memory of a file. */
void disk_free_regions(struct disk_file *file);

#endif
