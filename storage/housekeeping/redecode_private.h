/* SPDX-License-Identifier: MIT */
/* What redecode.c (the reader's side) and redecode_writer.c (the writer's) share. */
#ifndef READOUT_STORAGE_REDECODE_PRIVATE_H
#define READOUT_STORAGE_REDECODE_PRIVATE_H

#include "storage/housekeeping/redecode.h"
#include "storage/telegram_batch_private.h"

enum { REDECODE_SLICE = 500, REDECODE_PAIRS = 256, REDECODE_FILTER_MAX = 256 };

/* What the writer needs to know of a row besides the telegram. */
struct redecode_row {
	int64_t id, terminal;
};

/* Two origins, and whether they say the same in other versions. */
struct redecode_pair {
	int64_t before, now; /* 0: free */
	bool is_same;
};

struct redecode_job {
	struct store_job job;
	const char *filter;           /* as text, to know it again */
	struct telegram_batch *batch; /* the telegrams, decoded anew; NULL: begin */
	struct redecode_row rows[REDECODE_SLICE];
	int64_t until;                    /* position once the slice is committed */
	struct redecode_state state;      /* as committed */
	struct redecode_state next_state; /* once this slice is */
	struct redecode_pair pairs[REDECODE_PAIRS];
};

/* store_job.run: begins or goes on; does a slice. */
int redecode_run_begin(struct store_job *job, struct store_writer *writer);
int redecode_run_slice(struct store_job *job, struct store_writer *writer);

#endif
