/* SPDX-License-Identifier: MIT */
/* What the terminals and the exporter of a workload ask of the store in one step. */
#ifndef READOUT_TESTS_FAULT_DELIVER_H
#define READOUT_TESTS_FAULT_DELIVER_H

#include "tests/fault/workload.h"

void deliver_step(struct workload *workload);

#endif
