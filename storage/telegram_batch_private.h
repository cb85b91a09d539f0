/* SPDX-License-Identifier: MIT */
/* What telegram_batch.c (the loop's side) and telegram_writer.c (the writer's) share. */
#ifndef READOUT_STORAGE_TELEGRAM_BATCH_PRIVATE_H
#define READOUT_STORAGE_TELEGRAM_BATCH_PRIVATE_H

#include "storage/telegram_batch.h"
#include "storage/writer.h"

struct batch_entry {
	struct store_telegram telegram; /* its spans are valid once submitted */
	size_t offset;                  /* of raw, vals, remarks, device in bytes */
	enum telegram_outcome outcome;
};

/* The latest record of a terminal, in order of the index. */
struct latest_record {
	bool is_there;
	int64_t stamp, sequence;
};

enum { TELEGRAM_GAP_MAX = 320 };

struct telegram_batch {
	struct store_job job;
	int64_t terminal;
	size_t limit_bytes;

	struct batch_entry *entries;
	uint32_t count;
	size_t entry_room;
	uint8_t *bytes;
	size_t byte_count;
	size_t byte_room;

	/* Of an import (telegram_import.h): its place among the terminal's records is not
	 * known; and, in a file without identities, epoch -file and lines that are known.
	 */
	bool is_import;
	int64_t import_file, import_lines;

	bool expects_known; /* the first record; see telegram_batch_expect_known() */
	int64_t expected_at_ms;
	struct latest_record last; /* of the terminal, as the submitter knows it */
	char gap[TELEGRAM_GAP_MAX];

	bool begins_deletion;
	int64_t deletion_begun_ms;
	uint32_t new_count;
	uint32_t refused_count;
	struct latest_record latest; /* before this batch */
	void (*done)(struct telegram_batch *batch, enum store_result result,
		     void *context);
	void *context;
};

/* The block has stopped moving: the copies can be pointed to. */
void telegram_batch_fix(struct telegram_batch *batch);

/* Once its records are stored, the first of them at head_place in the order of the log
 * (0: not known): notes what they say of their terminal. */
int telegram_batch_note(struct telegram_batch *batch, struct store_writer *writer,
			int64_t head_place);

/* store_job.run of a batch. */
int telegram_batch_run(struct store_job *job, struct store_writer *writer);

#endif
