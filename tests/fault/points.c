/* SPDX-License-Identifier: MIT */
#include "tests/fault/points.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/fault/checks.h"
#include "tests/fault/disk_vfs.h"
#include "tests/fault/memory.h"

enum { STEPS_BEFORE = 4, STEPS_AFTER = 2, OPENINGS_MAX = 200, SEEN_ROOM = 1 << 17 };

/* A new database is put to work by the check. */
static const int steps[POINTS_STARTS] = { 0, 3 };

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

/* Whether this state was never met before; a table without room meets all anew. */
static bool is_new_state(struct points *points, struct disk *disk)
{
	uint64_t hash = disk_hash(disk) ^ book_hash(points->book);
	for (uint64_t i = 0; i < SEEN_ROOM; i++) {
		uint64_t *seen = &points->seen[(hash + i) % SEEN_ROOM];
		if (*seen == hash)
			return false;
		if (*seen == 0) {
			*seen = hash;
			points->states++;
			return true;
		}
	}
	return true;
}

/* Any thread. */
static bool is_over_at_answer(void *context)
{
	const struct points *points = context;
	return points->number % 2 == 0 && points->number > 0 &&
	       points->count(points->context) >= points->number;
}

/* Runs with the fault at points->number, if any; returns how many points it passed. */
static uint64_t run(struct points *points, enum points_start start,
		    const struct beginning *beginning)
{
	static const struct disk_harm everything = { 0, 0, 512, false };
	struct disk *disk = disk_copy(beginning->disk);
	*points->book = beginning->book;
	disk_vfs_use(disk);
	struct workload workload = make_workload(points, disk);
	workload.cuts_at_answer = is_over_at_answer;
	workload.cut_context = points;
	points->arm(points->context, points->number);
	if (open_again_and_again(points, &workload)) {
		/* A step more than it takes. */
		bool is_over = false;
		for (int i = 0; i < steps[start] && !is_over && !disk_is_off(disk); i++) {
			is_over = points->number > 0 &&
				  points->count(points->context) > points->number;
			workload_step(&workload);
		}
		workload_close(&workload);
	}
	uint64_t passed = points->count(points->context);
	points->arm(points->context, 0);
	disk_cut(disk, &everything, &workload.dice);
	if (is_new_state(points, disk))
		check(points, disk);
	disk_free(disk);
	return passed;
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

/* Real time: the monotonic clock is in a hurry here. */
static double now_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
	while (b != 0) {
		uint64_t rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

/* Going round in such strides meets every point once, and the gaps even out soonest. */
static uint64_t golden_stride(uint64_t total)
{
	uint64_t stride = total * 618 / 1000 + 1;
	while (common_divisor(stride, total) != 1)
		stride++;
	return stride;
}

static void try_point(struct points *points, enum points_start start,
		      const struct beginning *beginning, uint64_t number)
{
	int64_t live = memory_live(), sqlite = sqlite3_memory_used();
	points->number = number;
	run(points, start, beginning);
	check_memory(points, live, sqlite);
	points->tried++;
	if (points->book->complaint[0] != '\0')
		name_point(points->book, start, number);
}

static void try_points(struct points *points, enum points_start start,
		       const struct beginning *beginning, const uint64_t *picked,
		       uint64_t count)
{
	double end_s = now_s() + points->seconds;
	uint64_t stride = golden_stride(count), limit = count / points->share;
	uint64_t next = points->seed % count;
	for (uint64_t i = 0; i < limit && points->book->complaint[0] == '\0'; i++) {
		if (points->seconds > 0 && now_s() > end_s)
			return;
		try_point(points, start, beginning,
			  picked == NULL ? next + 1 : picked[next]);
		next = (next + stride) % count;
	}
}

/* The undisturbed run; returns how many points are to be tried, and which (NULL: all). */
static uint64_t pick(struct points *points, enum points_start start,
		     const struct beginning *beginning, const uint64_t **ret_picked)
{
	points->number = 0;
	run(points, start, beginning); /* what is kept for ever is there from now on */
	*ret_picked = NULL;
	if (points->pick != NULL)
		points->pick(points->context, true, ret_picked);
	uint64_t total = run(points, start, beginning), count = total;
	if (points->pick != NULL)
		count = points->pick(points->context, false, ret_picked);
	points->total += total;
	points->picked += count;
	return count;
}

bool points_run(struct points *points, enum points_start start)
{
	struct beginning beginning = { 0 };
	const uint64_t *picked = NULL;
	points->seen = disk_memory(NULL, 0, SEEN_ROOM * sizeof *points->seen);
	begin(points, start, &beginning);
	uint64_t count = pick(points, start, &beginning, &picked);
	if (points->only > 0 && points->book->complaint[0] == '\0')
		try_point(points, start, &beginning, points->only);
	else if (count > 0)
		try_points(points, start, &beginning, picked, count);
	disk_free(beginning.disk);
	free(points->seen);
	return points->book->complaint[0] == '\0';
}

void points_print(const struct points *points)
{
	printf("# %" PRIu64 " points, %" PRIu64 " of them different, %" PRIu64
	       " tried; they left %" PRIu64 " different states behind\n",
	       points->total, points->picked, points->tried, points->states);
}
