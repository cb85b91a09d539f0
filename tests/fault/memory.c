/* SPDX-License-Identifier: MIT */
/*
 * An interposed malloc() has no context but globals: these are the counters of the whole
 * program, atomic because the writer thread allocates, too.
 */
#include "tests/fault/memory.h"

#include <execinfo.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "tests/fault/hash.h"
#include "tests/fault/hurry.h"

enum { CALLERS = 9 /* of an allocation; SQLite's parser is some deep */ };

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
char *__real_strdup(const char *text);
void __real_free(void *block);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
char *__wrap_strdup(const char *text);
void __wrap_free(void *block);

static struct {
	atomic_int owner;
	atomic_uint_fast64_t count, fails_at;
	atomic_int_fast64_t live;
	sqlite3_mem_methods sqlite; /* the usual ones; set once before threads */
	pthread_mutex_t mutex;      /* for the places */
	_Atomic(struct memory_places *) places;
} memory = { .mutex = PTHREAD_MUTEX_INITIALIZER };

static _Thread_local unsigned pauses;

void memory_pause(void)
{
	pauses++;
}

void memory_resume(void)
{
	pauses--;
}

void memory_trip(enum memory_owner owner, uint64_t number)
{
	memory.owner = (int)owner;
	memory.count = 0;
	memory.fails_at = number;
	hurry(false);
}

uint64_t memory_count(void)
{
	return memory.count;
}

int64_t memory_live(void)
{
	return memory.live;
}

void memory_note_places(struct memory_places *places)
{
	memory.places = places;
}

/* A full table notes every allocation, as far as there is room. */
static void note_place(struct memory_places *places, uint64_t number)
{
	void *callers[CALLERS];
	size_t count = (size_t)backtrace(callers, CALLERS);
	uint64_t hash = hash_bytes(HASH_BEGIN, callers, count * sizeof callers[0]);
	pthread_mutex_lock(&memory.mutex);
	size_t place = hash % MEMORY_PLACES_MAX;
	while (places->hashes[place] != 0 && places->hashes[place] != hash)
		place = (place + 1) % MEMORY_PLACES_MAX;
	if (places->hashes[place] == 0 && places->count < MEMORY_PLACES_MAX / 2) {
		places->hashes[place] = hash;
		places->numbers[places->count++] = number;
	}
	pthread_mutex_unlock(&memory.mutex);
}

static bool is_refused(enum memory_owner owner)
{
	if (pauses > 0 || memory.owner != (int)owner)
		return false;
	uint64_t number = ++memory.count;
	struct memory_places *places = memory.places;
	if (places != NULL)
		note_place(places, number);
	if (number != memory.fails_at)
		return false;
	hurry(true);
	return true;
}

static void *counted(void *block)
{
	if (block != NULL)
		memory.live++;
	return block;
}

void *__wrap_malloc(size_t size)
{
	return is_refused(MEMORY_OURS) ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
	return is_refused(MEMORY_OURS) ? NULL : counted(__real_calloc(count, size));
}

void *__wrap_realloc(void *block, size_t size)
{
	if (is_refused(MEMORY_OURS))
		return NULL;
	void *grown = __real_realloc(block, size);
	return block == NULL ? counted(grown) : grown;
}

char *__wrap_strdup(const char *text)
{
	return is_refused(MEMORY_OURS) ? NULL : counted(__real_strdup(text));
}

void __wrap_free(void *block)
{
	if (block != NULL)
		memory.live--;
	__real_free(block);
}

static void *sqlite_malloc(int size)
{
	return is_refused(MEMORY_SQLITE) ? NULL : memory.sqlite.xMalloc(size);
}

static void *sqlite_realloc(void *block, int size)
{
	return is_refused(MEMORY_SQLITE) ? NULL : memory.sqlite.xRealloc(block, size);
}

bool memory_watch_sqlite(void)
{
	if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory.sqlite) != SQLITE_OK)
		return false;
	static sqlite3_mem_methods watched;
	watched = memory.sqlite;
	watched.xMalloc = sqlite_malloc;
	watched.xRealloc = sqlite_realloc;
	return sqlite3_config(SQLITE_CONFIG_MALLOC, &watched) == SQLITE_OK &&
	       sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) == SQLITE_OK;
}
