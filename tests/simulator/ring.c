/* SPDX-License-Identifier: MIT */
#include "tests/simulator/ring.h"

#include <stdlib.h>
#include <string.h>

enum {
	CAPACITY_FIRST = 16,
};

void ring_init(struct ring *ring, uint32_t memory, record_left_cb *left_cb, void *owner)
{
	*ring = (struct ring){ .memory = memory, .left_cb = left_cb, .owner = owner };
}

void ring_free(struct ring *ring)
{
	free(ring->records);
	ring->records = NULL;
	ring->capacity = 0;
	ring->count = 0;
}

static struct record *slot(struct ring *ring, uint64_t position)
{
	return &ring->records[position & (ring->capacity - 1)];
}

static void grow(struct ring *ring)
{
	struct ring bigger = *ring;

	bigger.capacity = ring->capacity == 0 ? CAPACITY_FIRST : 2 * ring->capacity;
	bigger.records = calloc(bigger.capacity, sizeof *bigger.records);
	if (bigger.records == NULL)
		abort(); /* a simulator without memory has nothing to say */
	for (uint32_t i = 0; i < ring->count; i++)
		*slot(&bigger, ring->first + i) = *slot(ring, ring->first + i);
	free(ring->records);
	*ring = bigger;
}

static void drop_oldest(struct ring *ring, enum record_fate fate)
{
	struct record *oldest = slot(ring, ring->first);

	ring->used -= oldest->space;
	ring->unsent -= !oldest->is_sent;
	ring->first++;
	ring->count--;
	if (ring->left_cb != NULL)
		ring->left_cb(ring->owner, oldest, fate);
}

static void overwrite(struct ring *ring)
{
	ring->totals.overwritten++;
	drop_oldest(ring, RECORD_OVERWRITTEN);
}

void ring_add(struct ring *ring, const struct record *record)
{
	if (ring->count == ring->capacity)
		grow(ring);
	*slot(ring, ring->first + ring->count) = *record;
	ring->count++;
	ring->unsent += !record->is_sent;
	ring->used += record->space;
	ring->totals.made++;
	while (ring->used > ring->memory)
		overwrite(ring);
}

uint32_t ring_delete_oldest(struct ring *ring, uint32_t count)
{
	if (count > ring->count)
		count = ring->count;
	for (uint32_t i = 0; i < count; i++) {
		ring->totals.deleted++;
		ring->totals.deleted_unsent += !slot(ring, ring->first)->is_sent;
		drop_oldest(ring, RECORD_DELETED);
	}
	return count;
}

struct record *ring_at(struct ring *ring, uint64_t position)
{
	if (position < ring->first || position - ring->first >= ring->count)
		return NULL;
	return slot(ring, position);
}

void ring_mark_sent(struct ring *ring, uint64_t position)
{
	struct record *record = ring_at(ring, position);

	if (record == NULL || record->is_sent)
		return;
	record->is_sent = true;
	ring->unsent--;
	ring->totals.sent++;
}

uint32_t ring_space(const struct ring *ring)
{
	return ring->memory - ring->used;
}
