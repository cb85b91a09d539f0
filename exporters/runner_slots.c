/* SPDX-License-Identifier: MIT */
/*
 * Which lanes there are. Exporters come and go while the thread runs: one of the same
 * name has the same cursor, so a new lane starts when the old one has nothing in flight.
 * A lane that has ended is closed and kept; only an operator makes them, one by one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporters/runner_inner.h"

bool slot_is_active(const struct runner_slot *slot)
{
	return slot->state == SLOT_NEW || slot->state == SLOT_RUNS;
}

static struct runner_slot *find_same(struct runner *runner, const char *fingerprint)
{
	for (size_t i = 0; i < runner->slot_count; i++)
		if (slot_is_active(&runner->slots[i]) &&
		    strcmp(lane_fingerprint(runner->slots[i].lane), fingerprint) == 0)
			return &runner->slots[i];
	return NULL;
}

static bool add(struct runner *runner, const struct runner_exporter *exporter,
		char error[EXPORTER_ERROR_MAX])
{
	struct lane *lane = lane_new(&runner->env, exporter, error);
	if (!lane)
		return false;
	uv_mutex_lock(&runner->lock);
	struct runner_slot *slots =
		realloc(runner->slots, (runner->slot_count + 1) * sizeof *slots);
	if (slots) {
		runner->slots = slots;
		slots[runner->slot_count++] =
			(struct runner_slot){ lane, SLOT_NEW, true };
	}
	uv_mutex_unlock(&runner->lock);
	if (slots)
		return true;
	lane_close(lane);
	lane_free(lane);
	snprintf(error, EXPORTER_ERROR_MAX, "out of memory");
	return false;
}

/* Marks the exporter's slot as wanted; makes one if there is none. */
static bool want(struct runner *runner, const struct runner_exporter *exporter,
		 char error[EXPORTER_ERROR_MAX])
{
	char *fingerprint = runner_exporter_text(exporter);
	if (!fingerprint) {
		snprintf(error, EXPORTER_ERROR_MAX, "out of memory");
		return false;
	}
	struct runner_slot *slot = find_same(runner, fingerprint);
	free(fingerprint);
	if (!slot)
		return add(runner, exporter, error);
	slot->is_wanted = true;
	return true;
}

static void enter(struct runner *runner, struct runner_slot *slot, enum slot_state state)
{
	uv_mutex_lock(&runner->lock);
	slot->state = state;
	uv_mutex_unlock(&runner->lock);
}

/* What was made for the new list is of no use any more. */
static void undo(struct runner *runner, size_t before)
{
	for (size_t i = before; i < runner->slot_count; i++) {
		lane_close(runner->slots[i].lane);
		enter(runner, &runner->slots[i], SLOT_CLOSED);
	}
}

static void end_unwanted(struct runner *runner)
{
	for (size_t i = 0; i < runner->slot_count; i++) {
		struct runner_slot *slot = &runner->slots[i];
		if (!slot_is_active(slot) || slot->is_wanted)
			continue;
		enter(runner, slot, SLOT_ENDS);
		lane_stop(slot->lane);
	}
}

bool slots_set(struct runner *runner, const struct runner_exporter *exporters,
	       size_t count, char error[EXPORTER_ERROR_MAX])
{
	size_t before = runner->slot_count;
	for (size_t i = 0; i < before; i++)
		runner->slots[i].is_wanted = false;
	for (size_t i = 0; i < count; i++) {
		if (want(runner, &exporters[i], error))
			continue;
		undo(runner, before);
		return false;
	}
	end_unwanted(runner);
	return true;
}

/* Another lane of the same name is not closed yet. */
static bool must_wait(const struct runner *runner, const struct runner_slot *slot)
{
	for (size_t i = 0; i < runner->slot_count; i++)
		if (runner->slots[i].state == SLOT_ENDS &&
		    strcmp(lane_name(runner->slots[i].lane), lane_name(slot->lane)) == 0)
			return true;
	return false;
}

void slots_settle(struct runner *runner)
{
	for (size_t i = 0; i < runner->slot_count; i++) {
		struct runner_slot *slot = &runner->slots[i];
		if (slot->state != SLOT_ENDS || !lane_is_idle(slot->lane))
			continue;
		lane_close(slot->lane);
		enter(runner, slot, SLOT_CLOSED);
	}
	for (size_t i = 0; i < runner->slot_count; i++) {
		struct runner_slot *slot = &runner->slots[i];
		if (slot->state != SLOT_NEW || must_wait(runner, slot))
			continue;
		enter(runner, slot, SLOT_RUNS);
		lane_start(slot->lane);
	}
}

bool slots_are_idle(const struct runner *runner)
{
	for (size_t i = 0; i < runner->slot_count; i++)
		if (runner->slots[i].state != SLOT_CLOSED &&
		    !lane_is_idle(runner->slots[i].lane))
			return false;
	return true;
}
