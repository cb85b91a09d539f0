/* SPDX-License-Identifier: MIT */
/*
 * Makes an allocation fail. The programs here are linked so that malloc and its kin, as
 * called by our objects, come by memory.c first; SQLite's allocations come by as well
 * once memory_watch_sqlite() was called. Counted over all threads.
 */
#ifndef READOUT_TESTS_FAULT_MEMORY_H
#define READOUT_TESTS_FAULT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum memory_owner { MEMORY_OURS, MEMORY_SQLITE };

/*
 * Before anything else of SQLite is called. Its small allocations are no longer served
 * from a pool of its own, so that each of them can fail.
 */
bool memory_watch_sqlite(void);

/* Begins to count; the allocation with this number, from 1, fails. 0: none. */
void memory_trip(enum memory_owner owner, uint64_t number);

/* How many allocations there were since the last memory_trip(). */
uint64_t memory_count(void);

/*
 * Where allocations come from: a place is a chain of the innermost callers. Until the
 * next call the number of the first allocation of each place is noted. NULL ends it.
 */
enum { MEMORY_PLACES_MAX = 1 << 15 };
struct memory_places {
	uint64_t hashes[MEMORY_PLACES_MAX]; /* 0: free */
	uint64_t numbers[MEMORY_PLACES_MAX / 2];
	size_t count;
};
void memory_note_places(struct memory_places *places);

/* Blocks of ours that are not freed. */
int64_t memory_live(void);

/* What the calling thread allocates in between is neither counted nor refused. */
void memory_pause(void);
void memory_resume(void);

#endif
