/* SPDX-License-Identifier: MIT */
/*
 * The link layer of wireless M-Bus (EN 13757-4, frame formats A and B): how long the
 * telegram is and where CRCs stand in it. Receivers hand telegrams on with CRCs or
 * without, and nothing says which: a CRC is one if it is right. Pure; any thread.
 */
#ifndef READOUT_PROTOCOL_WMBUS_FRAME_H
#define READOUT_PROTOCOL_WMBUS_FRAME_H

#include "protocol/span.h"

enum wmbus_frame_crcs {
	WMBUS_CRCS_NONE,
	WMBUS_CRCS_A, /* behind 10 bytes and every 16 bytes from there; L leaves them out
		       */
	WMBUS_CRCS_B, /* behind 126 bytes and at the end; L counts them */
};

enum wmbus_frame_error {
	WMBUS_FRAME_OK,
	WMBUS_FRAME_SHORT,   /* fewer bytes than L says, or L too small for a header */
	WMBUS_FRAME_CRC_BAD, /* CRCs of format A begin right and go wrong */
};

struct wmbus_frame {
	enum wmbus_frame_crcs crcs;
	size_t size; /* bytes from the L field to the end, without CRCs */
};

/*
 * Measures the telegram at the beginning of bytes, which begins with the L field; what
 * follows it is ignored. *ret_frame is untouched unless WMBUS_FRAME_OK.
 */
enum wmbus_frame_error wmbus_frame_measure(struct span bytes,
					   struct wmbus_frame *ret_frame);

/*
 * Writes the measured telegram without its CRCs to ret_bytes, which holds frame->size
 * bytes; its L field then counts what is there.
 */
void wmbus_frame_strip(struct span bytes, const struct wmbus_frame *frame,
		       uint8_t *ret_bytes);

#endif
