/* SPDX-License-Identifier: MIT */
/*
 * How far long work has come, on standard error: a bar that is drawn again in place on a
 * terminal, a plain line now and then elsewhere. Percent, rate and time left, as far as
 * they are known.
 */
#ifndef READOUT_SERVER_PROGRESS_BAR_H
#define READOUT_SERVER_PROGRESS_BAR_H

#include <stdio.h>

#include "storage/progress.h"

struct progress_bar {
	FILE *out;
	bool is_terminal;
	bool is_drawn;          /* there is something to wipe */
	char phase_text[48];    /* of the last step */
	int64_t phase_began_ms; /* monotonic */
	int64_t done_at_begin;
	int64_t drawn_ms;
};

void progress_bar_begin(struct progress_bar *bar, FILE *out);

/* Draws if it is time to. */
void progress_bar_step(struct progress_bar *bar, const struct progress_step *step);

/* Wipes the bar, so that a line of text can follow. */
void progress_bar_wipe(struct progress_bar *bar);

#endif
