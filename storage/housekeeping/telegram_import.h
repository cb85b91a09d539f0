/* SPDX-License-Identifier: MIT */
/*
 * Telegrams that did not come over a link: a slice of a file, committed as a whole.
 *
 * Records of a dump have the identity that the terminal gave them, so the same record is
 * known when it comes over a link later. Telegrams without one (hex lists) are known by
 * file and line: a file is known by its digest, and how many of its lines are in the log
 * is committed with them, so a file imported twice adds nothing and an import that was
 * killed goes on where it stopped.
 */
#ifndef READOUT_STORAGE_TELEGRAM_IMPORT_H
#define READOUT_STORAGE_TELEGRAM_IMPORT_H

#include "storage/store_caller.h"
#include "storage/telegram_batch.h"

struct telegram_import;

struct telegram_import_file {
	const char *digest; /* "" records have an identity of their own */
	const char *name;   /* for people */
	int64_t lines;      /* of the file that are known once this slice is committed */
	int64_t now_ms;
};

struct telegram_import_counts {
	uint32_t telegrams_new, telegrams_known, telegrams_refused;
};

/* Texts of file are not copied. NULL when out of memory. */
struct telegram_import *telegram_import_new(const struct telegram_import_file *file);
void telegram_import_free(struct telegram_import *import); /* NULL is fine */

/*
 * Appends a copy for the terminal with this identity, which is made if it is new. Without
 * an identity of its own the telegram's sequence is its line. false: too many, or no
 * memory.
 */
bool telegram_import_add(struct telegram_import *import, const char *terminal,
			 const struct store_telegram *telegram);

/* Commits the slice; waits for it. On STORE_REJECTED error says why. */
enum store_result telegram_import_commit(struct telegram_import *import,
					 struct store_caller *caller,
					 struct telegram_import_counts *ret_counts,
					 char error[STORE_ERROR_MAX]);

#endif
