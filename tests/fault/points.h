/* SPDX-License-Identifier: MIT */
/*
 * Lets a workload meet one fault at one point, each point of an undisturbed run in turn.
 * After each run the power is cut, all that is not synced is lost, and the store opens
 * again without faults: whatever was acknowledged must be there once, and no memory may
 * be missing. At every other point the power goes at the very moment of the first answer
 * after the fault, when nothing may be acknowledged that is not on the disk.
 *
 * The points are met in an order that spreads evenly however early it is broken off, so
 * that a limit of time makes the grid coarser and leaves no part out. What a run leaves
 * on the disk and in the book is looked at once: most faults leave the same.
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
	uint32_t share; /* one of so many points is tried; the seed says which */
	double seconds; /* stop after these, with what was tried; 0: try all */
	uint64_t only;  /* this point alone; 0: all */
	/* Makes the point with this number fail, from 1; 0: none, and nothing is counted.
	 */
	void (*arm)(void *context, uint64_t number);
	/* How many points were passed since. */
	uint64_t (*count)(void *context);
	void *context;
	/*
	 * Begins (true) and ends to pick points worth the time while an undisturbed run
	 * passes them; returns how many and which, in order. NULL: all.
	 */
	size_t (*pick)(void *context, bool begins, const uint64_t **ret_numbers);

	/* results */
	uint64_t tried, picked, total;
	uint64_t states;   /* different ones that were left behind */
	struct book *book; /* its complaint names the point */

	/* its own */
	uint64_t number;
	uint64_t *seen; /* hashes of states that were found in order */
};

/* Runs the points of one start and adds to the results. false: there is a complaint. */
bool points_run(struct points *points, enum points_start start);

/* A line on what was tried. */
void points_print(const struct points *points);

#endif
