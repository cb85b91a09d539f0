/* SPDX-License-Identifier: MIT */
/* What the parts of a meter's history share; for them alone. */
#ifndef READOUT_STORAGE_METER_HISTORY_PARTS_H
#define READOUT_STORAGE_METER_HISTORY_PARTS_H

#include "storage/consumption/meter_history.h"

/* Where a layout has a counter, and how it sends it. */
struct history_source {
	int64_t position;
	size_t counter;
	int exponent;
	int64_t factor;
	int64_t modulus; /* in digits as sent; 0 not known */
};

/* Doubles what items has room for, up to a limit. An SQLite error code. */
int history_make_room(void **items, size_t *capacity, size_t count, size_t size);

/* Where the counters are in a layout; NULL in the one after HISTORY_LAYOUTS_MAX. */
int history_find_layout(struct store_writer *writer, struct meter_history *history,
			int64_t id, const struct history_layout **ret_layout);

#endif
