/* SPDX-License-Identifier: MIT */
/* Dates and times of IEC 62056-21 data lines as ISO 8601. Pure; any thread. */
#ifndef READOUT_PROTOCOL_IEC62056_IEC62056_TIME_H
#define READOUT_PROTOCOL_IEC62056_IEC62056_TIME_H

#include "protocol/reading.h"

/*
 * The type of content when it has the form of a time stamp: READING_TYPE_DATE_TIME for
 * YYMMDDhhmm, READING_TYPE_DATE_TIME_SECONDS for YYMMDDhhmmss, each also with the
 * separators - : . / , and blank, with a season digit before it, or S (summer) or W
 * (winter) behind it; else READING_TYPE_NONE. *ret_has_season says whether a letter was
 * there.
 */
enum reading_type iec62056_time_type(struct span content, bool *ret_has_season);

/*
 * Reads content as a time stamp; a stamp of zeros or one that cannot be is no value, for
 * the reason NO_VALUE_DATE_INVALID.
 */
void iec62056_time_read(struct span content, struct value *ret_value);

/* Reads YYMMDD (type DATE) or hhmmss (type TIME), with or without separators. */
bool iec62056_clock_read(enum reading_type type, struct span content,
			 struct value *ret_value);

#endif
