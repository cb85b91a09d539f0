/* SPDX-License-Identifier: MIT */
/* Hex digits to bytes and back, by table. Pure; any thread. */
#ifndef READOUT_PROTOCOL_HEX_H
#define READOUT_PROTOCOL_HEX_H

#include "protocol/span.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Decodes hex (upper or lower case, nothing else) into ret_bytes, which must hold
 * hex.size / 2 bytes. Returns false if the number of digits is odd or another character
 * is found; ret_bytes may then hold anything.
 */
bool hex_decode(struct span hex, uint8_t *ret_bytes);

/* Writes 2 * bytes.size upper-case digits and a NUL to ret_text. */
void hex_encode(struct span bytes, char *ret_text);

#ifdef __cplusplus
}
#endif

#endif
