/* SPDX-License-Identifier: MIT */
/* What a record header means; the work behind telegram_register(). Pure; any thread. */
#ifndef READOUT_PROTOCOL_MBUS_REGISTER_H
#define READOUT_PROTOCOL_MBUS_REGISTER_H

#include "protocol/mbus/telegram.h"

/*
 * Sets every field of *ret_reg as telegram_register() does, but leaves what stands behind
 * the end of unit, header and modifiers as it was: clearing that would take longer than
 * all the rest.
 */
void mbus_register_read(const struct telegram_record *record,
			struct reading_register *ret_reg);

#endif
