/* SPDX-License-Identifier: MIT */
/*
 * What `readout status` tells of the fleet's health: how many conditions of each kind are
 * open, the worst of them, and the terminals in quarantine. Loop thread only.
 */
#ifndef READOUT_SERVER_HEALTH_HEALTH_REPORT_H
#define READOUT_SERVER_HEALTH_HEALTH_REPORT_H

#include <jansson.h>

#include "server/fleet.h"

/* A new reference; NULL when out of memory. */
json_t *health_report(const struct fleet *fleet);

#endif
