/* SPDX-License-Identifier: MIT */
#include "storage/telegram_batch_private.h"

#include <stdlib.h>

enum { FIRST_ENTRIES = 16, FIRST_BYTES = 4096 };

struct telegram_batch *telegram_batch_new(struct store_port *port, int64_t terminal,
					  size_t limit_bytes)
{
	struct telegram_batch *batch = calloc(1, sizeof *batch);
	if (batch == NULL)
		return NULL;
	batch->job.run = telegram_batch_run;
	batch->job.port = port;
	batch->terminal = terminal;
	batch->limit_bytes = limit_bytes;
	return batch;
}

void telegram_batch_free(struct telegram_batch *batch)
{
	if (batch == NULL)
		return;
	free(batch->entries);
	free(batch->bytes);
	free(batch);
}

/* Doubles the room of a block until wanted fits. *ret_room is untouched on failure. */
static bool grow(void **block, size_t item_size, size_t wanted, size_t first,
		 size_t *ret_room)
{
	size_t room = *ret_room == 0 ? first : *ret_room;
	while (room < wanted)
		room *= 2;
	if (room == *ret_room)
		return true;
	void *grown = realloc(*block, room * item_size);
	if (grown == NULL)
		return false;
	*block = grown;
	*ret_room = room;
	return true;
}

static void append(struct telegram_batch *batch, struct span bytes)
{
	if (bytes.size > 0)
		memcpy(batch->bytes + batch->byte_count, bytes.data, bytes.size);
	batch->byte_count += bytes.size;
}

bool telegram_batch_add(struct telegram_batch *batch,
			const struct store_telegram *telegram)
{
	size_t size = telegram->raw.size + telegram->vals.size + telegram->remarks.size +
		      telegram->device.size;
	size_t used = telegram_batch_bytes(batch) + sizeof *batch->entries;
	if (used > batch->limit_bytes || size > batch->limit_bytes - used)
		return false;
	void *entries = batch->entries, *bytes = batch->bytes;
	bool has_room = grow(&entries, sizeof *batch->entries, batch->count + 1u,
			     FIRST_ENTRIES, &batch->entry_room);
	batch->entries = entries;
	has_room = has_room && grow(&bytes, 1, batch->byte_count + size, FIRST_BYTES,
				    &batch->byte_room);
	batch->bytes = bytes;
	if (!has_room)
		return false;
	batch->entries[batch->count++] =
		(struct batch_entry){ .telegram = *telegram,
				      .offset = batch->byte_count };
	append(batch, telegram->raw);
	append(batch, telegram->vals);
	append(batch, telegram->remarks);
	append(batch, telegram->device);
	return true;
}

uint32_t telegram_batch_count(const struct telegram_batch *batch)
{
	return batch->count;
}

size_t telegram_batch_bytes(const struct telegram_batch *batch)
{
	return sizeof *batch + batch->count * sizeof *batch->entries + batch->byte_count;
}

const struct store_telegram *telegram_batch_get(const struct telegram_batch *batch,
						uint32_t n)
{
	return &batch->entries[n].telegram;
}

void telegram_batch_begin_deletion(struct telegram_batch *batch, int64_t now_ms)
{
	batch->begins_deletion = true;
	batch->deletion_begun_ms = now_ms;
}

void telegram_batch_expect_known(struct telegram_batch *batch, int64_t now_ms)
{
	batch->expects_known = true;
	batch->expected_at_ms = now_ms;
}

void telegram_batch_expect_after(struct telegram_batch *batch, int64_t stamp,
				 int64_t sequence)
{
	batch->last = (struct latest_record){ true, stamp, sequence };
}

static const uint8_t *point(struct span *span, const uint8_t *data)
{
	span->data = data;
	return data + span->size;
}

void telegram_batch_fix(struct telegram_batch *batch)
{
	for (uint32_t i = 0; i < batch->count; i++) {
		struct store_telegram *telegram = &batch->entries[i].telegram;
		const uint8_t *data = batch->bytes + batch->entries[i].offset;
		data = point(&telegram->raw, data);
		data = point(&telegram->vals, data);
		data = point(&telegram->remarks, data);
		point(&telegram->device, data);
	}
}

static void on_done(struct store_job *job, enum store_result result)
{
	struct telegram_batch *batch = (struct telegram_batch *)job;
	batch->done(batch, result, batch->context);
}

void telegram_batch_submit(struct telegram_batch *batch,
			   void (*done)(struct telegram_batch *batch,
					enum store_result result, void *context),
			   void *context)
{
	batch->done = done;
	batch->context = context;
	batch->job.done = on_done;
	batch->job.bytes = telegram_batch_bytes(batch);
	telegram_batch_fix(batch);
	store_submit(store_port_store(batch->job.port), &batch->job);
}

enum telegram_outcome telegram_batch_outcome(const struct telegram_batch *batch,
					     uint32_t n)
{
	return batch->entries[n].outcome;
}

const char *telegram_batch_gap(const struct telegram_batch *batch)
{
	return batch->gap;
}

uint32_t telegram_batch_new_count(const struct telegram_batch *batch)
{
	return batch->new_count;
}

uint32_t telegram_batch_refused_count(const struct telegram_batch *batch)
{
	return batch->refused_count;
}

const char *telegram_batch_error(const struct telegram_batch *batch)
{
	return batch->job.error;
}
