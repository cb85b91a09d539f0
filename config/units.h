/* SPDX-License-Identifier: MIT */
/*
 * Durations and sizes as people write them: "500ms", "60s", "15m", "1h", "1d"; "64KiB",
 * "1MiB", "1GiB", or plain bytes. A whole number with one unit, nothing between them:
 * exact, and checked against overflow. Pure; any thread.
 */
#ifndef READOUT_CONFIG_UNITS_H
#define READOUT_CONFIG_UNITS_H

#include <stdint.h>

enum units_result {
	UNITS_OK,
	UNITS_MALFORMED, /* not a whole number with a known unit */
	UNITS_TOO_LARGE, /* does not fit into 64 bits */
};

/* Room for any text that duration_format() or size_format() write. */
enum { UNITS_TEXT_MAX = 32 };

/* Units ms, s, m, h and d; a unit is required, because 60 alone says nothing. */
enum units_result duration_parse(const char *text, uint64_t *ret_ms);

/* Units KiB, MiB and GiB; without a unit, bytes. */
enum units_result size_parse(const char *text, uint64_t *ret_bytes);

/* In the largest unit that is exact: 900000 is "15m", 90000 is "90s", 0 is "0ms". */
void duration_format(uint64_t duration_ms, char ret_text[UNITS_TEXT_MAX]);
void size_format(uint64_t size_bytes, char ret_text[UNITS_TEXT_MAX]);

#endif
