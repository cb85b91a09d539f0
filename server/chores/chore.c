/* SPDX-License-Identifier: MIT */
#include "server/chores/chore.h"

#include "server/chores/chore_parts.h"
#include "server/meter_keys.h"

static const struct chore chores[] = {
	{ "backup", false, chore_backup },      { "verify", false, chore_verify },
	{ "import", true, chore_import },       { "redecode", true, chore_redecode },
	{ "retention", true, chore_retention }, { "label", true, chore_label },
};

const struct chore *chore_find(const char *name)
{
	for (size_t i = 0; name != NULL && i < sizeof(chores) / sizeof(chores[0]); i++)
		if (strcmp(chores[i].name, name) == 0)
			return &chores[i];
	return NULL;
}

json_t *chore_error(const char *text)
{
	return json_pack("{s:s}", "error", text);
}

struct intake *chore_place_intake(struct chore_place *place)
{
	const struct config *config = place->config;

	if (place->keys == NULL)
		place->keys = meter_keys_new(config);
	if (place->keys == NULL)
		return NULL;
	if (place->intake == NULL)
		place->intake = intake_new(config->limits.layouts, 0, NULL);
	if (place->intake == NULL)
		return NULL;
	intake_take_settings(place->intake, config->terminals.clock_offset_ms,
			     place->keys);
	intake_number_layouts(place->intake, config->limits.layouts);
	return place->intake;
}

void chore_place_take_config(struct chore_place *place, const struct config *config)
{
	place->config = config;
	meter_keys_free(place->keys);
	place->keys = NULL;
}

void chore_place_end(struct chore_place *place)
{
	intake_free(place->intake);
	meter_keys_free(place->keys);
	place->intake = NULL;
	place->keys = NULL;
	store_caller_free(place->caller);
	place->caller = NULL;
}
