/* SPDX-License-Identifier: MIT */
/* What the decoder made of a record beside what it must be. */
#ifndef READOUT_ROUNDTRIP_COMPARE_H
#define READOUT_ROUNDTRIP_COMPARE_H

#include "protocol/mbus/telegram.h"
#include "tests/unit/roundtrip/expectation.h"

/* Reads the value of record under reg; the name of the first field that is not as
 * expected, or NULL. */
const char *compare_record(const struct telegram_record *record,
			   const struct reading_register *reg,
			   const struct expectation *expected);

#endif
