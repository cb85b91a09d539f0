/* SPDX-License-Identifier: MIT */
/* Where things of this installation are. Any thread. */
#ifndef READOUT_SERVER_PATHS_H
#define READOUT_SERVER_PATHS_H

#include "config/config.h"

/*
 * The directory of the exporter modules: the configured one, else lib/readout beside the
 * bin/ this program runs from (build tree or installed under any prefix), else where it
 * was configured to be installed. Lives as long as buffer and config.
 */
enum { PATHS_MAX = 4096 };
const char *paths_module_directory(const struct config *config, char buffer[PATHS_MAX]);

#endif
