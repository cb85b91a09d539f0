/* SPDX-License-Identifier: MIT */
/*
 * A terminal's device table (AT^SCAMS?) as it comes in, row by row, written as a JSON
 * array of objects: {"index", "port", "protocol", "address", "interval"}. Its size is
 * limited; rows beyond are left out. Loop thread only.
 */
#ifndef READOUT_SERVER_DEVICE_TABLE_H
#define READOUT_SERVER_DEVICE_TABLE_H

#include "protocol/span.h"

struct device_table {
	char *text; /* NULL while empty */
	size_t size;
};

/* Takes one line of the answer in; lines that are no rows are passed over. */
void device_table_add(struct device_table *table, struct span line);

/* Closes the array. The span lives until device_table_clear(); empty without rows. */
struct span device_table_json(struct device_table *table);

void device_table_clear(struct device_table *table);

#endif
