/* SPDX-License-Identifier: MIT */
#include "server/links/psk_table.h"

#include <stdlib.h>
#include <string.h>

struct psk_table {
	size_t count;
	struct config_psk keys[]; /* sorted by identity */
};

static int compare(const void *a, const void *b)
{
	const struct config_psk *first = a, *second = b;
	return strcmp(first->identity, second->identity);
}

static bool copy_keys(struct psk_table *table, const struct config_psk *keys,
		      size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct config_psk *copy = &table->keys[table->count];
		*copy = keys[i];
		copy->identity = strdup(keys[i].identity);
		if (copy->identity == NULL)
			return false;
		table->count++;
	}
	return true;
}

struct psk_table *psk_table_new(const struct config_psk *keys, size_t count,
				const struct config_psk *more, size_t more_count)
{
	struct psk_table *table =
		calloc(1, sizeof(*table) + (count + more_count) * sizeof(table->keys[0]));
	if (table == NULL)
		return NULL;
	if (!copy_keys(table, keys, count) || !copy_keys(table, more, more_count)) {
		psk_table_free(table);
		return NULL;
	}
	qsort(table->keys, table->count, sizeof(table->keys[0]), compare);
	return table;
}

void psk_table_free(struct psk_table *table)
{
	if (table == NULL)
		return;
	for (size_t i = 0; i < table->count; i++) {
		explicit_bzero(table->keys[i].key, sizeof(table->keys[i].key));
		free(table->keys[i].identity);
	}
	free(table);
}

const struct config_psk *psk_table_find(const struct psk_table *table,
					const char *identity)
{
	/* bsearch() wants a key of the same type, which is only read. */
	struct config_psk wanted = { .identity = (char *)(uintptr_t)identity };
	return bsearch(&wanted, table->keys, table->count, sizeof(table->keys[0]),
		       compare);
}

const struct config_psk *psk_table_first(const struct psk_table *table)
{
	return table->count > 0 ? &table->keys[0] : NULL;
}
