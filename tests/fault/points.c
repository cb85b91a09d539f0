/* SPDX-License-Identifier: MIT */
#include "tests/fault/points.h"

#include <inttypes.h>
#include <stdio.h>

#include "tests/fault/checks.h"
#include "tests/fault/disk_vfs.h"
#include "tests/fault/memory.h"

enum { STEPS_BEFORE = 4, STEPS = 3, STEPS_AFTER = 2, OPENINGS_MAX = 200 };

static const char *const start_names[POINTS_STARTS] = { "making a database", "at work" };

/* The disk and the book with which each run begins. */
struct beginning {
	struct disk *disk;
	struct book book;
};

static struct workload make_workload(const struct points *points, struct disk *disk)
{
	struct workload workload = { .book = points->book,
				     .disk = disk,
				     .path = points->path,
				     .is_reading = true,
				     .is_pinning = true };
	dice_init(&workload.dice, points->seed);
	return workload;
}

/* The copy is made while the store is open: as a kill -9 leaves the disk. */
static void begin(struct points *points, enum points_start start,
		  struct beginning *ret_beginning)
{
	struct disk *disk = disk_new();
	book_init(points->book);
	disk_vfs_use(disk);
	points->arm(points->context, 0);
	if (start == POINTS_NOTHING) {
		ret_beginning->disk = disk;
		ret_beginning->book = *points->book;
		return;
	}
	struct workload workload = make_workload(points, disk);
	if (workload_open(&workload)) {
		for (int i = 0; i < STEPS_BEFORE; i++)
			workload_step(&workload);
		ret_beginning->disk = disk_copy(disk);
		ret_beginning->book = *points->book;
		workload_close(&workload);
	} else {
		ret_beginning->disk = disk_new();
		book_complain(points->book, "%s", workload.error);
	}
	disk_free(disk);
}

/* What fails once, works when it is tried again. */
static bool open_again_and_again(struct points *points, struct workload *workload)
{
	for (int i = 0; i < OPENINGS_MAX; i++)
		if (workload_open(workload))
			return true;
	book_complain(points->book, "the store never opens: %s", workload->error);
	return false;
}

/*
 * The fault has passed: what is left undone is done now, and all is looked at. A record
 * that was acknowledged and comes again must be known, so what is lost shows also where
 * the terminal still has it.
 */
static void check(struct points *points, struct disk *disk)
{
	struct workload workload = make_workload(points, disk);
	workload.is_reading = workload.is_pinning = false;
	if (!workload_open(&workload)) {
		book_complain(points->book, "the store does not open any more: %s",
			      workload.error);
		return;
	}
	for (int i = 0; i < STEPS_AFTER; i++)
		workload_step(&workload);
	check_database(points->book, points->path);
	workload_close(&workload);
}

/* Returns whether the point was reached. */
static bool run(struct points *points, const struct beginning *beginning, uint64_t number)
{
	static const struct disk_harm everything = { 0, 0, 512, false };
	struct disk *disk = disk_copy(beginning->disk);
	*points->book = beginning->book;
	disk_vfs_use(disk);
	struct workload workload = make_workload(points, disk);
	points->arm(points->context, number);
	if (open_again_and_again(points, &workload)) {
		/* A step more than it takes. */
		bool is_over = false;
		for (int i = 0; i < STEPS && !is_over; i++) {
			is_over = points->count(points->context) > number;
			workload_step(&workload);
		}
		bool is_reached = points->count(points->context) >= number;
		/* Every other time the power goes before all is closed. */
		disk_lock(disk);
		disk->is_off = is_reached && number % 2 == 0;
		disk_unlock(disk);
		workload_close(&workload);
	}
	bool is_reached = points->count(points->context) >= number;
	points->arm(points->context, 0);
	disk_cut(disk, &everything, &workload.dice);
	check(points, disk);
	disk_free(disk);
	return is_reached;
}

static void check_memory(struct points *points, int64_t live, int64_t sqlite)
{
	if (memory_live() != live)
		book_complain(points->book, "%" PRId64 " of our blocks were not freed",
			      memory_live() - live);
	if (sqlite3_memory_used() != sqlite)
		book_complain(points->book, "%" PRId64 " bytes of SQLite were not freed",
			      (int64_t)sqlite3_memory_used() - sqlite);
}

static void name_point(struct book *book, enum points_start start, uint64_t number)
{
	char complaint[sizeof book->complaint];
	snprintf(complaint, sizeof complaint, "%s, point %" PRIu64 ": %.400s",
		 start_names[start], number, book->complaint);
	memcpy(book->complaint, complaint, sizeof complaint);
}

bool points_run(struct points *points, enum points_start start)
{
	struct beginning beginning = { 0 };
	begin(points, start, &beginning);
	run(points, &beginning, 0); /* what is kept for ever is there from now on */
	int64_t live = memory_live(), sqlite = sqlite3_memory_used();
	bool is_reached = true;
	uint64_t number = 1 + (points->seed - 1) % points->stride;
	for (; is_reached && points->book->complaint[0] == '\0';
	     number += points->stride) {
		is_reached = run(points, &beginning, number);
		check_memory(points, live, sqlite);
		points->tried += is_reached;
	}
	if (points->book->complaint[0] != '\0')
		name_point(points->book, start, number - points->stride);
	disk_free(beginning.disk);
	return points->book->complaint[0] == '\0';
}
