/* SPDX-License-Identifier: MIT */
/*
 * The writer waits for a second and more before it tries again; here nobody has that
 * time. The programs are linked so that the monotonic clock of our objects and the waits
 * by it come by here: in a hurry a wait ends after a moment, and the clock has
 * gone on as if all of it had passed.
 */
#ifndef READOUT_TESTS_FAULT_HURRY_H
#define READOUT_TESTS_FAULT_HURRY_H

#include <stdbool.h>

/* Any thread. Without it, time passes as usual, so that nothing happens by chance. */
void hurry(bool is_hurried);

#endif
