/* SPDX-License-Identifier: MIT */
#include "server/clock.h"

#include <stdio.h>
#include <time.h>

int64_t clock_wall_ms(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void clock_text(int64_t wall_ms, char ret_text[CLOCK_TEXT_SIZE])
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm parts;
	if (wall_ms == 0 || gmtime_r(&seconds, &parts) == NULL ||
	    strftime(ret_text, CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
		(void)snprintf(ret_text, CLOCK_TEXT_SIZE, "never");
}

uint32_t clock_minute_of_day(void)
{
	time_t now = time(NULL);
	struct tm parts = { 0 };
	(void)localtime_r(&now, &parts);
	return (uint32_t)(parts.tm_hour * 60 + parts.tm_min);
}
