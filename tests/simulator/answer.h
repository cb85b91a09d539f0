/* SPDX-License-Identifier: MIT */
/*
 * From a command line to the answer in a link's outbox, and the faults that belong to an
 * answer: what is refused, spoilt, torn or executed without a word.
 */
#ifndef READOUT_SIMULATOR_ANSWER_H
#define READOUT_SIMULATOR_ANSWER_H

#include "tests/simulator/link.h"

/* Executes a line (without its terminator) and puts the answer into link->outbox, which
 * must be empty. False: a fault dropped the link, there is nothing to send. */
bool answer_compose(struct link *link, const char *line, size_t size);

#endif
