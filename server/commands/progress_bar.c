/* SPDX-License-Identifier: MIT */
#include "server/commands/progress_bar.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { DRAW_EVERY_MS = 200, LINE_EVERY_MS = 10000, WIDTH = 24, TEXT_MAX = 160 };

static int64_t monotonic_ms(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_bar_begin(struct progress_bar *bar, FILE *out)
{
	*bar = (struct progress_bar){ .out = out, .is_terminal = isatty(fileno(out)) };
}

static void write_time_left(int64_t seconds, char *text, size_t size)
{
	if (seconds >= 3600)
		(void)snprintf(text, size, ", %" PRId64 " h %02" PRId64 " min left",
			       seconds / 3600, seconds / 60 % 60);
	else if (seconds >= 60)
		(void)snprintf(text, size, ", %" PRId64 " min %02" PRId64 " s left",
			       seconds / 60, seconds % 60);
	else
		(void)snprintf(text, size, ", %" PRId64 " s left", seconds);
}

/* "43 % (430 of 1000 pages), 120 pages/s, 5 s left" */
static void describe(const struct progress_bar *bar, const struct progress_step *step,
		     int64_t now_ms, char text[TEXT_MAX])
{
	char left[48] = "";
	int64_t spent_ms = now_ms - bar->phase_began_ms;
	int64_t rate =
		spent_ms > 0 ? (step->done - bar->done_at_begin) * 1000 / spent_ms : 0;

	if (step->total <= 0) {
		text[0] = '\0';
		return;
	}
	if (rate > 0)
		write_time_left((step->total - step->done) / rate, left, sizeof(left));
	(void)snprintf(text, TEXT_MAX,
		       "%3" PRId64 " %% (%" PRId64 " of %" PRId64 " %.16s), %" PRId64
		       " %.16s/s%s",
		       step->done * 100 / step->total, step->done, step->total,
		       step->unit, rate, step->unit, left);
}

static void draw(struct progress_bar *bar, const struct progress_step *step,
		 const char *text)
{
	char blocks[WIDTH + 1];
	size_t full = step->total > 0 ? (size_t)(step->done * WIDTH / step->total) : 0;

	if (!bar->is_terminal) {
		(void)fprintf(bar->out, "%s%s%s\n", bar->phase_text,
			      text[0] != '\0' ? ": " : "", text);
		return;
	}
	memset(blocks, '.', WIDTH);
	memset(blocks, '#', full < WIDTH ? full : WIDTH);
	blocks[WIDTH] = '\0';
	(void)fprintf(bar->out, "\r\033[K%s [%s] %s", bar->phase_text, blocks, text);
	(void)fflush(bar->out);
	bar->is_drawn = true;
}

void progress_bar_step(struct progress_bar *bar, const struct progress_step *step)
{
	char text[TEXT_MAX];
	int64_t now_ms = monotonic_ms();
	int64_t every_ms = bar->is_terminal ? DRAW_EVERY_MS : LINE_EVERY_MS;

	if (strcmp(bar->phase_text, step->phase) != 0) {
		(void)snprintf(bar->phase_text, sizeof(bar->phase_text), "%s",
			       step->phase);
		bar->phase_began_ms = now_ms;
		bar->done_at_begin = step->done;
		bar->drawn_ms = bar->is_terminal ? 0 : now_ms;
	}
	if (now_ms - bar->drawn_ms < every_ms)
		return;
	bar->drawn_ms = now_ms;
	describe(bar, step, now_ms, text);
	draw(bar, step, text);
}

void progress_bar_wipe(struct progress_bar *bar)
{
	if (bar->is_drawn)
		(void)fputs("\r\033[K", bar->out);
	bar->is_drawn = false;
	(void)fflush(bar->out);
}
