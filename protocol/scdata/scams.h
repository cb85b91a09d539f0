/* SPDX-License-Identifier: MIT */
/*
 * One line of the terminal's device table (AT^SCAMS?):
 *
 *     ^SCAMS: "DEV_CNT",1            ^SCAMS: 1> 2,"MBUS","*15020416@2400","1M"
 *     ^SCAMS: "ENABLE",1             ^SCAMS: NO DEVICE
 *
 * Pure: spans point into the line; any thread.
 */
#ifndef READOUT_PROTOCOL_SCDATA_SCAMS_H
#define READOUT_PROTOCOL_SCDATA_SCAMS_H

#include "protocol/span.h"

#ifdef __cplusplus
extern "C" {
#endif

enum scams_kind {
	SCAMS_DEVICE,    /* a row of the table: all fields below */
	SCAMS_COUNT,     /* "DEV_CNT": number only */
	SCAMS_NO_DEVICE, /* the table is empty */
	SCAMS_OTHER,     /* a setting, or a form we do not know */
};

struct scams_line {
	enum scams_kind kind;
	int64_t number;       /* row (from 1) or count */
	int64_t port;         /* 1 RS-232, 2 RS-485 and M-Bus, 128 inputs */
	struct span protocol; /* "MBUS", "IEC62056-21", "AIN_DIN" */
	struct span address;  /* "*15020416@2400", "1/PULSE/ABS" */
	struct span interval; /* "1M", "15M", "1H", "1D" */
};

void scams_parse(struct span line, struct scams_line *ret_line);

#ifdef __cplusplus
}
#endif

#endif
