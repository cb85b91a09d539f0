/* SPDX-License-Identifier: MIT */
/* The latency of the disk, printed beside every figure that depends on it: it has phases.
 */
#ifndef READOUT_BENCH_SYNC_H
#define READOUT_BENCH_SYNC_H

#include <stdbool.h>

/*
 * Writes and syncs 4 KiB in a file beside the database, 200 times, and prints the lines
 * sync_p50_ms= and sync_p99_ms=. false: that cannot be done; errno says why.
 */
bool sync_print(const char *database);

#endif
