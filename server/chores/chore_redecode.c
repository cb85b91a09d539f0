/* SPDX-License-Identifier: MIT */
/*
 * {"command": "redecode", "terminal": text or absent, "meter": text or absent, "since":
 * seconds or absent} gives {"changed", "unchanged", "resumed"}.
 */
#include <stdio.h>

#include "server/chores/chore_parts.h"
#include "storage/housekeeping/redecode.h"

static void decode(void *context, struct store_telegram *telegram)
{
	enum scdata_kind kind = SCDATA_MBUS;
	while (kind < SCDATA_UNKNOWN &&
	       strcmp(scdata_kind_text(kind), telegram->kind) != 0)
		kind++;
	intake_decode(context, kind, telegram);
}

/* Goes on to the end, or until somebody stops it. */
static bool run(struct redecode *redecode, struct intake *intake,
		const struct progress *progress, char error[STORE_ERROR_MAX])
{
	const struct redecode_state *state = redecode_state(redecode);
	bool is_good = true;

	while (is_good && state->position < state->last) {
		is_good = redecode_slice(redecode, decode, intake, error);
		if (is_good && !progress_tell(progress, "decoding", "telegrams",
					      state->position - state->first,
					      state->last - state->first)) {
			(void)snprintf(error, STORE_ERROR_MAX,
				       "stopped; the same command goes on from here");
			is_good = state->position == state->last;
		}
	}
	return is_good;
}

json_t *chore_redecode(struct chore_place *place, const json_t *request,
		       const struct progress *progress)
{
	const json_t *since = json_object_get(request, "since");
	struct redecode_filter filter = {
		.terminal = json_string_value(json_object_get(request, "terminal")),
		.meter = json_string_value(json_object_get(request, "meter")),
		.since = json_is_integer(since) ? json_integer_value(since) : INT64_MIN,
		.since_text = json_string_value(json_object_get(request, "since_text")),
	};
	char error[STORE_ERROR_MAX];
	struct intake *intake = chore_place_intake(place);

	if (intake == NULL)
		return chore_error("out of memory");
	struct redecode *redecode = redecode_open(place->config->database_path,
						  place->caller, &filter, error);
	if (redecode == NULL)
		return chore_error(error);
	bool is_done = run(redecode, intake, progress, error);
	const struct redecode_state *state = redecode_state(redecode);
	json_t *reply = is_done ? json_pack("{s:I, s:I, s:b}", "changed",
					    (json_int_t)state->changed, "unchanged",
					    (json_int_t)state->unchanged, "resumed",
					    (int)state->is_resumed)
				: chore_error(error);
	redecode_close(redecode);
	return reply;
}
