/* SPDX-License-Identifier: MIT */
#include "storage/text_arena.h"

#include <stdlib.h>

enum { BLOCK_SIZE = 64 * 1024, ALIGNMENT = 16 };

struct text_block {
	struct text_block *next;
	size_t size;
	size_t used;
	size_t padding;
	uint8_t bytes[];
};

static struct text_block *add_block(struct text_arena *arena, size_t size)
{
	size = size > BLOCK_SIZE ? size : BLOCK_SIZE;
	struct text_block *block = malloc(sizeof *block + size);
	if (block == NULL)
		return NULL;
	*block = (struct text_block){ .size = size };
	if (arena->current == NULL) {
		block->next = arena->first;
		arena->first = block;
	} else {
		block->next = arena->current->next;
		arena->current->next = block;
	}
	return block;
}

/* The next block with room; those passed over rest until the reset. */
static struct text_block *find_block(struct text_arena *arena, size_t size)
{
	struct text_block *block = arena->current;
	while (block != NULL && block->size - block->used < size)
		block = block->next;
	return block;
}

void *text_arena_take(struct text_arena *arena, size_t size)
{
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	struct text_block *block = find_block(arena, size);
	if (block == NULL)
		block = add_block(arena, size);
	if (block == NULL)
		return NULL;
	arena->current = block;
	uint8_t *piece = block->bytes + block->used;
	block->used += size;
	return piece;
}

char *text_arena_copy(struct text_arena *arena, struct span bytes)
{
	char *copy = text_arena_take(arena, bytes.size + 1);
	if (copy == NULL)
		return NULL;
	if (bytes.size > 0)
		memcpy(copy, bytes.data, bytes.size);
	copy[bytes.size] = '\0';
	return copy;
}

const char *text_arena_column(struct text_arena *arena, sqlite3_stmt *row, int column)
{
	if (sqlite3_column_type(row, column) == SQLITE_NULL)
		return "";
	const void *data = sqlite3_column_blob(row, column);
	size_t size = (size_t)sqlite3_column_bytes(row, column);
	return text_arena_copy(arena, span_of(data, size));
}

void text_arena_reset(struct text_arena *arena)
{
	for (struct text_block *block = arena->first; block != NULL; block = block->next)
		block->used = 0;
	arena->current = arena->first;
}

void text_arena_free(struct text_arena *arena)
{
	while (arena->first != NULL) {
		struct text_block *next = arena->first->next;
		free(arena->first);
		arena->first = next;
	}
	arena->current = NULL;
}
