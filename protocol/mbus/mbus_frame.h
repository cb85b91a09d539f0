/* SPDX-License-Identifier: MIT */
/*
 * The link layer of wired M-Bus (EN 13757-2, 5.3; IEC 60870-5-2 FT1.2): single
 * character, short, control and long frames. Pure; any thread.
 */
#ifndef READOUT_PROTOCOL_MBUS_FRAME_H
#define READOUT_PROTOCOL_MBUS_FRAME_H

#include "protocol/span.h"

#ifdef __cplusplus
extern "C" {
#endif

enum mbus_frame_kind {
	MBUS_FRAME_NONE,
	MBUS_FRAME_ACK,      /* E5 */
	MBUS_FRAME_SHORT,    /* 10 C A CS 16 */
	MBUS_FRAME_CONTROL,  /* 68 03 03 68 C A CI CS 16 */
	MBUS_FRAME_LONG,     /* 68 L L 68 C A CI ... CS 16 */
	MBUS_FRAME_WIRELESS, /* by radio, EN 13757-4: protocol/wmbus/ reads it */
};

/* Which check failed; texts by mbus_frame_error_text(). */
enum mbus_frame_error {
	MBUS_FRAME_OK,
	MBUS_FRAME_EMPTY,
	MBUS_FRAME_START,          /* first byte is none of E5, 10, 68 */
	MBUS_FRAME_SECOND_START,   /* fourth byte is not 68 */
	MBUS_FRAME_LENGTH_DIFFERS, /* the two L fields differ */
	MBUS_FRAME_LENGTH_SHORT,   /* L below 3 */
	MBUS_FRAME_CUT,            /* fewer bytes than L says */
	MBUS_FRAME_TRAILING,       /* more bytes than L says */
	MBUS_FRAME_CHECKSUM,
	MBUS_FRAME_STOP, /* last byte is not 16 */
};

struct mbus_frame {
	enum mbus_frame_kind kind;
	uint8_t c;
	uint8_t a;
	uint8_t ci;
	struct span payload; /* what follows the CI field; points into the input */
};

/* Parses exactly one frame that fills bytes. *ret_frame is untouched unless
 * MBUS_FRAME_OK. */
enum mbus_frame_error mbus_frame_parse(struct span bytes, struct mbus_frame *ret_frame);

/* Static text: "ok", "checksum wrong", ... */
const char *mbus_frame_error_text(enum mbus_frame_error error);

#ifdef __cplusplus
}
#endif

#endif
