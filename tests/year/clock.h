/* SPDX-License-Identifier: MIT */
/*
 * The simulated time of the year, put in the place of libuv's timers and of
 * server/clock.c: whatever the server asks for the time, it gets this one. Milliseconds
 * since the simulated machine was started; the wall clock of the daemon goes beside it
 * and can be set wrong.
 */
#ifndef READOUT_TESTS_YEAR_CLOCK_H
#define READOUT_TESTS_YEAR_CLOCK_H

#include <stdint.h>

/* 2026-01-01T00:00:00Z, when the year begins. */
#define YEAR_BEGIN_S INT64_C(1767225600)

void clock_begin(uint64_t seed);
uint64_t clock_now_ms(void);
void clock_advance(uint64_t now_ms);
void clock_set_wall_error(int64_t error_ms);

/* When the next timer of the server is due; UINT64_MAX none. */
uint64_t clock_next_timer_ms(void);
/* Calls the timer that is due. */
void clock_run_timer(void);
/* Calls back for handles that were closed. */
void clock_run_closed(void);

#endif
