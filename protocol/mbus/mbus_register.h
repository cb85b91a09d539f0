/* SPDX-License-Identifier: MIT */
/* What a record header means; the work behind telegram_register(). Pure; any thread. */
#ifndef READOUT_PROTOCOL_MBUS_REGISTER_H
#define READOUT_PROTOCOL_MBUS_REGISTER_H

#include "protocol/reading.h"

/*
 * Fills everything that follows from DIB and VIB into *ret_reg, which must be zero but
 * for source and header. dib has at least one byte.
 */
void mbus_register_read(struct span dib, struct span vib,
			struct reading_register *ret_reg);

#endif
