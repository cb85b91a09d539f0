/* SPDX-License-Identifier: MIT */
/*
 * Open addressing with linear probing and backward-shift deletion, at most half full:
 * every link can have an address of its own.
 */
#include "server/address_count.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ADDRESS_MAX = 46 }; /* INET6_ADDRSTRLEN */

struct slot {
	char address[ADDRESS_MAX];
	uint32_t links; /* 0: the slot is free */
};

struct address_count {
	uint32_t mask;
	struct slot slots[];
};

static uint32_t size_for(uint32_t limit)
{
	uint32_t size = 16;
	while (size < 2 * (uint64_t)limit && size < (1u << 24))
		size *= 2;
	return size;
}

struct address_count *address_count_new(uint32_t limit)
{
	uint32_t size = size_for(limit);
	struct address_count *counts =
		calloc(1, sizeof(*counts) + size * sizeof(struct slot));
	if (counts != NULL)
		counts->mask = size - 1;
	return counts;
}

void address_count_free(struct address_count *counts)
{
	free(counts);
}

static uint32_t home_of(const struct address_count *counts, const char *address)
{
	uint32_t hash = 2166136261u;
	for (; *address != '\0'; address++)
		hash = (hash ^ (uint8_t)*address) * 16777619u;
	return hash & counts->mask;
}

/* The address's slot, or the free one where it would go. */
static uint32_t find(const struct address_count *counts, const char *address)
{
	uint32_t i = home_of(counts, address);
	while (counts->slots[i].links > 0 &&
	       strcmp(counts->slots[i].address, address) != 0)
		i = (i + 1) & counts->mask;
	return i;
}

bool address_count_grow(struct address_count **counts, uint32_t limit)
{
	struct address_count *old = *counts, *grown;

	if (size_for(limit) <= old->mask + 1)
		return true;
	grown = address_count_new(limit);
	if (grown == NULL)
		return false;
	for (uint32_t i = 0; i <= old->mask; i++)
		if (old->slots[i].links > 0)
			grown->slots[find(grown, old->slots[i].address)] = old->slots[i];
	address_count_free(old);
	*counts = grown;
	return true;
}

bool address_count_add(struct address_count *counts, const char *address,
		       uint32_t per_address)
{
	struct slot *slot = &counts->slots[find(counts, address)];
	if (slot->links >= per_address)
		return false;
	if (slot->links++ == 0)
		(void)snprintf(slot->address, sizeof(slot->address), "%s", address);
	return true;
}

/* Closes the gap at i: moves up whatever could no longer be found across it. */
static void close_gap(struct address_count *counts, uint32_t i)
{
	for (uint32_t j = (i + 1) & counts->mask; counts->slots[j].links > 0;
	     j = (j + 1) & counts->mask) {
		uint32_t home = home_of(counts, counts->slots[j].address);
		if (((j - home) & counts->mask) < ((j - i) & counts->mask))
			continue;
		counts->slots[i] = counts->slots[j];
		counts->slots[j].links = 0;
		i = j;
	}
}

void address_count_remove(struct address_count *counts, const char *address)
{
	uint32_t i = find(counts, address);
	if (counts->slots[i].links > 0 && --counts->slots[i].links == 0)
		close_gap(counts, i);
}
