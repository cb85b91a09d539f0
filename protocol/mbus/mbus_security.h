/* SPDX-License-Identifier: MIT */
/*
 * Whether the payload of a telegram can be read as it stands. The configuration word
 * alone does not say: old meters put a signature in its place, gateways hand on telegrams
 * they have decrypted, and some announce a mode over clear data. Pure; any thread.
 */
#ifndef READOUT_PROTOCOL_MBUS_SECURITY_H
#define READOUT_PROTOCOL_MBUS_SECURITY_H

#include "protocol/mbus/telegram.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Security mode: bits 12 to 8 of the configuration word. */
static inline unsigned mbus_security_mode(uint16_t configuration)
{
	return configuration >> 8 & 0x1F;
}

/*
 * True for mode 0; for a payload that begins with the check bytes 2F 2F in clear; and for
 * one whose every byte makes sense as data records. telegram's header has been read.
 */
bool mbus_payload_is_readable(const struct telegram *telegram);

/*
 * Whether telegram->records parse to their end, without runs of zero bytes. is_strict
 * asks of each record that it means something, too: encrypted bytes parse by chance now
 * and then.
 */
bool mbus_payload_is_sane(const struct telegram *telegram, bool is_strict);

#ifdef __cplusplus
}
#endif

#endif
