/* SPDX-License-Identifier: MIT */
/*
 * Deletes by age: the raw data of telegrams, and telegrams with their readings. In
 * slices, each one job of the writer with a bounded number of rows, so that new telegrams
 * are committed in between. Nothing goes that an exporter which counts has not delivered.
 *
 * Age is that of the stamp; where the stamp cannot be true, of the arrival, and then only
 * what the terminal has certainly deleted goes, for nothing else would tell it from a new
 * record when it came again.
 *
 * What went may come again: the last record is always kept back in the terminal, and an
 * old dump may be imported. It is known by 8 bytes of its content (gone_record.h), which
 * are all that stays of it. It is not its age, nor stamp and sequence, that decide: a
 * terminal that is connected for the first time may bring years of history, and one whose
 * clock was set back and whose counter began again gives new records from long ago. All
 * of that is stored, goes to the exporters, and goes when they have had it.
 */
#ifndef READOUT_STORAGE_RETENTION_H
#define READOUT_STORAGE_RETENTION_H

#include "storage/progress.h"
#include "storage/store_caller.h"

struct retention_options {
	int64_t raw_before;           /* Unix time in seconds; INT64_MIN: keep for ever */
	int64_t readings_before;      /* the same */
	const char *const *exporters; /* those that count */
	size_t exporter_count;
	bool is_dry_run; /* only counts */
	int64_t now_ms;
};

struct retention_result {
	int64_t raw;       /* telegrams whose raw data went, or would */
	int64_t telegrams; /* that went altogether, or would */
	int64_t held_back; /* old enough, but not delivered yet */
	int64_t pages;     /* given back to the file system */
};

/* false and a message in error: it was stopped or failed; what is done is done. */
bool retention_run(const char *path, struct store_caller *caller,
		   const struct retention_options *options,
		   const struct progress *progress, struct retention_result *ret_result,
		   char error[STORE_ERROR_MAX]);

#endif
