/* SPDX-License-Identifier: MIT */
/*
 * What a terminal can make the tables beside the log grow by: origins, and with them
 * meters, layouts and words. So many new ones a day are taken as they come, which is more
 * than any terminal has meters; from then on, what would need another one is stored in
 * one origin for all (decode_status "origin_limit"): its raw data as always, and what
 * else makes it this record (device, its index, error code) in remarks. It can be decoded
 * anew later. One event a day says so.
 */
#ifndef READOUT_STORAGE_ORIGIN_LIMIT_H
#define READOUT_STORAGE_ORIGIN_LIMIT_H

#include "storage/telegram_batch.h"
#include "storage/writer.h"

enum { ORIGINS_A_DAY_MAX = 10000 };

/* Whether the terminal may make no more today. An SQLite error code, as below. */
int origin_limit_reached(struct store_writer *writer, int64_t terminal,
			 const struct store_telegram *telegram, bool *ret_is_reached);

/* It has made one. */
int origin_limit_count(struct store_writer *writer, int64_t terminal,
		       const struct store_telegram *telegram);

/* What is stored instead, with status for its decode_status. */
struct store_telegram origin_limit_bare(const struct store_telegram *telegram,
					const char *status);

/* The same, ready for the origin for all, and that origin. */
int origin_limit_shared(struct store_writer *writer, int64_t terminal,
			const struct store_telegram *telegram,
			struct store_telegram *ret_bare, int64_t *ret_origin);

/* Notes in the row of a telegram of the origin for all what that cannot say. */
int origin_limit_note(struct store_writer *writer, int64_t id,
		      const struct store_telegram *telegram);

#endif
