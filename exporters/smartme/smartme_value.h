/* SPDX-License-Identifier: MIT */
/*
 * Values in the units that smart-me fixes: kWh, m3, kW, m3/h and so on. The result is
 * exact where it has an end (Wh to kWh, cal to kWh); joules, of which 3.6 million are a
 * kWh, are rounded half up to SMARTME_DECIMALS places. The service keeps doubles, so more
 * than 15 digits are cut to 15, rounded. Calories are those of the International Table:
 * 4.1868 J. Pure.
 */
#ifndef READOUT_EXPORTERS_SMARTME_VALUE_H
#define READOUT_EXPORTERS_SMARTME_VALUE_H

#include <stdbool.h>

enum { SMARTME_VALUE_MAX = 72, SMARTME_DECIMALS = 6 };

/*
 * Converts a plain decimal ("-1234.5") from unit to wanted ("kWh", "m3", "kW", "m3/h",
 * or the same unit). false: there is no rule for it, or the text is no plain decimal.
 */
bool smartme_value(const char *value_text, const char *unit, const char *wanted,
		   char ret_text[SMARTME_VALUE_MAX]);

#endif
