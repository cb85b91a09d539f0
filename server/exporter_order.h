/* SPDX-License-Identifier: MIT */
/*
 * {"command": "exporter", "name": ..., "order": "pause", "position": N}: orders to the
 * exporters of a running daemon. Loop thread.
 */
#ifndef READOUT_SERVER_EXPORTER_ORDER_H
#define READOUT_SERVER_EXPORTER_ORDER_H

#include <jansson.h>

#include "exporters/runner.h"

/* The reply: {} when the order was given, or {"error": ...}. runner may be NULL. */
json_t *exporter_order(struct runner *runner, const json_t *request);

#endif
