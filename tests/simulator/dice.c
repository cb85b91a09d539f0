/* SPDX-License-Identifier: MIT */
#include "tests/simulator/dice.h"

static const uint64_t GOLDEN_GAMMA = 0x9E3779B97F4A7C15U;

uint64_t dice_mix(uint64_t number)
{
	number += GOLDEN_GAMMA;
	number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9U;
	number = (number ^ (number >> 27)) * 0x94D049BB133111EBU;
	return number ^ (number >> 31);
}

void dice_init(struct dice *dice, uint64_t seed)
{
	dice->state = dice_mix(seed);
}

uint32_t dice_below(struct dice *dice, uint32_t bound)
{
	uint64_t drawn = dice_mix(dice->state);

	dice->state += GOLDEN_GAMMA;
	return (uint32_t)(((drawn >> 32) * bound) >> 32);
}

bool dice_permille(struct dice *dice, uint32_t permille)
{
	return permille != 0 && dice_below(dice, 1000) < permille;
}
