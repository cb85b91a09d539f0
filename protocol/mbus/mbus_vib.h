/* SPDX-License-Identifier: MIT */
/*
 * A value information block taken apart: the VIF, where its plain-text unit stands, and
 * the VIFEs that remain. Pure; any thread.
 */
#ifndef READOUT_PROTOCOL_MBUS_VIB_H
#define READOUT_PROTOCOL_MBUS_VIB_H

#include "protocol/mbus/mbus_vif.h"
#include "protocol/span.h"

enum mbus_vib_error {
	MBUS_VIB_OK,
	MBUS_VIB_SHORT,         /* the bytes end inside the block */
	MBUS_VIB_VIFE_TOO_MANY, /* more than 10 VIFE */
	MBUS_VIB_TEXT_TOO_LONG, /* a plain-text unit of more than MBUS_VIB_TEXT_MAX */
};

enum {
	MBUS_VIFE_MAX = 10,
	/* What READING_HEADER_MAX leaves beside the longest DIB and the longest VIB. */
	MBUS_VIB_TEXT_MAX = 57,
};

struct mbus_vib {
	struct span vifes; /* behind VIF (and the code of FB or FD) and immediate text */
	struct span text;  /* plain-text unit as sent, last character first */
	bool has_text;     /* VIF 7C or FC */
	bool is_manufacturer;       /* VIF 7F or FF: the VIFEs are the manufacturer's */
	const struct mbus_vif *vif; /* never NULL */
};

/*
 * Finds the length of the block at the beginning of bytes; the quick half of the work,
 * needed to walk on. *ret_size is untouched on error.
 */
enum mbus_vib_error mbus_vib_measure(struct span bytes, size_t *ret_size);

/* Takes apart a block that mbus_vib_measure() found sound. */
struct mbus_vib mbus_vib_parse(struct span vib);

#endif
