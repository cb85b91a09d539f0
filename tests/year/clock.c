/* SPDX-License-Identifier: MIT */
#include "tests/year/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "server/clock.h"
#include "tests/simulator/dice.h"

enum { TIMERS_MAX = 1024 };

/* The one clock of the program, as the real one is. */
static struct {
	uint64_t now_ms;
	int64_t wall_error_ms;
	struct dice dice;
	uv_timer_t *timers[TIMERS_MAX];
	size_t timer_count;
	uv_timer_t *closed[TIMERS_MAX];
	size_t closed_count;
} time_of;

void clock_begin(uint64_t seed)
{
	time_of.now_ms = 1000;
	time_of.wall_error_ms = 0;
	dice_init(&time_of.dice, seed);
}

uint64_t clock_now_ms(void)
{
	return time_of.now_ms;
}

void clock_advance(uint64_t now_ms)
{
	time_of.now_ms = now_ms;
}

void clock_set_wall_error(int64_t error_ms)
{
	time_of.wall_error_ms = error_ms;
}

/* ---- server/clock.h ---- */

int64_t clock_wall_ms(void)
{
	return YEAR_BEGIN_S * 1000 + (int64_t)time_of.now_ms + time_of.wall_error_ms;
}

void clock_text(int64_t wall_ms, char ret_text[CLOCK_TEXT_SIZE])
{
	(void)snprintf(ret_text, CLOCK_TEXT_SIZE, "%lld", (long long)wall_ms);
}

uint32_t clock_minute_of_day(void)
{
	return (uint32_t)(clock_wall_ms() / 60000 % (24 * 60));
}

/* ---- libuv ---- */

uint64_t uv_now(const uv_loop_t *loop)
{
	(void)loop;
	return time_of.now_ms;
}

int uv_random(uv_loop_t *loop, uv_random_t *request, void *bytes, size_t size,
	      unsigned flags, uv_random_cb done)
{
	uint8_t *out = bytes;
	(void)loop;
	(void)request;
	(void)flags;
	(void)done;
	for (size_t i = 0; i < size; i++)
		out[i] = (uint8_t)dice_below(&time_of.dice, 256);
	return 0;
}

int uv_timer_init(uv_loop_t *loop, uv_timer_t *timer)
{
	*timer = (uv_timer_t){ .loop = loop };
	return 0;
}

int uv_timer_stop(uv_timer_t *timer)
{
	for (size_t i = 0; i < time_of.timer_count; i++)
		if (time_of.timers[i] == timer)
			time_of.timers[i] = time_of.timers[--time_of.timer_count];
	return 0;
}

int uv_timer_start(uv_timer_t *timer, uv_timer_cb due, uint64_t timeout_ms,
		   uint64_t repeat_ms)
{
	(void)uv_timer_stop(timer);
	if (time_of.timer_count == TIMERS_MAX)
		abort();
	timer->timer_cb = due;
	timer->timeout = time_of.now_ms + timeout_ms;
	timer->repeat = repeat_ms;
	time_of.timers[time_of.timer_count++] = timer;
	return 0;
}

/* Sessions close nothing but timers; their links close their sockets. */
void uv_close(uv_handle_t *handle, uv_close_cb closed)
{
	uv_timer_t *timer = (uv_timer_t *)(void *)handle;

	(void)uv_timer_stop(timer);
	if (time_of.closed_count == TIMERS_MAX)
		abort();
	timer->close_cb = closed;
	time_of.closed[time_of.closed_count++] = timer;
}

/* ---- for the world ---- */

static uv_timer_t *next_timer(void)
{
	uv_timer_t *next = NULL;
	for (size_t i = 0; i < time_of.timer_count; i++)
		if (next == NULL || time_of.timers[i]->timeout < next->timeout)
			next = time_of.timers[i];
	return next;
}

uint64_t clock_next_timer_ms(void)
{
	const uv_timer_t *next = next_timer();
	return next != NULL ? next->timeout : UINT64_MAX;
}

void clock_run_timer(void)
{
	uv_timer_t *timer = next_timer();
	if (timer == NULL)
		return;
	uv_timer_cb due = timer->timer_cb;

	(void)uv_timer_stop(timer);
	if (timer->repeat > 0)
		(void)uv_timer_start(timer, due, timer->repeat, timer->repeat);
	due(timer);
}

void clock_run_closed(void)
{
	while (time_of.closed_count > 0) {
		uv_timer_t *timer = time_of.closed[--time_of.closed_count];
		timer->close_cb((uv_handle_t *)timer);
	}
}
