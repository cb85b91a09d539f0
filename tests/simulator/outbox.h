/* SPDX-License-Identifier: MIT */
/*
 * The answer in flight on one link. Text is made piece by piece as the link takes it: a
 * list of a million records never stands in memory. The outbox also knows which byte ends
 * which record, so that a record counts as sent exactly when the last byte of its line
 * end has been taken, and at which byte a fault drops the link. It does no I/O.
 */
#ifndef READOUT_SIMULATOR_OUTBOX_H
#define READOUT_SIMULATOR_OUTBOX_H

#include "tests/simulator/command.h"

enum {
	OUTBOX_CHUNK_SIZE = 8192,
	OUTBOX_MARKS_MAX = 128,
};

enum outbox_drop {
	OUTBOX_DROP_NONE,
	OUTBOX_DROP_ANYWHERE,
	OUTBOX_DROP_IN_QUOTE, /* of the record named by drop_record, if there is one */
};

struct outbox_mark {
	size_t end;        /* of the record's line in the chunk */
	uint64_t position; /* in the ring */
};

struct outbox {
	struct terminal *terminal;
	uint64_t next;         /* position of the next record to list */
	uint32_t left;         /* records still to list */
	const char *final;     /* result code; NULL once it stands in the chunk */
	uint32_t stray_before; /* records until a stray line; UINT32_MAX never */
	bool has_stray_after;  /* one stands behind the result code */
	enum outbox_drop drop;
	uint32_t drop_record; /* records until the one that is cut */
	size_t drop_at;       /* byte of the chunk; SIZE_MAX not in this chunk */
	size_t taken;         /* bytes of the chunk the kernel has */
	size_t mark_count;
	size_t next_mark;
	struct text text;
	struct outbox_mark marks[OUTBOX_MARKS_MAX];
	char chunk[OUTBOX_CHUNK_SIZE];
};

/* Lines of the answer may be appended to outbox->text next, and records listed. */
void outbox_init(struct outbox *outbox, struct terminal *terminal);

/* The count oldest records follow what stands in text. */
void outbox_list(struct outbox *outbox, uint32_t count);

/* The link will be dropped somewhere in this answer. Call after all of it is known. */
void outbox_plan_drop(struct outbox *outbox, enum outbox_drop drop);

/* What to send next, up to the byte where the link drops; 0 when nothing is left or the
 * link is to be dropped now (then *ret_is_dropped). */
size_t outbox_peek(struct outbox *outbox, const char **ret_bytes, bool *ret_is_dropped);

/* Of these bytes, how many end the current line: what may be lost in one piece. */
size_t outbox_line_size(const struct outbox *outbox, size_t size);

/* The kernel has taken size of the bytes shown. */
void outbox_take(struct outbox *outbox, size_t size);

#endif
