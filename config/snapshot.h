/* SPDX-License-Identifier: MIT */
/*
 * A configuration that is shared: it is never changed once somebody else holds it, and
 * freed with its last holder, so a reload replaces the one in use while a thread still
 * works by the older one. Counted by the loop thread alone: it holds and releases on
 * behalf of other threads.
 */
#ifndef READOUT_CONFIG_SNAPSHOT_H
#define READOUT_CONFIG_SNAPSHOT_H

#include "config/config.h"

struct config_snapshot {
	uint32_t holders;
	struct config config;
};

/*
 * Reads file and its drop-ins; NULL: all defaults. One holder. NULL on failure, with
 * errors as config_load() has them (none when out of memory).
 */
struct config_snapshot *config_snapshot_load(const char *file,
					     struct config_errors *ret_errors);

struct config_snapshot *config_snapshot_hold(struct config_snapshot *snapshot);
void config_snapshot_release(struct config_snapshot *snapshot); /* NULL is fine */

#endif
