/* SPDX-License-Identifier: MIT */
/* Every allocation fails once, the store's own and SQLite's. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/fault/disk_vfs.h"
#include "tests/fault/memory.h"
#include "tests/fault/points.h"

static const struct {
	const char *sentence;
	enum memory_owner owner;
	uint32_t share_max; /* few points are all tried, sanitizers or not */
	double seconds;     /* for each start, but for --long: SQLite has thousands */
} owners[] = {
	{ "each allocation of ours fails once", MEMORY_OURS, 1, 8 },
	{ "each allocation of SQLite fails once", MEMORY_SQLITE, 10, 20 },
};

struct source {
	enum memory_owner owner;
	struct memory_places places;
};

static void arm(void *context, uint64_t number)
{
	const struct source *source = context;
	memory_trip(source->owner, number);
}

static uint64_t count(void *context)
{
	(void)context;
	return memory_count();
}

/* What is called from the same place is much alike; --long tries it all the same. */
static size_t pick(void *context, bool begins, const uint64_t **ret_numbers)
{
	struct source *source = context;
	if (begins)
		source->places = (struct memory_places){ 0 };
	memory_note_places(begins ? &source->places : NULL);
	*ret_numbers = source->places.numbers;
	return source->places.count;
}

int main(int argument_count, char **arguments)
{
	struct options options;
	char path[PLACE_MAX];
	struct book *book = malloc(sizeof *book);
	struct source *source = malloc(sizeof *source);
	if (book == NULL || source == NULL ||
	    !options_read(&options, argument_count, arguments) || !place_make(path) ||
	    !memory_watch_sqlite())
		return 2;
	const struct disk_pragma often[2] = { { "wal_autocheckpoint", "24" } };
	size_t owner_count = sizeof owners / sizeof owners[0];
	bool is_ok = true;
	disk_vfs_register();
	disk_vfs_pragmas(often);
	printf("1..%zu\n", owner_count);
	for (size_t i = 0; i < owner_count; i++) {
		source->owner = owners[i].owner;
		struct points points = {
			.path = path,
			.seed = options.seed,
			.share = owners[i].share_max < options.share ? owners[i].share_max
								     : options.share,
			.only = options.point,
			.seconds = options_seconds(&options, owners[i].seconds),
			.arm = arm,
			.count = count,
			.context = source,
			.pick = options.is_long ? NULL : pick,
			.book = book
		};
		bool is_good = points_run(&points, POINTS_NOTHING) &&
			       points_run(&points, POINTS_AT_WORK);
		points_print(&points);
		report(is_good, owners[i].sentence, book->complaint);
		is_ok = is_ok && is_good;
	}
	place_remove(path);
	free(book);
	free(source);
	return is_ok ? 0 : 1;
}
