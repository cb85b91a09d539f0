/* SPDX-License-Identifier: MIT */
/*
 * What a power cut leaves: of everything pending an arbitrary part. A write is cut into
 * pieces at the boundaries of sectors, and each piece is kept, lost, or garbage,
 * whatever happened to others: so writes are torn and overtake each other. Bytes outside
 * a write are never touched by it (SQLite calls this powersafe overwrite and relies on
 * it, as its own VFS does).
 */
#include "tests/fault/disk.h"

struct disk_harm disk_harm_draw(struct dice *dice)
{
	static const uint32_t kept[] = { 0, 60, 500, 500, 940, 1000 };
	return (struct disk_harm){
		.kept_permille = kept[dice_below(dice, sizeof kept / sizeof kept[0])],
		.garbage_permille = dice_permille(dice, 500) ? 50 : 0,
		.sector_size = dice_permille(dice, 500) ? 512 : 4096,
		.is_in_order = dice_permille(dice, 300),
	};
}

/* How far the pieces of a file have come. */
struct survival {
	const struct disk_harm *harm;
	struct dice *dice;
	struct disk_bytes *bytes;
	uint32_t in_order_left; /* pieces until the last that is kept */
};

static bool is_kept(struct survival *survival)
{
	if (!survival->harm->is_in_order)
		return dice_permille(survival->dice, survival->harm->kept_permille);
	if (survival->in_order_left == 0)
		return false;
	survival->in_order_left--;
	return true;
}

static void keep_piece(struct survival *survival, const uint8_t *bytes, size_t size,
		       size_t offset)
{
	if (is_kept(survival)) {
		disk_bytes_put(survival->bytes, bytes, size, offset);
		return;
	}
	if (!dice_permille(survival->dice, survival->harm->garbage_permille))
		return;
	disk_bytes_put(survival->bytes, bytes, size, offset);
	for (size_t i = 0; i < size; i++)
		survival->bytes->data[offset + i] =
			(uint8_t)dice_below(survival->dice, 256);
}

static size_t piece_size(const struct survival *survival, size_t offset, size_t left)
{
	size_t room = survival->harm->sector_size - offset % survival->harm->sector_size;
	return left < room ? left : room;
}

static void keep_some(struct survival *survival, const struct disk_pending *pending)
{
	if (pending->is_truncation) {
		if (is_kept(survival))
			disk_bytes_resize(survival->bytes, pending->offset);
		return;
	}
	for (size_t done = 0, size = 0; done < pending->size; done += size) {
		size_t offset = pending->offset + done;
		size = piece_size(survival, offset, pending->size - done);
		keep_piece(survival, pending->bytes + done, size, offset);
	}
}

static uint32_t count_pieces(const struct disk_file *file, size_t sector_size)
{
	uint32_t count = 0;
	for (const struct disk_pending *pending = file->first_pending; pending != NULL;
	     pending = pending->next)
		count += (uint32_t)(pending->size / sector_size) + 1;
	return count;
}

static void cut_file(struct disk_file *file, const struct disk_harm *harm,
		     struct dice *dice)
{
	struct survival survival = { harm, dice, &file->durable, 0 };
	survival.in_order_left =
		dice_below(dice, count_pieces(file, harm->sector_size) + 1);
	for (const struct disk_pending *pending = file->first_pending; pending != NULL;
	     pending = pending->next)
		keep_some(&survival, pending);
	disk_forget_pending(file);
	disk_bytes_copy(&file->now, &file->durable);
	/* Shared memory does not outlive the machine. */
	disk_free_regions(file);
}

/* A name may mean anything that it meant since the directory was synced. */
static void cut_entry(struct disk_entry *entry, struct dice *dice)
{
	if (entry->past_count == 0)
		return;
	uint32_t drawn = dice_below(dice, entry->past_count + 1);
	if (drawn < entry->past_count)
		entry->now = entry->past[drawn];
	entry->past_count = 0;
}

void disk_cut(struct disk *disk, const struct disk_harm *harm, struct dice *dice)
{
	disk_lock(disk);
	for (int i = 0; i < DISK_NAMES_MAX; i++)
		cut_entry(&disk->entries[i], dice);
	for (struct disk_file *file = disk->files; file != NULL; file = file->next)
		cut_file(file, harm, dice);
	disk->is_off = false;
	disk->changes_left = 0;
	disk_unlock(disk);
}
