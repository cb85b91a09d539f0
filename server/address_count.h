/* SPDX-License-Identifier: MIT */
/*
 * How many links each remote address has open, in a table whose size is fixed at
 * creation. Loop thread only.
 */
#ifndef READOUT_SERVER_ADDRESS_COUNT_H
#define READOUT_SERVER_ADDRESS_COUNT_H

#include <stdbool.h>
#include <stdint.h>

struct address_count;

/* For at most limit links. NULL when out of memory. */
struct address_count *address_count_new(uint32_t limit);
/* Makes room for limit links and keeps what is counted; it never shrinks. false: out of
 * memory, *counts is as it was. */
bool address_count_grow(struct address_count **counts, uint32_t limit);
void address_count_free(struct address_count *counts); /* NULL is fine */

/* One more link of address; false if it has per_address already (nothing is counted). */
bool address_count_add(struct address_count *counts, const char *address,
		       uint32_t per_address);

/* One link less of an address that was added. */
void address_count_remove(struct address_count *counts, const char *address);

#endif
