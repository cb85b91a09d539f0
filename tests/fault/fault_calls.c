/* SPDX-License-Identifier: MIT */
/* Every call by which SQLite reaches the disk fails once, in every way it can. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/fault/disk_vfs.h"
#include "tests/fault/points.h"

enum { WRITES_LASTING = 10, CALLS_LASTING = 20 };

struct way {
	const char *sentence;
	struct disk_trip trip;
	uint64_t lasting; /* how many calls fail */
	double seconds;   /* for each start, but for --long */
};

static const struct way ways[] = {
	{ "each call fails once with an I/O error",
	  { .calls = (1u << DISK_CALLS) - 1 },
	  1,
	  8 },
	{ "each write fails once for want of room",
	  { .calls = 1u << DISK_WRITE, .rc = SQLITE_FULL },
	  1,
	  8 },
	{ "each write is once done by half",
	  { .calls = 1u << DISK_WRITE, .rc = SQLITE_FULL, .is_short = true },
	  1,
	  8 },
	{ "the disk is full for a while, from each write on",
	  { .calls = 1u << DISK_WRITE | 1u << DISK_TRUNCATE, .rc = SQLITE_FULL },
	  WRITES_LASTING,
	  3 },
	{ "all calls fail for a while, from each on",
	  { .calls = (1u << DISK_CALLS) - 1 },
	  CALLS_LASTING,
	  3 },
};

static void arm(void *context, uint64_t number)
{
	const struct way *way = context;
	struct disk_trip trip = way->trip;
	trip.first = number;
	trip.last = number == 0 ? 0 : number + way->lasting - 1;
	disk_vfs_trip(&trip);
}

static uint64_t count(void *context)
{
	(void)context;
	return disk_vfs_count();
}

int main(int argument_count, char **arguments)
{
	struct options options;
	char path[PLACE_MAX];
	struct book *book = malloc(sizeof *book);
	if (book == NULL || !options_read(&options, argument_count, arguments) ||
	    !place_make(path))
		return 2;
	const struct disk_pragma often[2] = { { "wal_autocheckpoint", "24" } };
	size_t way_count = sizeof ways / sizeof ways[0];
	bool is_ok = true;
	disk_vfs_register();
	disk_vfs_pragmas(often);
	printf("1..%zu\n", way_count);
	for (size_t i = 0; i < way_count; i++) {
		struct way way = ways[i];
		struct points points = { .path = path,
					 .seed = options.seed,
					 .share = options.share,
					 .only = options.point,
					 .seconds =
						 options_seconds(&options, way.seconds),
					 .arm = arm,
					 .count = count,
					 .context = &way,
					 .book = book };
		bool is_good = points_run(&points, POINTS_NOTHING) &&
			       points_run(&points, POINTS_AT_WORK);
		points_print(&points);
		report(is_good, way.sentence, book->complaint);
		is_ok = is_ok && is_good;
	}
	place_remove(path);
	free(book);
	return is_ok ? 0 : 1;
}
