/* SPDX-License-Identifier: MIT */
/* The bytes of one M-Bus data record, named from the decoder's own spans and tables. */
#ifndef READOUT_SERVER_EXPLAIN_RECORD_H
#define READOUT_SERVER_EXPLAIN_RECORD_H

#include "server/commands/decode/decode_item.h"
#include "server/commands/decode/explain_rows.h"

void explain_record(struct explain_rows *rows, const struct decode_record *record);

/* The row of a value: what is measured, how much, and what is odd about it. */
void explain_value(struct explain_rows *rows, const struct decode_record *record);

#endif
