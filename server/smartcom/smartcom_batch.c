/* SPDX-License-Identifier: MIT */
/*
 * How many records to ask for. The batch moves between 1 and the limit of the settings:
 * a reply that takes long, or does not come to its end, makes it smaller; whole and quick
 * ones make it larger again, quickly up to where it was before it last failed and one by
 * one beyond. So a link that always breaks after ten records settles at about ten instead
 * of breaking every other time.
 *
 * What is kept back comes again with every reply, and at least one more record must come,
 * so nothing below 2 is asked for where records are deleted.
 */
#include "server/smartcom/smartcom_states.h"

enum {
	/* the longest reply asked for where nothing may be deleted */
	KEPT_RECORDS_MAX = 4096,
	/* A reply shall not take more than this part of the time it may take. */
	SLOW_PART = 4,
};

/* Without deletions a reply must hold the whole memory for its end to be seen. */
static uint32_t limit_of(const struct smartcom *driver)
{
	return driver->settings->keep_records ? KEPT_RECORDS_MAX
					      : driver->settings->batch;
}

void smartcom_batch_begin(struct smartcom *driver)
{
	struct smartcom_memory *memory = &driver->memory;
	uint32_t limit = limit_of(driver);

	if (memory->batch == 0 || memory->batch > limit)
		memory->batch = driver->settings->batch;
	if (memory->batch_trusted == 0 || memory->batch_trusted > limit)
		memory->batch_trusted = limit;
}

/* What fits into a reply of records like those seen so far. */
static uint32_t fitting(const struct smartcom *driver, uint32_t wanted)
{
	size_t limit = driver->settings->reply_bytes;
	if (limit == 0 || wanted <= limit / driver->line_bytes)
		return wanted;
	uint32_t count = (uint32_t)(limit / driver->line_bytes);
	return count > 2 ? count : 2;
}

static uint32_t wanted(const struct smartcom *driver)
{
	uint32_t batch = driver->memory.batch;

	if (driver->settings->keep_records && driver->stored_count >= 0) {
		int64_t all = driver->stored_count > 1 ? driver->stored_count : 1;
		uint32_t most = driver->memory.batch_trusted;
		return all < (int64_t)most ? (uint32_t)all : most;
	}
	if (driver->keep > 1)
		return batch + driver->keep;
	return batch > 2 ? batch : 2;
}

uint32_t smartcom_batch_next(const struct smartcom *driver)
{
	if (driver->memory.is_head_large)
		return driver->is_large_probed ? 2 : 1;
	return fitting(driver, wanted(driver));
}

static void shrink(struct smartcom *driver, uint32_t batch)
{
	driver->memory.batch = batch > 0 ? batch : 1;
	driver->memory.batch_trusted = driver->memory.batch;
}

void smartcom_batch_replied(struct smartcom *driver)
{
	struct smartcom_memory *memory = &driver->memory;
	uint64_t took_ms = smartcom_now_ms(driver) - driver->fetched_at_ms;
	uint64_t slow_ms = driver->settings->exchange_timeout_ms / SLOW_PART;
	uint32_t limit = limit_of(driver);

	if (memory->is_head_large)
		return;
	if (took_ms > slow_ms && driver->received > 0) {
		uint64_t quick = driver->received * slow_ms / took_ms;
		if (quick < memory->batch)
			shrink(driver, (uint32_t)quick);
	} else if (memory->batch < memory->batch_trusted) {
		memory->batch = memory->batch < memory->batch_trusted / 2
					? memory->batch * 2
					: memory->batch_trusted;
	} else if (driver->received == driver->asked && memory->batch < limit) {
		memory->batch++;
		memory->batch_trusted = memory->batch;
	}
}

void smartcom_batch_broke(struct smartcom *driver)
{
	struct smartcom_memory *memory = &driver->memory;

	if (driver->is_too_long && memory->is_head_large) {
		memory->is_head_unreadable = true;
		driver->ops->measured(driver->context, SMARTCOM_UNREADABLE, 1);
		return;
	}
	/* No smaller batch than this can be asked for: the record itself is too long. */
	if (driver->is_too_long && driver->asked <= 2)
		memory->is_head_large = true;
	else if (driver->settings->keep_records && driver->asked < memory->batch_trusted)
		shrink(driver, driver->asked / 2);
	else
		shrink(driver, memory->batch / 2);
}
