/* SPDX-License-Identifier: MIT */
/*
 * Compact frames (EN 13757-3, annex G; CI 79, 7B and, by radio, 73) bring the data of a
 * telegram without its record headers: a signature over the headers names the format. The
 * headers come from a full frame with the same signature, or from a format frame (CI 69,
 * 6A, 6B), that was seen before. This store keeps them.
 *
 * The memory is the caller's: one wmbus_format for each format that is to be remembered.
 * When all are taken the one that was learned first gives way. A store belongs to one
 * thread at a time.
 */
#ifndef READOUT_PROTOCOL_WMBUS_FORMAT_H
#define READOUT_PROTOCOL_WMBUS_FORMAT_H

#include "protocol/mbus/telegram.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { WMBUS_FORMAT_MAX = 253 };

/* The record headers of one full frame, one behind the other. */
struct wmbus_format {
	uint16_t signature; /* CRC-16 of EN 13757 over headers */
	uint8_t size;       /* bytes used of headers */
	uint8_t headers[WMBUS_FORMAT_MAX];
};

struct wmbus_formats {
	struct wmbus_format *formats; /* the caller's memory */
	size_t capacity;              /* how many there are; may be 0 */
	size_t count;                 /* how many are learned; 0 at first */
	size_t next;                  /* the one that is written next; 0 at first */
};

/*
 * Learns the format of the records of a full frame. Nothing is learned from records that
 * do not parse to their end, nor from a format that is known.
 */
void wmbus_formats_learn(struct wmbus_formats *formats, struct span records);

/*
 * Learns from the payload of a format frame, behind its header. Returns false, and learns
 * nothing, if the headers do not match the signature that comes with them.
 */
bool wmbus_formats_learn_frame(struct wmbus_formats *formats, struct span payload);

/* What became of a compact frame. */
enum wmbus_expansion {
	WMBUS_EXPANDED,
	WMBUS_EXPANSION_SHORT,   /* no room in the payload for signature and CRC */
	WMBUS_EXPANSION_UNKNOWN, /* no format of this signature has been learned */
	WMBUS_EXPANSION_MISFIT,  /* the data does not fit the format, or room is short */
};

/*
 * Puts the records of a compact frame together in room. payload stands behind the header:
 * format signature, CRC of the full frame, data. Of several formats with the signature
 * the one whose CRC fits wins. *ret_size is the size of the records; *ret_is_verified
 * tells whether the CRC of the full frame is right. Both are set on WMBUS_EXPANDED only.
 */
enum wmbus_expansion wmbus_formats_expand(const struct wmbus_formats *formats,
					  struct span payload, uint8_t *room,
					  size_t room_size, size_t *ret_size,
					  bool *ret_is_verified);

#ifdef __cplusplus
}
#endif

#endif
