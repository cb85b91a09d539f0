/* SPDX-License-Identifier: MIT */
/*
 * One wired address at two terminals: two meters that look like one. Noticed where an
 * origin is made or gets a new day, so once per meter, terminal and day and never per
 * telegram. An event says so once when it begins, and once when it is over: the address
 * was split, or one of the terminals has not heard it for a week.
 *
 * Meters move and terminals are replaced: it counts only when both terminals have heard
 * the meter on more than one day that the other did, and lately. By radio several
 * terminals may well hear one meter; that is no conflict.
 */
#ifndef READOUT_STORAGE_ADDRESS_CONFLICT_H
#define READOUT_STORAGE_ADDRESS_CONFLICT_H

#include "storage/writer.h"

/* After an origin was made or widened. SQLITE_OK or an error code. Writer thread. */
int address_conflict_check(struct store_writer *writer, int64_t origin, int64_t now_ms);

/* Ends the conflict of a meter, if there is one, with the reason in its event. */
int address_conflict_end(sqlite3 *db, int64_t meter, int64_t now_ms, const char *reason);

#endif
