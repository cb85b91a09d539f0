/* SPDX-License-Identifier: MIT */
/*
 * The days of the configured time zone, in the table day: consumption is cut at them.
 * Where they begin is worked out by the caller; a reader's own clock and zone play no
 * part. A day that was cut otherwise before makes all consumption from then on stale,
 * and consumption.h works it out again.
 */
#ifndef READOUT_STORAGE_CALENDAR_H
#define READOUT_STORAGE_CALENDAR_H

#include "storage/store.h"

struct calendar_day {
	char date[11];    /* 2026-03-29 */
	int64_t start_at; /* Unix time of the first second */
	int64_t end_at;   /* of the first second after it */
};

/*
 * Sets all days, in order; copied. false when memory is out. No answer is given: what is
 * submitted to the same store later finds them.
 */
bool calendar_submit(struct store *store, struct store_port *port,
		     const struct calendar_day *days, size_t count);

#endif
