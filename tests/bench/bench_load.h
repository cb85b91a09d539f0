/* SPDX-License-Identifier: MIT */
/*
 * The load of bench_store: terminals that each hear some meters and are visited round by
 * round, in another order every round; a visit brings one telegram of each meter. The
 * unit of work is a telegram of 100 bytes with 12 readings of a heat meter. The same seed
 * gives the same telegrams.
 */
#ifndef READOUT_BENCH_LOAD_H
#define READOUT_BENCH_LOAD_H

#include "storage/layout.h"
#include "storage/telegram_batch.h"

enum {
	LOAD_TERMINALS = 100,
	LOAD_METERS = 20, /* of a terminal */
	LOAD_ROUND = LOAD_TERMINALS * LOAD_METERS,
	LOAD_READINGS = 12,
	LOAD_RAW = 100,
	LOAD_VALS_MAX = 256,
};

struct load_telegram {
	int terminal, meter; /* from 0 */
	int64_t stamp, sequence, received_at_ms;
	int access_number;
	uint8_t raw[LOAD_RAW];
	char vals[LOAD_VALS_MAX];
	size_t vals_size;
};

struct load {
	uint64_t dice;
	int64_t round;
	int64_t sequence[LOAD_TERMINALS];
	int64_t energy[LOAD_ROUND];
	struct load_telegram
		telegrams[LOAD_ROUND]; /* of the round, in order of arrival */
};

void load_begin(struct load *load);

/* Makes the telegrams of the next round. */
void load_next(struct load *load);

/* The layout of every telegram, in a table of the caller's. NULL when memory is out. */
const struct layout *load_layout(struct layout_table *table);

/* As the store takes it; points into the telegram. */
struct store_telegram load_as_stored(const struct load_telegram *telegram,
				     const struct layout *layout);

#endif
