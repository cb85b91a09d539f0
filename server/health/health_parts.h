/* SPDX-License-Identifier: MIT */
/* Between health.c, terminal_errors.c and record_health.c; nobody else includes it. */
#ifndef READOUT_SERVER_HEALTH_HEALTH_PARTS_H
#define READOUT_SERVER_HEALTH_HEALTH_PARTS_H

#include "server/fleet.h"
#include "server/health/health.h"
#include "server/session/session_parts.h"

/* The error buffer has been listed; the number of records follows it. */
void health_errors_listed(struct session *session, int64_t stored_count);

#endif
