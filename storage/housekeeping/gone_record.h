/* SPDX-License-Identifier: MIT */
/*
 * Records of which retention has taken the raw data or everything, by a digest of what
 * makes them: stamp, sequence and payload. One that is delivered again is known by it; a
 * record that only has the stamp and the sequence of one that went (a clock set back and
 * a counter that began again) is not, and is stored.
 *
 * 64 bits: two different records of one terminal and day are taken for the same once in
 * 10^19 times. The digest stands in databases, so it never changes.
 */
#ifndef READOUT_STORAGE_GONE_RECORD_H
#define READOUT_STORAGE_GONE_RECORD_H

#include "storage/telegram_batch.h"
#include "storage/writer.h"

/* The days of UTC by which they are kept. */
int64_t gone_record_day(int64_t stamp);

/* Of stamp, sequence, kind, error_code, device and raw; nothing else is read. */
uint64_t gone_record_digest(const struct store_telegram *telegram);

/* Notes count records of a terminal, all of one day. An SQLite error code. */
int gone_record_add(struct store_writer *writer, int64_t terminal, int64_t day,
		    const uint64_t *digests, size_t count);

/* The first day of which the terminal has none, nor of any later; INT64_MIN: of no day.
 */
int gone_record_end(struct store_writer *writer, int64_t terminal, int64_t *ret_day);

int gone_record_find(struct store_writer *writer, int64_t terminal,
		     const struct store_telegram *telegram, bool *ret_is_gone);

#endif
