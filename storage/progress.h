/* SPDX-License-Identifier: MIT */
/*
 * How far a long piece of work has come, told to whoever waits for it, and their only way
 * to stop it. Called on the thread that works, often: whoever listens throttles.
 */
#ifndef READOUT_STORAGE_PROGRESS_H
#define READOUT_STORAGE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress_step {
	const char *phase; /* static: "copying" */
	const char *unit;  /* static: "pages"; "" if total is not known */
	int64_t done;
	int64_t total; /* 0 not known */
};

struct progress {
	/* false: stop as soon as nothing is left half done. */
	bool (*on_step)(void *context, const struct progress_step *step);
	void *context;
};

/* Tells a step. false: stop. progress NULL: nobody listens. */
static inline bool progress_tell(const struct progress *progress, const char *phase,
				 const char *unit, int64_t done, int64_t total)
{
	const struct progress_step step = { phase, unit, done, total };
	return progress == NULL || progress->on_step(progress->context, &step);
}

#endif
