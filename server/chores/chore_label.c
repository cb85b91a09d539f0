/* SPDX-License-Identifier: MIT */
/*
 * {"command": "label", "changes": [{...}], "dry_run": bool, "skip_unknown": bool} gives
 * {"changed", "unchanged", "skipped", "complaint_count", "complaints": [{"line",
 * "text"}]}. A change has the fields of struct label_change under the names of the table
 * below; times are Unix time in seconds.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "server/chores/chore.h"
#include "server/chores/label_change_json.h"
#include "server/clock.h"

static json_t *complaints_of(const struct label_result *result)
{
	json_t *complaints = json_array();

	for (uint32_t i = 0; i < result->complaint_count && i < LABEL_COMPLAINTS_MAX; i++)
		(void)json_array_append_new(
			complaints, json_pack("{s:I, s:s}", "line",
					      (json_int_t)result->complaints[i].line,
					      "text", result->complaints[i].text));
	return complaints;
}

static json_t *apply(struct chore_place *place, const json_t *request,
		     const struct label_change *changes, uint32_t count)
{
	const struct label_options options = {
		.is_dry_run = json_is_true(json_object_get(request, "dry_run")),
		.skips_unknown = json_is_true(json_object_get(request, "skip_unknown")),
		.now_ms = clock_wall_ms(),
	};
	struct label_result *result = calloc(1, sizeof(*result));
	char error[STORE_ERROR_MAX];
	json_t *reply = NULL;

	if (result == NULL)
		return chore_error("out of memory");
	if (label_apply(place->caller, changes, count, &options, result, error))
		reply = json_pack("{s:I, s:I, s:I, s:I, s:o}", "changed",
				  (json_int_t)result->changed, "unchanged",
				  (json_int_t)result->unchanged, "skipped",
				  (json_int_t)result->skipped, "complaint_count",
				  (json_int_t)result->complaint_count, "complaints",
				  complaints_of(result));
	else
		reply = chore_error(error);
	free(result);
	return reply;
}

json_t *chore_label(struct chore_place *place, const json_t *request,
		    const struct progress *progress)
{
	const json_t *list = json_object_get(request, "changes");
	size_t count = json_array_size(list);
	struct label_change *changes = calloc(count + 1, sizeof(*changes));
	bool is_understood = changes != NULL && count <= LABEL_CHANGES_MAX;
	json_t *reply = NULL;

	(void)progress;
	for (size_t i = 0; is_understood && i < count; i++)
		is_understood =
			label_change_from_json(json_array_get(list, i), &changes[i]);
	reply = is_understood ? apply(place, request, changes, (uint32_t)count)
			      : chore_error("the list of changes is not understood; is "
					    "the daemon of another version?");
	free(changes);
	return reply;
}
