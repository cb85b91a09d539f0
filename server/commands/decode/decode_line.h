/* SPDX-License-Identifier: MIT */
/*
 * What a line of input to readout decode says: a telegram in hex, a record line of a
 * terminal (^SCDATA), or a JSON object with id, kind, hex and key. Which it is shows by
 * how it begins.
 */
#ifndef READOUT_SERVER_DECODE_LINE_H
#define READOUT_SERVER_DECODE_LINE_H

#include "server/commands/decode/decode_item.h"

enum {
	DECODE_LINE_BYTES_MAX = 2048, /* the longest telegram has 512 */
	DECODE_LINE_ID_MAX = 256,
};

/* Where the parts of a line are kept; one for all lines, as an item is used up before the
 * next is read. */
struct decode_line {
	uint8_t bytes[DECODE_LINE_BYTES_MAX];
	char id[DECODE_LINE_ID_MAX];
};

/*
 * Reads a line into the first part of *ret_item; what cannot be read is
 * DECODE_UNREADABLE with its problem. Returns false for a line that says nothing: blank,
 * a comment (#), an echoed command or a result code of a terminal program. The item
 * points into *line and text. item->place and is_argument are the caller's.
 */
bool decode_line_read(struct decode_line *line, struct span text,
		      struct decode_item *ret_item);

/* The parts: hex with blanks; a JSON object. */
void decode_line_read_hex(struct decode_line *line, struct span text,
			  struct decode_item *ret_item);
void decode_line_read_json(struct decode_line *line, struct span text,
			   struct decode_item *ret_item);

/* Reads a key of 32 hex digits; false if it is none. */
bool decode_key_read(const char *text, uint8_t ret_key[CRYPTO_KEY_SIZE]);

/* True when the bytes are a whole telegram as far as their lengths tell. */
bool decode_bytes_are_whole(struct span bytes);

#endif
