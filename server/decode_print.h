/* SPDX-License-Identifier: MIT */
/*
 * The output formats of readout decode. Each walks the whole telegram, so that its status
 * is final afterwards.
 */
#ifndef READOUT_SERVER_DECODE_PRINT_H
#define READOUT_SERVER_DECODE_PRINT_H

#include <stdio.h>

#include "protocol/mbus/telegram.h"

/* is_open is what telegram_open() returned: whether there are records to walk. */
void decode_print_text(FILE *out, struct telegram *telegram, bool is_open);
void decode_print_json(FILE *out, struct telegram *telegram, bool is_open);

enum { DECODE_REMARK_MAX = 160 };

/*
 * Writes what a reader should know about a value: why there is none, the meter's record
 * error, doubts, date flags; comma between, "" if nothing.
 */
void decode_remark(const struct reading_register *reg, const struct value *value,
		   char ret_text[DECODE_REMARK_MAX]);

/* Static text: "acknowledgement", "short", "control", "long". */
const char *decode_frame_text(enum mbus_frame_kind kind);

#endif
