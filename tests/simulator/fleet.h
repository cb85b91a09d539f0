/* SPDX-License-Identifier: MIT */
/*
 * All terminals of one process on one loop: who connects when, when the run ends, and the
 * report. One thread.
 */
#ifndef READOUT_SIMULATOR_FLEET_H
#define READOUT_SIMULATOR_FLEET_H

#include "tests/simulator/options.h"

enum fleet_outcome {
	FLEET_DONE = 0,
	FLEET_DELETED_UNSENT = 1, /* the reader deleted what it never saw */
	FLEET_FAILED = 2,         /* said on stderr */
};

/*
 * Runs until the options or a signal end it. At SIGUSR1 nothing new is made any more, and
 * it ends when all is drained.
 */
enum fleet_outcome fleet_run(const struct options *options);

#endif
