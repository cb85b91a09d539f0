/* SPDX-License-Identifier: MIT */
/*
 * {"command": "backup", "file": absolute path, "force": bool} gives {"file", "bytes",
 * "position"}; {"command": "verify", "quick": bool} gives {"problems": [texts],
 * "problem_count", "telegrams", "schema", "is_older"}.
 */
#include "server/chores/chore.h"
#include "storage/housekeeping/backup.h"
#include "storage/housekeeping/verify.h"

json_t *chore_backup(struct chore_place *place, const json_t *request,
		     const struct progress *progress)
{
	struct backup_options options = {
		.database = place->config->database_path,
		.file = json_string_value(json_object_get(request, "file")),
		.may_replace = json_is_true(json_object_get(request, "force")),
	};
	struct backup_result result;
	char error[STORE_ERROR_MAX];

	if (options.file == NULL || options.file[0] != '/')
		return chore_error("the file must be an absolute path");
	if (!backup_write(&options, progress, &result, error))
		return chore_error(error);
	return json_pack("{s:s, s:I, s:I}", "file", options.file, "bytes",
			 (json_int_t)result.bytes, "position",
			 (json_int_t)result.last_position);
}

json_t *chore_verify(struct chore_place *place, const json_t *request,
		     const struct progress *progress)
{
	struct verify_options options = {
		.is_quick = json_is_true(json_object_get(request, "quick")),
	};
	struct verify_result result;
	char error[STORE_ERROR_MAX];

	if (!verify_database(place->config->database_path, &options, progress, &result,
			     error))
		return chore_error(error);
	json_t *problems = json_array();
	for (uint32_t i = 0; i < result.problem_count && i < VERIFY_PROBLEMS_MAX; i++)
		json_array_append_new(problems, json_string(result.problems[i]));
	return json_pack("{s:o, s:I, s:I, s:I, s:b}", "problems", problems,
			 "problem_count", (json_int_t)result.problem_count, "telegrams",
			 (json_int_t)result.telegrams, "schema",
			 (json_int_t)result.version, "is_older", (int)result.is_older);
}
