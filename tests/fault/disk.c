/* SPDX-License-Identifier: MIT */
#include "tests/fault/disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fault/hash.h"
#include "tests/fault/memory.h"

void *disk_memory(void *block, size_t size, size_t new_size)
{
	memory_pause();
	uint8_t *grown = realloc(block, new_size);
	memory_resume();
	if (grown == NULL) {
		perror("# the disk in memory");
		abort();
	}
	if (new_size > size)
		memset(grown + size, 0, new_size - size);
	return grown;
}

void disk_free_regions(struct disk_file *file)
{
	for (int i = 0; i < DISK_REGIONS_MAX; i++) {
		free(file->regions[i]);
		file->regions[i] = NULL;
	}
}

struct disk *disk_new(void)
{
	struct disk *disk = disk_memory(NULL, 0, sizeof *disk);
	pthread_mutex_init(&disk->mutex, NULL);
	return disk;
}

static void free_file(struct disk_file *file)
{
	disk_forget_pending(file);
	disk_free_regions(file);
	free(file->now.data);
	free(file->durable.data);
	free(file);
}

void disk_free(struct disk *disk)
{
	while (disk->files != NULL) {
		struct disk_file *file = disk->files;
		disk->files = file->next;
		free_file(file);
	}
	pthread_mutex_destroy(&disk->mutex);
	free(disk);
}

struct disk *disk_copy(struct disk *disk)
{
	struct disk *copy = disk_new();
	disk_lock(disk);
	for (int i = 0; i < DISK_NAMES_MAX; i++) {
		const struct disk_entry *entry = &disk->entries[i];
		if (entry->now == NULL)
			continue;
		struct disk_file *file = disk_create(copy, entry->name);
		disk_bytes_copy(&file->now, &entry->now->now);
		disk_bytes_copy(&file->durable, &entry->now->now);
	}
	disk_sync_directory(copy);
	disk_unlock(disk);
	return copy;
}

void disk_lock(struct disk *disk)
{
	pthread_mutex_lock(&disk->mutex);
}

void disk_unlock(struct disk *disk)
{
	pthread_mutex_unlock(&disk->mutex);
}

bool disk_change(struct disk *disk)
{
	if (disk->is_off)
		return false;
	disk->changes++;
	if (disk->changes_left == 0 || --disk->changes_left > 0)
		return true;
	disk->is_off = true;
	if (disk->on_off != NULL)
		disk->on_off(disk->context);
	return false;
}

void disk_bytes_resize(struct disk_bytes *bytes, size_t size)
{
	if (size > bytes->room) {
		size_t room = size + size / 2;
		bytes->data = disk_memory(bytes->data, bytes->room, room);
		bytes->room = room;
	}
	if (size > bytes->size)
		memset(bytes->data + bytes->size, 0, size - bytes->size);
	bytes->size = size;
}

void disk_bytes_put(struct disk_bytes *bytes, const void *data, size_t size,
		    size_t offset)
{
	if (offset + size > bytes->size)
		disk_bytes_resize(bytes, offset + size);
	memcpy(bytes->data + offset, data, size);
}

void disk_bytes_copy(struct disk_bytes *bytes, const struct disk_bytes *from)
{
	disk_bytes_resize(bytes, from->size);
	if (from->size > 0)
		memcpy(bytes->data, from->data, from->size);
}

void disk_forget_pending(struct disk_file *file)
{
	while (file->first_pending != NULL) {
		struct disk_pending *pending = file->first_pending;
		file->first_pending = pending->next;
		free(pending);
	}
	file->last_pending = NULL;
}

static struct disk_pending *add_pending(struct disk_file *file, size_t size,
					size_t offset)
{
	struct disk_pending *pending = disk_memory(NULL, 0, sizeof *pending + size);
	*pending = (struct disk_pending){ .offset = offset, .size = size };
	if (file->first_pending == NULL)
		file->first_pending = pending;
	else
		file->last_pending->next = pending;
	file->last_pending = pending;
	return pending;
}

/* The entry of a name; made when it is new. */
static struct disk_entry *find_entry(struct disk *disk, const char *name)
{
	struct disk_entry *entry = disk->entries;
	while (entry->name[0] != '\0' && strcmp(entry->name, name) != 0) {
		if (++entry == disk->entries + DISK_NAMES_MAX) {
			fprintf(stderr, "# no room for the name %s\n", name);
			abort();
		}
	}
	snprintf(entry->name, sizeof entry->name, "%s", name);
	return entry;
}

/* Of a very long past the middle is forgotten: what is durable stays possible. */
static void set_entry(struct disk_entry *entry, struct disk_file *file)
{
	if (entry->past_count < DISK_PAST_MAX)
		entry->past[entry->past_count++] = entry->now;
	entry->now = file;
}

struct disk_file *disk_find(struct disk *disk, const char *name)
{
	return find_entry(disk, name)->now;
}

struct disk_file *disk_create(struct disk *disk, const char *name)
{
	struct disk_file *file = disk_memory(NULL, 0, sizeof *file);
	file->next = disk->files;
	disk->files = file;
	if (name != NULL)
		set_entry(find_entry(disk, name), file);
	return file;
}

void disk_unlink(struct disk *disk, const char *name)
{
	set_entry(find_entry(disk, name), NULL);
}

size_t disk_read(const struct disk_file *file, void *bytes, size_t size, size_t offset)
{
	if (offset >= file->now.size)
		return 0;
	if (size > file->now.size - offset)
		size = file->now.size - offset;
	memcpy(bytes, file->now.data + offset, size);
	return size;
}

void disk_write(struct disk_file *file, const void *bytes, size_t size, size_t offset)
{
	struct disk_pending *pending = add_pending(file, size, offset);
	memcpy(pending->bytes, bytes, size);
	disk_bytes_put(&file->now, bytes, size, offset);
}

void disk_truncate(struct disk_file *file, size_t size)
{
	add_pending(file, 0, size)->is_truncation = true;
	disk_bytes_resize(&file->now, size);
}

/*
 * Not a copy of the whole file: after a failed sync there is more to now than what is
 * pending, and a later sync does not bring it back.
 */
void disk_sync(struct disk_file *file)
{
	struct disk_pending *pending = file->first_pending;
	file->syncs++;
	for (; pending != NULL; pending = pending->next) {
		if (pending->is_truncation)
			disk_bytes_resize(&file->durable, pending->offset);
		else
			disk_bytes_put(&file->durable, pending->bytes, pending->size,
				       pending->offset);
	}
	disk_forget_pending(file);
}

void disk_sync_failed(struct disk_file *file)
{
	disk_forget_pending(file);
}

void disk_sync_directory(struct disk *disk)
{
	for (int i = 0; i < DISK_NAMES_MAX; i++)
		disk->entries[i].past_count = 0;
}

bool disk_is_off(struct disk *disk)
{
	disk_lock(disk);
	bool is_off = disk->is_off;
	disk_unlock(disk);
	return is_off;
}

size_t disk_unsynced(struct disk *disk)
{
	size_t size = 0;
	disk_lock(disk);
	for (const struct disk_file *file = disk->files; file != NULL; file = file->next)
		for (const struct disk_pending *pending = file->first_pending;
		     pending != NULL; pending = pending->next)
			size += pending->size;
	disk_unlock(disk);
	return size;
}

uint64_t disk_hash(struct disk *disk)
{
	uint64_t hash = HASH_BEGIN;
	disk_lock(disk);
	for (int i = 0; i < DISK_NAMES_MAX; i++) {
		const struct disk_entry *entry = &disk->entries[i];
		if (entry->now == NULL)
			continue;
		hash = hash_bytes(hash, entry->name, strlen(entry->name));
		hash = hash_bytes(hash, entry->now->now.data, entry->now->now.size);
	}
	disk_unlock(disk);
	return hash;
}
