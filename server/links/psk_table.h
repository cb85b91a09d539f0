/* SPDX-License-Identifier: MIT */
/*
 * Pre-shared keys by identity. Fixed after creation; keys are wiped when it is freed. Any
 * thread.
 */
#ifndef READOUT_SERVER_LINKS_PSK_TABLE_H
#define READOUT_SERVER_LINKS_PSK_TABLE_H

#include "config/config.h"

struct psk_table;

/* Copies the keys of both lists. NULL when out of memory. */
struct psk_table *psk_table_new(const struct config_psk *keys, size_t count,
				const struct config_psk *more, size_t more_count);
void psk_table_free(struct psk_table *table); /* NULL is fine */

/* The key of identity; NULL: there is none. */
const struct config_psk *psk_table_find(const struct psk_table *table,
					const char *identity);

/* The first one; NULL: there is none. */
const struct config_psk *psk_table_first(const struct psk_table *table);

#endif
