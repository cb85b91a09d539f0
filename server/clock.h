/* SPDX-License-Identifier: MIT */
/*
 * Wall-clock time, for what is written down. Deadlines never use it: they use uv_now(),
 * which no clock change can move. Any thread.
 */
#ifndef READOUT_SERVER_CLOCK_H
#define READOUT_SERVER_CLOCK_H

#include <stdint.h>

/* Milliseconds since 1970. */
int64_t clock_wall_ms(void);

enum { CLOCK_TEXT_SIZE = 32 };

/* Writes "2026-11-22T10:15:00Z"; "never" for 0. */
void clock_text(int64_t wall_ms, char ret_text[CLOCK_TEXT_SIZE]);

/* Minutes since midnight, local time. */
uint32_t clock_minute_of_day(void);

#endif
