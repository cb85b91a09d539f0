/* SPDX-License-Identifier: MIT */
/*
 * Where a lane stands, and the jobs of the store that change it. Newest first, the lane
 * delivers behind ahead_to while the cursor follows up to ahead_from; when it has come
 * there the two become one again.
 */
#include "exporters/lane_inner.h"

static bool has_ahead(const struct cursor_state *cursor)
{
	return cursor->ahead_to > cursor->position;
}

int64_t lane_base(const struct lane *lane, enum lane_source source)
{
	if (source == LANE_LOG && has_ahead(&lane->cursor))
		return lane->cursor.ahead_to;
	return lane->cursor.position;
}

bool lane_is_again(const struct lane *lane, enum lane_source *ret_source)
{
	const struct cursor_state *cursor = &lane->cursor;
	if (has_ahead(cursor) && cursor->announced > cursor->position &&
	    cursor->announced <= cursor->ahead_from)
		*ret_source = LANE_BACKFILL;
	else if (cursor->announced > lane_base(lane, LANE_LOG))
		*ret_source = LANE_LOG;
	else
		return false;
	return true;
}

int64_t lane_lag(const struct lane *lane)
{
	const struct cursor_state *cursor = &lane->cursor;
	int64_t base = lane_base(lane, LANE_LOG);
	int64_t missed = has_ahead(cursor) ? cursor->ahead_from - cursor->position : 0;
	base = lane->passed > base ? lane->passed : base;
	return missed + (lane->log_end > base ? lane->log_end - base : 0);
}

/* Takes the answer to a cursor job. false: the lane does not go on from here. */
static bool take_cursor(struct lane *lane, const struct cursor_state *cursor,
			enum store_result result)
{
	if (lane->state == LANE_CLOSED)
		return false;
	if (result != STORE_COMMITTED) {
		lane_fail(lane,
			  "the store did not commit the cursor; nothing is lost, see the "
			  "store's state");
		return false;
	}
	lane->cursor = *cursor;
	lane->status.position = cursor->position;
	return true;
}

/* The lane goes on from its cursor. */
static void begin_at_cursor(struct lane *lane)
{
	lane->source = LANE_LOG;
	lane->settled = lane_base(lane, LANE_LOG);
	lane->taken = lane->settled;
	lane->full_at = lane->settled + lane->batch_count;
}

static void on_opened(const struct cursor_state *cursor, enum store_result result,
		      void *context)
{
	struct lane *lane = context;
	if (!take_cursor(lane, cursor, result))
		return;
	lane->is_open = true;
	begin_at_cursor(lane);
	lane_advance(lane);
}

static void on_announced(const struct cursor_state *cursor, enum store_result result,
			 void *context)
{
	struct lane *lane = context;
	if (take_cursor(lane, cursor, result))
		lane_advance(lane);
}

static void on_moved(const struct cursor_state *cursor, enum store_result result,
		     void *context)
{
	struct lane *lane = context;
	if (!take_cursor(lane, cursor, result))
		return;
	lane_memory_forget(&lane->memory, lane->memory.in_flight);
	lane->memory.in_flight = 0;
	lane->batch.batch.first_id = lane_base(lane, lane->source) + 1;
	lane->settled = lane_base(lane, lane->source);
	lane->taken = lane->settled;
	lane->full_at = lane_base(lane, LANE_LOG) + lane->batch_count;
	lane_advance(lane);
}

static void on_set(const struct cursor_state *cursor, enum store_result result,
		   void *context)
{
	struct lane *lane = context;
	if (!take_cursor(lane, cursor, result))
		return;
	lane->batch.batch.count = 0;
	begin_at_cursor(lane);
	lane_advance(lane);
}

static void submit(struct lane *lane, enum lane_state state, bool is_submitted)
{
	if (is_submitted)
		lane_enter(lane, state);
	else
		lane_fail(lane, "out of memory for a job of the store");
}

void lane_open_cursor(struct lane *lane)
{
	submit(lane, LANE_OPENING,
	       cursor_open(lane->env->store, lane->env->port, lane->name, on_opened,
			   lane));
}

void lane_announce(struct lane *lane, int64_t until)
{
	submit(lane, LANE_ANNOUNCING,
	       cursor_announce(lane->env->store, lane->env->port, lane->name, until,
			       on_announced, lane));
}

/* The cursor with the source moved to settled. */
static struct cursor_state moved(const struct lane *lane)
{
	struct cursor_state cursor = lane->cursor;
	bool is_left_behind = cursor.announced <= lane->settled;
	if (lane->source == LANE_LOG)
		cursor.ahead_to = lane->settled;
	else
		cursor.position = lane->settled;
	if (cursor.position >= cursor.ahead_from)
		cursor.position = cursor.ahead_to;
	if (is_left_behind)
		cursor.announced = cursor.position;
	return cursor;
}

void lane_move(struct lane *lane)
{
	const struct lane_env *env = lane->env;
	struct lane_memory *memory = &lane->memory;
	memory->in_flight = memory->count;
	if (!has_ahead(&lane->cursor)) {
		submit(lane, LANE_MOVING,
		       cursor_move(env->store, env->port, lane->name, lane->settled,
				   memory->notes, memory->count, on_moved, lane));
		return;
	}
	struct cursor_state cursor = moved(lane);
	submit(lane, LANE_MOVING,
	       cursor_set(env->store, env->port, lane->name, &cursor, memory->notes,
			  memory->count, on_moved, lane));
}

void lane_set_cursor(struct lane *lane, const struct cursor_state *cursor)
{
	submit(lane, LANE_SETTING,
	       cursor_set(lane->env->store, lane->env->port, lane->name, cursor, NULL, 0,
			  on_set, lane));
}
