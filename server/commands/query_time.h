/* SPDX-License-Identifier: MIT */
/*
 * Times as people type them: "2024-03-01", "2024-03-01 10:30", "2024-03-01T10:30:00" in
 * the time zone of this machine, with "Z" or "+01:00" behind in that of the text, and
 * "24h", "7d" for that long before now.
 */
#ifndef READOUT_SERVER_QUERY_TIME_H
#define READOUT_SERVER_QUERY_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* What to say when it is not understood. */
#define QUERY_TIME_FORMS                                                                 \
	"2024-03-01, \"2024-03-01 10:30\", 2024-03-01T10:30:00Z, or 24h or 7d for that " \
	"long ago"

/* Unix time in milliseconds. false: this is no time. */
bool query_time_parse(const char *text, int64_t now_ms, int64_t *ret_ms);

#endif
