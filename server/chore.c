/* SPDX-License-Identifier: MIT */
#include "server/chore.h"

#include <string.h>

static const struct chore chores[] = {
	{ "backup", false, chore_backup },
	{ "verify", false, chore_verify },
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

void chore_place_end(struct chore_place *place)
{
	store_caller_free(place->caller);
	place->caller = NULL;
}
