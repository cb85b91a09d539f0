/* SPDX-License-Identifier: MIT */
/*
 * What new records were, since the start of the daemon: counted when they are committed,
 * so a record that a terminal sends twice counts once. Loop thread only.
 */
#ifndef READOUT_SERVER_RECORD_COUNTS_H
#define READOUT_SERVER_RECORD_COUNTS_H

#include "protocol/scdata/scdata.h"
#include "storage/telegram_batch.h"

enum { RECORD_KINDS = SCDATA_UNKNOWN + 1 };

struct record_counts {
	uint64_t kinds[RECORD_KINDS]; /* by scdata_kind */
	uint64_t failed_reads;        /* with an error code of the terminal */
	uint64_t undecoded; /* stored raw, or in part, because decoding failed */
	uint64_t readings;  /* data records decoded */
};

void record_counts_add(struct record_counts *counts,
		       const struct store_telegram *telegram);

/* True for a record whose decoding went wrong: neither good nor knowingly left alone. */
bool record_is_undecoded(const struct store_telegram *telegram);

#endif
