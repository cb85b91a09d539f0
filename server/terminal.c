/* SPDX-License-Identifier: MIT */
#include "server/terminal.h"

#include <stdio.h>
#include <stdlib.h>

struct terminal_table {
	uint32_t limit;
	uint32_t count;
	uint32_t bucket_count; /* a power of two */
	struct terminal **buckets;
};

struct terminal_table *terminal_table_new(uint32_t limit)
{
	struct terminal_table *table = calloc(1, sizeof(*table));
	if (table == NULL)
		return NULL;
	table->limit = limit;
	table->bucket_count = 64;
	while (table->bucket_count < limit && table->bucket_count < (1u << 20))
		table->bucket_count *= 2;
	table->buckets = calloc(table->bucket_count, sizeof(struct terminal *));
	if (table->buckets == NULL) {
		free(table);
		return NULL;
	}
	return table;
}

void terminal_table_free(struct terminal_table *table)
{
	if (table == NULL)
		return;
	for (uint32_t i = 0; i < table->bucket_count; i++) {
		while (table->buckets[i] != NULL) {
			struct terminal *terminal = table->buckets[i];
			table->buckets[i] = terminal->next;
			condition_forget_all(terminal);
			meter_list_free(&terminal->meters);
			free(terminal);
		}
	}
	free(table->buckets);
	free(table);
}

void terminal_table_limit(struct terminal_table *table, uint32_t limit)
{
	table->limit = limit;
}

static struct terminal **bucket_of(const struct terminal_table *table,
				   const char *identity)
{
	uint32_t hash = 2166136261u;
	for (; *identity != '\0'; identity++)
		hash = (hash ^ (uint8_t)*identity) * 16777619u;
	return &table->buckets[hash & (table->bucket_count - 1)];
}

struct terminal *terminal_table_find(const struct terminal_table *table,
				     const char *identity)
{
	struct terminal *terminal = *bucket_of(table, identity);
	while (terminal != NULL && strcmp(terminal->identity, identity) != 0)
		terminal = terminal->next;
	return terminal;
}

struct terminal *terminal_table_add(struct terminal_table *table, const char *identity)
{
	if (table->count >= table->limit)
		return NULL;
	struct terminal *terminal = calloc(1, sizeof(*terminal));
	if (terminal == NULL)
		return NULL;
	struct terminal **bucket = bucket_of(table, identity);
	(void)snprintf(terminal->identity, sizeof(terminal->identity), "%s", identity);
	terminal->next = *bucket;
	*bucket = terminal;
	table->count++;
	return terminal;
}

uint32_t terminal_table_count(const struct terminal_table *table)
{
	return table->count;
}

void terminal_table_each(const struct terminal_table *table,
			 void (*visit)(struct terminal *terminal, void *context),
			 void *context)
{
	for (uint32_t i = 0; i < table->bucket_count; i++)
		for (struct terminal *t = table->buckets[i]; t != NULL; t = t->next)
			visit(t, context);
}
