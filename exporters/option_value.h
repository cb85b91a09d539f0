/* SPDX-License-Identifier: MIT */
/*
 * The text of one exporter option, checked by its type and brought into the one form that
 * a plugin sees: durations as milliseconds, sizes as bytes. Exact: whole numbers only,
 * and what does not fit is refused, never cut. Any thread.
 */
#ifndef READOUT_EXPORTERS_OPTION_VALUE_H
#define READOUT_EXPORTERS_OPTION_VALUE_H

#include "exporters/exporter.h"

/*
 * The normalised text; free() it. NULL when it is wrong (or memory is out): then
 * *ret_expected says what belongs there, "a duration such as ..."; static.
 */
char *option_value_new(enum exporter_option_type type, const char *text,
		       const char **ret_expected);

#endif
