/* SPDX-License-Identifier: MIT */
/* What retention.c (the loop over slices) and retention_writer.c share. */
#ifndef READOUT_STORAGE_RETENTION_PRIVATE_H
#define READOUT_STORAGE_RETENTION_PRIVATE_H

#include "storage/housekeeping/retention.h"
#include "storage/writer.h"

enum { RETENTION_SLICE = 500 };

/* Stamps from ?2 on stay; ?3 is what every exporter that counts has delivered. */
#define RETENTION_IS_OLD                                                                 \
	"(t.stamp >= 1388534400 OR t.epoch < 0 OR (t.received_at / 1000 < ?2"            \
	" AND (t.epoch < terminal.epoch_floor OR (t.epoch = terminal.epoch"              \
	" AND t.sequence <= terminal.deleted_sequence))))"

/* Where the walk over a terminal's telegrams stands, in order of the index. */
struct retention_place {
	int64_t stamp, sequence, epoch, variant, origin;
};

struct retention_job {
	struct store_job job;
	const struct retention_options *options;
	bool is_raw; /* only raw data go */
	int64_t terminal, before;
	struct retention_place place, next_place;
	bool is_end; /* there was nothing more */
	int64_t gone, held_back;
	bool is_raw_held;     /* something before the place keeps its raw data */
	int64_t last_deleted; /* the highest position so far */
	int64_t pages;
};

int retention_run_slice(struct store_job *job, struct store_writer *writer);
int retention_run_vacuum(struct store_job *job, struct store_writer *writer);
int retention_run_passed(struct store_job *job, struct store_writer *writer);

/* What every exporter that counts has delivered; all of the log if none does. */
int retention_limit(const struct retention_options *options, sqlite3 *db,
		    int64_t *ret_limit);

#endif
