/* SPDX-License-Identifier: MIT */
/*
 * What a telegram is for, where that is not "data records": the CI field in words
 * (EN 13757-7, CI fields), application errors and alarms. Pure; any thread.
 */
#ifndef READOUT_PROTOCOL_MBUS_APPLICATION_H
#define READOUT_PROTOCOL_MBUS_APPLICATION_H

#include "protocol/mbus/telegram.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Static text: "variable", "fixed", "error", "alarm", "application reset", ... and
 * "control" where nothing follows the CI field; "reserved" for codes without a name, ""
 * for a telegram without a CI field. */
const char *mbus_application_text(const struct telegram *telegram);

/*
 * Where the meter answers with an error or an alarm (CI 70, 71, and 6E, 6F, 74, 75 with
 * a header), the bytes that say which; empty otherwise, and for an error that is not
 * named.
 */
struct span mbus_application_error(const struct telegram *telegram);
struct span mbus_alarm(const struct telegram *telegram);

/*
 * The wireless telegram that a record carries (VIF FD 3B), from its L field on, for
 * telegram_open_wireless(); empty for any other record. It has an address of its own.
 */
struct span mbus_container(const struct telegram_record *record);

/* Static text of the first byte of an application error: "application busy". */
const char *mbus_application_error_text(uint8_t code);

#ifdef __cplusplus
}
#endif

#endif
