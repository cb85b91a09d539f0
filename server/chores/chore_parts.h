/* SPDX-License-Identifier: MIT */
/* What chores that decode share; nobody else includes it. */
#ifndef READOUT_SERVER_CHORE_PARTS_H
#define READOUT_SERVER_CHORE_PARTS_H

#include <stdlib.h>
#include <string.h>

#include "server/chores/chore.h"
#include "server/control.h"
#include "server/intake.h"

/*
 * The decoder of chores, made when it is first needed. Its layouts are numbered behind
 * the loop's, so the writer's layout_limit must be twice limits.layouts. NULL when out of
 * memory.
 */
struct intake *chore_place_intake(struct chore_place *place);

#endif
