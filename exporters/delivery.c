/* SPDX-License-Identifier: MIT */
#include "exporters/delivery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void delivery_init(struct delivery *delivery, void *owner)
{
	*delivery = (struct delivery){ .marks = NULL };
	for (size_t i = 0; i < DELIVERY_TOKENS; i++)
		delivery->tokens[i].owner = owner;
}

void delivery_close(struct delivery *delivery)
{
	free(delivery->marks);
	delivery->marks = NULL;
	delivery->capacity = 0;
	delivery->count = 0;
	delivery->open_count = 0;
}

static bool reserve(struct delivery *delivery, uint32_t count)
{
	if (count <= delivery->capacity)
		return true;
	uint8_t *marks = realloc(delivery->marks, count);
	if (!marks)
		return false;
	delivery->marks = marks;
	delivery->capacity = count;
	return true;
}

struct exporter_delivery *delivery_begin(struct delivery *delivery, uint32_t count)
{
	if (!reserve(delivery, count))
		return NULL;
	memset(delivery->marks, 0, count);
	delivery->count = count;
	delivery->open_count = count;
	delivery->worst = EXPORTER_DELIVERED;
	delivery->retry_after_ms = 0;
	delivery->reason[0] = '\0';
	delivery->turn = (delivery->turn + 1) % DELIVERY_TOKENS;
	return &delivery->tokens[delivery->turn];
}

const char *delivery_mistake(const struct delivery *delivery,
			     const struct exporter_delivery *token, uint32_t first,
			     uint32_t count, enum exporter_verdict verdict)
{
	if (token != &delivery->tokens[delivery->turn] || delivery->open_count == 0)
		return "the batch is answered already";
	if (count == 0 || first >= delivery->count || count > delivery->count - first)
		return "the batch has no such telegrams";
	if ((unsigned)verdict > EXPORTER_STOP)
		return "there is no such verdict";
	for (uint32_t i = first; i < first + count; i++)
		if (delivery->marks[i])
			return "a telegram is answered already";
	return NULL;
}

void delivery_answer(struct delivery *delivery, uint32_t first, uint32_t count,
		     enum exporter_verdict verdict, uint64_t retry_after_ms,
		     const char *reason)
{
	memset(delivery->marks + first, 1 + (int)verdict, count);
	delivery->open_count -= count;
	if (verdict == EXPORTER_RETRY && retry_after_ms > delivery->retry_after_ms)
		delivery->retry_after_ms = retry_after_ms;
	/* Rejections are dealt with one by one; they hold nothing up, nor does thinning.
	 */
	if ((verdict == EXPORTER_RETRY || verdict == EXPORTER_STOP) &&
	    verdict > delivery->worst) {
		delivery->worst = verdict;
		snprintf(delivery->reason, sizeof delivery->reason, "%s", reason);
	}
}

bool delivery_has(const struct delivery *delivery, uint32_t i,
		  enum exporter_verdict verdict)
{
	return delivery->marks[i] == 1 + (uint8_t)verdict;
}

bool delivery_is_settled(const struct delivery *delivery, uint32_t i)
{
	return delivery_has(delivery, i, EXPORTER_DELIVERED) ||
	       delivery_has(delivery, i, EXPORTER_THINNED) ||
	       delivery_has(delivery, i, EXPORTER_REJECTED);
}

uint32_t delivery_count(const struct delivery *delivery, enum exporter_verdict verdict)
{
	uint32_t found = 0;
	for (uint32_t i = 0; i < delivery->count; i++)
		found += delivery_has(delivery, i, verdict);
	return found;
}
