/* SPDX-License-Identifier: MIT */
#include "storage/layout.h"

#include <stdlib.h>

/*
 * Open addressing over twice as many slots as layouts; a slot holds the layout's number
 * plus one, so that zero is free. Layouts are never removed.
 */
struct layout_table {
	uint32_t limit;
	uint32_t first; /* number of the first layout */
	uint32_t count;
	uint32_t slot_mask;
	uint32_t *slots;
	struct layout_entry {
		uint64_t hash;
		struct layout *layout;
	} * entries;
};

/* Eight bytes a step: keys are some sixty bytes and are hashed once per telegram. */
static uint64_t hash_bytes(struct span key)
{
	uint64_t hash = key.size * UINT64_C(0x9e3779b97f4a7c15);
	size_t i = 0;
	for (; i + 8 <= key.size; i += 8) {
		uint64_t word;
		memcpy(&word, key.data + i, 8);
		hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
		hash ^= hash >> 32;
	}
	for (; i < key.size; i++)
		hash = (hash ^ key.data[i]) * UINT64_C(0x100000001b3);
	return hash ^ hash >> 29;
}

static uint32_t slots_for(uint32_t limit)
{
	uint32_t slots = 16;
	while (slots / 2 < limit && slots < UINT32_C(1) << 30)
		slots *= 2;
	return slots;
}

struct layout_table *layout_table_new(uint32_t limit)
{
	struct layout_table *table = calloc(1, sizeof *table);
	if (table == NULL)
		return NULL;
	uint32_t slots = slots_for(limit);
	table->limit = limit;
	table->slot_mask = slots - 1;
	table->slots = calloc(slots, sizeof *table->slots);
	table->entries = calloc(limit + 1u, sizeof *table->entries);
	if (table->slots == NULL || table->entries == NULL) {
		layout_table_free(table);
		return NULL;
	}
	return table;
}

void layout_table_free(struct layout_table *table)
{
	if (table == NULL)
		return;
	for (uint32_t i = 0; i < table->count; i++)
		free(table->entries[i].layout);
	free(table->entries);
	free(table->slots);
	free(table);
}

/* The slot of the key, or the free one where it belongs. */
static uint32_t *find_slot(const struct layout_table *table, struct span key,
			   uint64_t hash)
{
	for (uint32_t at = (uint32_t)hash & table->slot_mask;;
	     at = (at + 1) & table->slot_mask) {
		uint32_t *slot = &table->slots[at];
		if (*slot == 0)
			return slot;
		const struct layout_entry *entry = &table->entries[*slot - 1];
		if (entry->hash == hash && span_equal(entry->layout->key, key))
			return slot;
	}
}

void layout_table_number_from(struct layout_table *table, uint32_t first)
{
	table->first = first;
}

const struct layout *layout_table_find(const struct layout_table *table, struct span key)
{
	uint32_t slot = *find_slot(table, key, hash_bytes(key));
	return slot == 0 ? NULL : table->entries[slot - 1].layout;
}

static uint16_t occurrence_of(const struct reading_register *registers, uint32_t n)
{
	struct span header = span_of(registers[n].header, registers[n].header_size);
	uint16_t occurrence = 0;
	for (uint32_t i = 0; i < n; i++)
		if (registers[i].source == registers[n].source &&
		    span_equal(span_of(registers[i].header, registers[i].header_size),
			       header))
			occurrence++;
	return occurrence;
}

static int32_t find_error_flags(const struct reading_register *registers, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (registers[i].source == READING_SOURCE_MBUS &&
		    strcmp(registers[i].quantity, "error flags") == 0 &&
		    registers[i].function == READING_INSTANTANEOUS &&
		    registers[i].storage == 0)
			return (int32_t)i;
	return -1;
}

/* One block: the layout, its registers, its key. */
static struct layout *layout_new(uint32_t number, struct span key,
				 const struct reading_register *registers, uint32_t count)
{
	size_t registers_size = count * sizeof *registers;
	struct layout *layout = malloc(sizeof *layout + registers_size + key.size);
	if (layout == NULL)
		return NULL;
	struct reading_register *copies = (struct reading_register *)(layout + 1);
	uint8_t *key_copy = (uint8_t *)(copies + count);
	for (uint32_t i = 0; i < count; i++) {
		copies[i] = registers[i];
		copies[i].occurrence = occurrence_of(registers, i);
	}
	if (key.size > 0)
		memcpy(key_copy, key.data, key.size);
	*layout = (struct layout){ .number = number,
				   .register_count = count,
				   .key = span_of(key_copy, key.size),
				   .registers = copies,
				   .error_flags = find_error_flags(copies, count) };
	return layout;
}

const struct layout *layout_table_add(struct layout_table *table, struct span key,
				      const struct reading_register *registers,
				      uint32_t count)
{
	if (table->count == table->limit || key.size > LAYOUT_KEY_MAX ||
	    count > LAYOUT_REGISTERS_MAX)
		return NULL;
	uint64_t hash = hash_bytes(key);
	uint32_t *slot = find_slot(table, key, hash);
	if (*slot != 0)
		return table->entries[*slot - 1].layout;
	struct layout *layout =
		layout_new(table->first + table->count, key, registers, count);
	if (layout == NULL)
		return NULL;
	table->entries[table->count] = (struct layout_entry){ hash, layout };
	*slot = ++table->count;
	return layout;
}
