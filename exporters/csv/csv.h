/* SPDX-License-Identifier: MIT */
/*
 * The inside of the exporter "csv", shared by csv.c (what the core calls), csv_options.c
 * (its table of options) and csv_work.c (what runs in libuv's pool), and nobody else.
 */
#ifndef READOUT_EXPORTERS_CSV_H
#define READOUT_EXPORTERS_CSV_H

#include <uv.h>

#include "exporters/csv/csv_row.h"
#include "exporters/csv/csv_upload.h"
#include "exporters/exporter.h"

struct csv_options {
	const char *directory, *prefix;
	uint64_t rotate_age_ms, rotate_size; /* 0: not by this */
	bool is_packed, has_manifest;
	struct csv_upload upload;
};

struct csv {
	const struct exporter_host *host;
	struct csv_options options;
	struct csv_rows rows;
	struct csv_file file;
	bool is_clean; /* what a crash left over is removed */
	bool is_begun; /* the file is open, with its header */
	uint64_t begun_size;
	uv_timer_t rotation;
	uv_work_t work;
	bool is_working, is_destroyed, is_timer_closed;
	void (*job)(struct csv *csv);
	/* The delivery in flight, and how it ended. */
	const struct exporter_batch *batch; /* NULL: publish */
	struct exporter_delivery *delivery;
	int64_t first_id, last_id;
	bool is_good;
	char reason[EXPORTER_ERROR_MAX];
};

extern const struct exporter_option csv_option_table[];

/* Reads the values into options and rows. false and a message when one is wrong. */
bool csv_options_read(struct csv *csv, const char *const *values,
		      char error[EXPORTER_ERROR_MAX]);

/* In the pool. Each sets is_good, and a reason when it is not. */
void csv_work_portion(struct csv *csv);
void csv_work_publish(struct csv *csv);
void csv_work_again(struct csv *csv); /* dead letters: a file of their own */

#endif
