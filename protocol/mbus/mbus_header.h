/* SPDX-License-Identifier: MIT */
/*
 * The application header, which the CI field announces (EN 13757-3, CI fields): how long
 * it is, in which byte order, and what comes behind it. Pure; any thread.
 */
#ifndef READOUT_PROTOCOL_MBUS_HEADER_H
#define READOUT_PROTOCOL_MBUS_HEADER_H

#include "protocol/mbus/telegram.h"

/*
 * Reads the header of telegram->frame into telegram: address, access number, status,
 * signature, byte order, and the span of the records behind. Returns what became of it:
 * TELEGRAM_OK, or the status with telegram->diagnosis set. Records are empty where the CI
 * field brings none.
 */
enum telegram_status mbus_header_read(struct telegram *telegram);

#endif
