/* SPDX-License-Identifier: MIT */
#include "config/snapshot.h"

#include <stdlib.h>

struct config_snapshot *config_snapshot_load(const char *file,
					     struct config_errors *ret_errors)
{
	struct config_snapshot *snapshot = calloc(1, sizeof(*snapshot));

	*ret_errors = (struct config_errors){ 0 };
	if (snapshot == NULL)
		return NULL;
	snapshot->holders = 1;
	if (file != NULL ? config_load(file, &snapshot->config, ret_errors)
			 : config_parse("defaults", "{}", &snapshot->config, ret_errors))
		return snapshot;
	free(snapshot);
	return NULL;
}

struct config_snapshot *config_snapshot_hold(struct config_snapshot *snapshot)
{
	snapshot->holders++;
	return snapshot;
}

void config_snapshot_release(struct config_snapshot *snapshot)
{
	if (snapshot == NULL || --snapshot->holders > 0)
		return;
	config_free(&snapshot->config);
	free(snapshot);
}
