/* SPDX-License-Identifier: MIT */
/*
 * Is the database sound? SQLite's own checks of its structure, then what must hold
 * between our tables: every telegram has its terminal, meter and layout, as many values
 * as its layout has registers, no position is beyond the counter of positions, no cursor
 * beyond the log. Reads only; safe while the daemon writes. Any thread.
 */
#ifndef READOUT_STORAGE_VERIFY_H
#define READOUT_STORAGE_VERIFY_H

#include "storage/progress.h"
#include "storage/store.h"

enum { VERIFY_PROBLEMS_MAX = 20, VERIFY_TEXT_MAX = 256 };

struct verify_options {
	bool is_quick;          /* passes over what needs every index looked up */
	bool is_structure_only; /* SQLite's checks alone */
};

struct verify_result {
	uint32_t problem_count; /* the first VERIFY_PROBLEMS_MAX have a text */
	char problems[VERIFY_PROBLEMS_MAX][VERIFY_TEXT_MAX];
	int64_t version;   /* of the schema */
	bool is_older;     /* than this program's: only its structure was checked */
	int64_t telegrams; /* looked at */
};

/*
 * true: it was looked at, and *ret_result says what was found. false and a message in
 * error: it could not be looked at, or the caller stopped it.
 */
bool verify_database(const char *path, const struct verify_options *options,
		     const struct progress *progress, struct verify_result *ret_result,
		     char error[STORE_ERROR_MAX]);

#endif
