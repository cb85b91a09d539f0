/* SPDX-License-Identifier: MIT */
/*
 * What a run came to: a summary for people and a JSON object for tests. Both count
 * records made, sent at least once, deleted by command, lost by overwrite, deleted
 * without ever having been sent (must be 0), still in memory, and in memory without
 * having been sent.
 */
#ifndef READOUT_SIMULATOR_REPORT_H
#define READOUT_SIMULATOR_REPORT_H

#include "tests/simulator/outstation.h"

struct report {
	uint64_t terminals;
	struct ring_totals records;
	uint64_t kept;
	uint64_t kept_unsent;
	uint64_t connects;
	uint64_t duration_ms;
	uint64_t faults[FAULT_COUNT];
};

void report_add(struct report *report, const struct outstation *outstation);
void report_print(const struct report *report);

/* One object: totals, faults and an array of terminals. False, with a line on stderr,
 * when the file cannot be written. */
bool report_write(const struct report *report, const char *path,
		  const struct outstation *outstations, uint32_t count);

#endif
