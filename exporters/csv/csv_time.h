/* SPDX-License-Identifier: MIT */
/*
 * Time stamps as ISO 8601, in UTC or in the time zone of the process with its offset, so
 * that the doubled hour in autumn is told apart. Telegrams stand in the order of the log,
 * so one day serves thousands of stamps: its date is kept.
 */
#ifndef READOUT_EXPORTERS_CSV_TIME_H
#define READOUT_EXPORTERS_CSV_TIME_H

#include <stdbool.h>
#include <stdint.h>

enum { CSV_TIME_MAX = 40 }; /* bytes with NUL of any stamp */

struct csv_day {
	bool is_local;                /* in the time zone of Readout; else UTC */
	int64_t quarter;              /* of an hour since 1970 that offset_s is of */
	int32_t offset_s;             /* east of UTC */
	int64_t day;                  /* since 1970-01-01 */
	char date[CSV_TIME_MAX - 16]; /* "2026-11-22"; "" nothing kept yet */
	uint32_t size;
};

/*
 * "2026-11-22T17:20:32Z" or "2026-11-22T18:20:32+01:00". Years outside 0..9999 get a sign
 * and at least six digits (ISO 8601-1, 5.2.2.3). ret_text has CSV_TIME_MAX bytes.
 */
void csv_time_seconds(struct csv_day *day, int64_t unix_seconds, char *ret_text);

/* "2026-11-22T17:20:32.123Z" */
void csv_time_milliseconds(struct csv_day *day, int64_t unix_ms, char *ret_text);

#endif
