/* SPDX-License-Identifier: MIT */
/*
 * Chance that can be repeated: a small generator per terminal, so that one seed gives one
 * run whatever the order in which terminals are served. Not for secrets.
 */
#ifndef READOUT_SIMULATOR_DICE_H
#define READOUT_SIMULATOR_DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
	uint64_t state;
};

/* Scatters a number over 64 bits (splitmix64); equal in, equal out. */
uint64_t dice_mix(uint64_t number);

void dice_init(struct dice *dice, uint64_t seed);

/* 0 .. bound-1; 0 when bound is 0. */
uint32_t dice_below(struct dice *dice, uint32_t bound);

/* True in permille of 1000 cases; 0 never draws a number. */
bool dice_permille(struct dice *dice, uint32_t permille);

#endif
