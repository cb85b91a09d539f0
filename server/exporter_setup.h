/* SPDX-License-Identifier: MIT */
/* From the configuration's exporters to the runner's. Loop thread, at start. */
#ifndef READOUT_SERVER_EXPORTER_SETUP_H
#define READOUT_SERVER_EXPORTER_SETUP_H

#include "config/config.h"
#include "exporters/runner.h"

/*
 * Starts the enabled exporters of config; *ret_runner is NULL when there are none. false
 * and a message when one cannot work.
 */
bool exporter_setup_start(const struct config *config, struct store *store,
			  void (*log)(void *context, const char *severity,
				      const char *exporter, const char *text),
			  void *context, struct runner **ret_runner, char *error,
			  size_t error_size);

/* The settings of one exporter as the loader wants them; free() them. NULL: out of
 * memory. */
struct exporter_setting *exporter_setup_settings(const struct config_exporter *exporter);

/* Its filter in the log's terms; points into the configuration. */
struct log_filter exporter_setup_filter(const struct config_exporter *exporter);

#endif
