/* SPDX-License-Identifier: MIT */
/*
 * One record line of the terminal's memory (AT^SCDATA), taken apart into its fields.
 *
 *     ^SCDATA: "AMS",<stamp>,<seq>,"<protocol>",<index>,<error>,"<device>","<data>"
 *     ^SCDATA: "WMBUS",<stamp>,<seq>,<rssi>,<length>,"<hex>"
 *
 * A line of any other form is SCDATA_UNKNOWN: its stamp and sequence are read if they
 * stand where they always do, and the whole line is its data, so that nothing is ever
 * dropped. So is a line with a field missing, a number where none belongs or beyond its
 * range, or a quote that does not close: half a value must not pass for a whole one.
 * Further fields at the end are passed over. Pure: spans point into the line and live as
 * long as it does; any thread.
 */
#ifndef READOUT_PROTOCOL_SCDATA_SCDATA_H
#define READOUT_PROTOCOL_SCDATA_SCDATA_H

#include "protocol/span.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The texts of scdata_kind_text() are part of the schema. */
enum scdata_kind {
	SCDATA_MBUS,
	SCDATA_WMBUS,
	SCDATA_IEC62056,
	SCDATA_INPUT,   /* AIN_DIN */
	SCDATA_UNKNOWN, /* "Unknown", or a form or protocol we do not know */
};

struct scdata_record {
	enum scdata_kind kind;
	bool has_stamp; /* stamp and sequence were there; else both are 0 */
	/* As sent: seconds since 1970 by the terminal's clock, 32 bits. */
	int64_t stamp;
	int64_t sequence;   /* never negative */
	int64_t index;      /* 1-based position in the terminal's device table; 0 none */
	int64_t error_code; /* 0 no error; 32 bits */
	bool has_rssi;
	int64_t rssi_dbm; /* WMBUS only; 16 bits with sign */
	struct span
		device; /* device identification, without quotes (IEC 62056-21 only) */
	struct span protocol; /* the protocol as sent, without quotes; empty for WMBUS */
	struct span data; /* payload without quotes; the whole line for a form we do not
			     know */
};

/* Takes apart one logical line (line breaks inside quotes and all), without terminator.
 */
void scdata_parse(struct span line, struct scdata_record *ret_record);

/* Static text: "mbus", "wmbus", "iec62056-21", "input", "unknown". */
const char *scdata_kind_text(enum scdata_kind kind);

/* Static words for an error code of the terminal, e.g. "timeout waiting for the REQ_UD2
 * answer". */
const char *scdata_error_text(int64_t error_code);

#ifdef __cplusplus
}
#endif

#endif
