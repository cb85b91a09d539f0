/* SPDX-License-Identifier: MIT */
/* From the configuration's exporters to the runner's. Loop thread, at start and at
 * reload. */
#ifndef READOUT_SERVER_EXPORTER_SETUP_H
#define READOUT_SERVER_EXPORTER_SETUP_H

#include "config/config.h"
#include "exporters/runner.h"
#include "server/fleet.h"

/*
 * Lets the enabled exporters of config run, and no others, in fleet->runner: at the start
 * and at each reload, which does not touch those that are configured as before. false and
 * a message when one cannot work: all is as it was.
 */
bool exporter_setup_apply(const struct config *config, struct fleet *fleet,
			  char error[EXPORTER_ERROR_MAX]);

/* The settings of one exporter as the loader wants them; free() them. NULL: out of
 * memory. */
struct exporter_setting *exporter_setup_settings(const struct config_exporter *exporter);

/* Its filter in the log's terms; points into the configuration. */
struct log_filter exporter_setup_filter(const struct config_exporter *exporter);

#endif
