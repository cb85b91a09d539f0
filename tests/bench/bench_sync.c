/* SPDX-License-Identifier: MIT */
#include "bench_sync.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { SYNCS = 200, SYNC_BYTES = 4096 };

static double now_ms(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

bool sync_print(const char *database)
{
	static const char page[SYNC_BYTES];
	double took_ms[SYNCS];
	char path[4096];
	bool is_synced = true;

	(void)snprintf(path, sizeof(path), "%s.sync", database);
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	for (int i = 0; is_synced && i < SYNCS; i++) {
		double start_ms = now_ms();
		is_synced =
			write(fd, page, sizeof(page)) == SYNC_BYTES && fdatasync(fd) == 0;
		took_ms[i] = now_ms() - start_ms;
	}
	(void)close(fd);
	(void)unlink(path);
	if (!is_synced)
		return false;
	qsort(took_ms, SYNCS, sizeof(took_ms[0]), compare);
	(void)printf("sync_p50_ms=%.3f\nsync_p99_ms=%.3f\n", took_ms[SYNCS / 2],
		     took_ms[SYNCS - SYNCS / 100 - 1]);
	return true;
}
