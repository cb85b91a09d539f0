/* SPDX-License-Identifier: MIT */
/*
 * {"command": "retention", "dry_run": bool} gives {"telegrams", "raw", "held_back",
 * "pages", "dry_run", "is_configured"}. The daemon orders it itself, once an hour.
 */
#include "server/chores/chore_parts.h"
#include "server/clock.h"
#include "storage/housekeeping/retention.h"

static int64_t before(int64_t now_ms, uint64_t age_ms)
{
	return age_ms == 0 ? INT64_MIN : (now_ms - (int64_t)age_ms) / 1000;
}

/* Exporters that are not enabled keep their place, so they count as well. */
static const char **list_exporters(const struct config *config, size_t *ret_count)
{
	const char **names = calloc(config->exporter_count + 1, sizeof(*names));

	for (size_t i = 0; names != NULL && i < config->exporter_count; i++)
		if (!config->exporters[i].best_effort)
			names[(*ret_count)++] = config->exporters[i].name;
	return names;
}

json_t *chore_retention(struct chore_place *place, const json_t *request,
			const struct progress *progress)
{
	const struct config *config = place->config;
	char error[STORE_ERROR_MAX];
	struct retention_result result = { 0 };
	size_t count = 0;
	int64_t now_ms = clock_wall_ms();
	const char **names = list_exporters(config, &count);
	struct retention_options options = {
		.raw_before = before(now_ms, config->retention.raw_ms),
		.readings_before = before(now_ms, config->retention.readings_ms),
		.exporters = names,
		.exporter_count = count,
		.is_dry_run = json_is_true(json_object_get(request, "dry_run")),
		.now_ms = now_ms,
	};

	if (names == NULL)
		return chore_error("out of memory");
	bool is_done = retention_run(config->database_path, place->caller, &options,
				     progress, &result, error);
	free(names);
	if (!is_done)
		return chore_error(error);
	return json_pack("{s:I, s:I, s:I, s:I, s:b, s:b}", "telegrams",
			 (json_int_t)result.telegrams, "raw", (json_int_t)result.raw,
			 "held_back", (json_int_t)result.held_back, "pages",
			 (json_int_t)result.pages, "dry_run", (int)options.is_dry_run,
			 "is_configured",
			 config->retention.raw_ms + config->retention.readings_ms > 0);
}
