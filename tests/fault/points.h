/* SPDX-License-Identifier: MIT */
/*
 * Lets a workload meet one fault at one point, the first, the second, and so on until a
 * run ends before its point is reached. After each run the power is cut, all that is not
 * synced is lost, and the store opens again without faults: whatever was acknowledged
 * must be there once, and no memory may be missing.
 */
#ifndef READOUT_TESTS_FAULT_POINTS_H
#define READOUT_TESTS_FAULT_POINTS_H

#include "tests/fault/place.h"
#include "tests/fault/workload.h"

/* Where a run begins. */
enum points_start {
	POINTS_NOTHING, /* an empty disk: the database is made */
	POINTS_AT_WORK, /* as a killed daemon left it, with a log to recover */
	POINTS_STARTS,
};

struct points {
	const char *path;
	uint64_t seed;
	uint64_t stride; /* only every so manyth point is tried; the seed says which */
	/* Makes the point with this number fail, from 1; 0: none, and nothing is counted.
	 */
	void (*arm)(void *context, uint64_t number);
	/* How many points were passed since. */
	uint64_t (*count)(void *context);
	void *context;

	/* results */
	uint64_t tried;
	struct book *book; /* its complaint names the point */
};

/* Runs all points of one start. false: there is a complaint. */
bool points_run(struct points *points, enum points_start start);

#endif
