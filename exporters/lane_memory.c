/* SPDX-License-Identifier: MIT */
/*
 * What a plugin asks to remember waits here until the cursor moves next, is committed
 * with it, and is looked up here before the database is asked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporters/lane_inner.h"

/* One for each telegram of the largest batch and a second one; bounds the memory. */
enum { NOTES_MAX = 2 * RUNNER_BATCH_MAX, NOTES_FIRST = 16 };

static bool reserve(struct lane_memory *memory)
{
	if (memory->count < memory->capacity)
		return true;
	if (memory->count == NOTES_MAX)
		return false;
	size_t capacity = memory->capacity > 0 ? memory->capacity * 2 : NOTES_FIRST;
	struct cursor_note *notes = realloc(memory->notes, capacity * sizeof *notes);
	if (!notes)
		return false;
	memory->notes = notes;
	memory->capacity = capacity;
	return true;
}

bool lane_remember(const struct exporter_host *host, const char *key, const char *remote)
{
	struct lane *lane = (struct lane *)(uintptr_t)host; /* its first member */
	struct lane_memory *memory = &lane->memory;
	size_t key_size = strlen(key) + 1;
	size_t remote_size = strlen(remote) + 1;

	if (key_size > EXPORTER_KEY_MAX + 1 || remote_size > EXPORTER_KEY_MAX + 1 ||
	    !reserve(memory))
		return false;
	char *texts = malloc(key_size + remote_size);
	if (!texts)
		return false;
	memory->notes[memory->count++] = (struct cursor_note){
		.key = memcpy(texts, key, key_size),
		.remote = memcpy(texts + key_size, remote, remote_size),
	};
	return true;
}

bool lane_recall(const struct exporter_host *host, const char *key, char *ret_remote,
		 size_t size)
{
	struct lane *lane = (struct lane *)(uintptr_t)host;
	char error[STORE_ERROR_MAX];

	for (size_t i = lane->memory.count; i > 0; i--) {
		const struct cursor_note *note = &lane->memory.notes[i - 1];
		if (strcmp(note->key, key) != 0)
			continue;
		snprintf(ret_remote, size, "%s", note->remote);
		return note->remote[0] != '\0';
	}
	if (!lane->memory.committed)
		lane->memory.committed = remote_ids_open(lane->env->database_path, error);
	return lane->memory.committed &&
	       remote_ids_find(lane->memory.committed, lane->name, key, ret_remote, size);
}

void lane_memory_forget(struct lane_memory *memory, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free((char *)(uintptr_t)memory->notes[i].key);
	memory->count -= count;
	if (memory->count > 0)
		memmove(memory->notes, memory->notes + count,
			memory->count * sizeof *memory->notes);
}

void lane_memory_close(struct lane_memory *memory)
{
	lane_memory_forget(memory, memory->count);
	free(memory->notes);
	remote_ids_close(memory->committed);
}
