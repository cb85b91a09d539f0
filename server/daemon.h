/* SPDX-License-Identifier: MIT */
/*
 * The daemon: everything that runs under `readout serve`, started in one order and
 * stopped in the reverse one. One per process.
 */
#ifndef READOUT_SERVER_DAEMON_H
#define READOUT_SERVER_DAEMON_H

#include "config/snapshot.h"
#include "server/log.h"

/*
 * Runs by snapshot until SIGTERM or SIGINT, then finishes the transaction in flight and
 * stops. SIGHUP lets it read file again (reload.h); NULL: there is none.
 * Returns the exit code of the process: 0 stopped as asked, 1 could not start (the log
 * says why).
 */
int daemon_run(const char *file, struct config_snapshot *snapshot, struct log *log);

#endif
