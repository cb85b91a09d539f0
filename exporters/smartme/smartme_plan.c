/* SPDX-License-Identifier: MIT */
#include "exporters/smartme/smartme_plan.h"

#include <stdio.h>
#include <stdlib.h>

enum { FRAME_MIN = 9, FRAME_START = 0x68, FRAME_STOP = 0x16 };

bool smartme_is_long_frame(const struct exporter_telegram *telegram)
{
	const uint8_t *raw = telegram->raw;
	return !telegram->raw_is_text && telegram->raw_size >= FRAME_MIN &&
	       raw[0] == FRAME_START && raw[3] == FRAME_START && raw[1] == raw[2] &&
	       raw[telegram->raw_size - 1] == FRAME_STOP;
}

static bool reserve(struct smartme_plan *plan, uint32_t count)
{
	if (count <= plan->capacity)
		return true;
	struct smartme_item *items =
		realloc(plan->items, count * SMARTME_PARTS * sizeof *items);
	if (items)
		plan->items = items;
	struct smartme_mark *marks = realloc(plan->marks, count * sizeof *marks);
	if (marks)
		plan->marks = marks;
	if (!items || !marks)
		return false;
	plan->capacity = count;
	return true;
}

static bool add_item(struct smartme_plan *plan, const struct smartme_planner *planner,
		     uint32_t telegram, unsigned int part, const char *key)
{
	struct smartme_device *device =
		smartme_devices_get(planner->devices, planner->host, key);
	if (!device)
		return false;
	plan->items[plan->item_count++] = (struct smartme_item){
		.device = device,
		.date = plan->batch->telegrams[telegram].read_at,
		.telegram = telegram,
		.part = (uint8_t)part,
	};
	plan->marks[telegram].open++;
	return true;
}

static bool add_raw(struct smartme_plan *plan, const struct smartme_planner *planner,
		    uint32_t telegram)
{
	const struct exporter_telegram *t = &plan->batch->telegrams[telegram];
	if (!smartme_is_long_frame(t))
		return true;
	return add_item(plan, planner, telegram, 0,
			t->meter[0] != '\0' ? t->meter : t->terminal);
}

static bool add_mapped(struct smartme_plan *plan, const struct smartme_planner *planner,
		       uint32_t telegram, smartme_refuse_cb refuse, void *context)
{
	char reason[EXPORTER_ERROR_MAX];
	for (unsigned int part = 0; part < SMARTME_PARTS; part++) {
		struct smartme_post post;
		enum smartme_mapped mapped =
			smartme_map(planner->overrides, &plan->batch->telegrams[telegram],
				    part, &post, reason);
		if (mapped == SMARTME_BAD_UNIT)
			refuse(context, telegram, reason);
		if (mapped != SMARTME_MAPPED)
			continue;
		if (!add_item(plan, planner, telegram, part, post.key))
			return false;
		struct smartme_device *device = plan->items[plan->item_count - 1].device;
		plan->has_custom |= post.energy == SMARTME_CUSTOM;
		if (post.id[0] != '\0')
			snprintf(device->id, sizeof device->id, "%s", post.id);
	}
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct smartme_item *x = a, *y = b;
	if (x->device != y->device)
		return (uintptr_t)x->device < (uintptr_t)y->device ? -1 : 1;
	if (x->date != y->date)
		return x->date < y->date ? -1 : 1;
	return x->telegram < y->telegram ? -1 : x->telegram > y->telegram;
}

static void give_ranges(struct smartme_plan *plan)
{
	for (uint32_t i = 0; i < plan->item_count; i++) {
		struct smartme_device *device = plan->items[i].device;
		if (i == 0 || plan->items[i - 1].device != device)
			device->first_item = i;
		device->item_end = i + 1;
	}
}

bool smartme_plan_make(struct smartme_plan *plan, const struct smartme_planner *planner,
		       const struct exporter_batch *batch, smartme_refuse_cb refuse,
		       void *context)
{
	if (!reserve(plan, batch->count))
		return false;
	plan->batch = batch;
	plan->item_count = 0;
	plan->has_custom = false;
	for (uint32_t i = 0; i < batch->count; i++)
		plan->marks[i] = (struct smartme_mark){ .open = 0 };
	for (uint32_t i = 0; i < batch->count; i++)
		if (!(planner->sends_telegrams
			      ? add_raw(plan, planner, i)
			      : add_mapped(plan, planner, i, refuse, context)))
			return false;
	if (plan->item_count > 1)
		qsort(plan->items, plan->item_count, sizeof *plan->items, compare);
	give_ranges(plan);
	return true;
}

void smartme_plan_free(struct smartme_plan *plan)
{
	free(plan->items);
	free(plan->marks);
}
