/* SPDX-License-Identifier: MIT */
/* Whether a name of the configuration is a time zone of this machine. Any thread. */
#ifndef READOUT_CONFIG_TIME_ZONE_H
#define READOUT_CONFIG_TIME_ZONE_H

#include <stdbool.h>

/* "Europe/Berlin": a file of the system's zone data. */
bool time_zone_is_known(const char *name);

#endif
