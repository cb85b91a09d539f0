/* SPDX-License-Identifier: MIT */
/*
 * Consumption, worked out behind the log: how far counters went on per hour and day, and
 * where readings are missing. The tables behind the views consumption_... and gaps follow
 * the log from a position of their own, in short slices of the writer, so that nothing is
 * spent on them when telegrams are committed, and a question does not go through years of
 * telegrams.
 *
 * A slice goes through some of the log and notes for each meter from when to when there
 * is something new (table stale); then it works stale stretches out again from the
 * telegrams, as many as it has time for. New telegrams, telegrams decoded anew (they come
 * again at the end of the log), late ones, a meter moved to another place (by triggers)
 * and another time zone (calendar.h) all end there. A crash between slices loses nothing:
 * position, stale and results are one transaction.
 *
 * Rules: counter_curve.h. Days before the oldest telegram still in the log stay as they
 * were worked out.
 */
#ifndef READOUT_STORAGE_CONSUMPTION_H
#define READOUT_STORAGE_CONSUMPTION_H

#include "storage/store.h"

/* has_more: there is work left. error: why it was refused. Called in the port's thread.
 */
typedef void consumption_done_cb(bool has_more, enum store_result result,
				 const char *error, void *context);

/* Submits one slice. false when memory is out. Nothing happens before there are days. */
bool consumption_submit(struct store *store, struct store_port *port,
			consumption_done_cb *done_cb, void *context);

#endif
