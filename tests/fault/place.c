/* SPDX-License-Identifier: MIT */
#include "tests/fault/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* When the last line was printed; until then, when the program began. */
static struct timespec before;

bool place_make(char ret_path[PLACE_MAX])
{
	const char *parent = getenv("TMPDIR");
	char directory[PLACE_MAX - 16];
	snprintf(directory, sizeof directory, "%s/readout-fault-XXXXXX",
		 parent == NULL ? "/tmp" : parent);
	if (mkdtemp(directory) == NULL) {
		perror(directory);
		return false;
	}
	snprintf(ret_path, PLACE_MAX, "%s/readout.db", directory);
	return true;
}

void place_remove(const char *path)
{
	char name[PLACE_MAX];
	snprintf(name, sizeof name, "%.500s.lock", path);
	unlink(name);
	snprintf(name, sizeof name, "%.500s", path);
	*strrchr(name, '/') = '\0';
	rmdir(name);
}

bool options_read(struct options *options, int count, char **arguments)
{
	const char *is_long = getenv("READOUT_LONG");
	clock_gettime(CLOCK_REALTIME, &before);
	*options = (struct options){ .seed = 1,
				     .share = 1,
				     .is_long = is_long != NULL &&
						strcmp(is_long, "1") == 0 };
	for (int i = 1; i < count; i++) {
		if (strcmp(arguments[i], "--long") == 0) {
			options->is_long = true;
		} else if (strcmp(arguments[i], "--tenth") == 0) {
			options->share = 10;
		} else if (strcmp(arguments[i], "--seed") == 0 && i + 1 < count) {
			options->seed = strtoull(arguments[++i], NULL, 10);
		} else if (strcmp(arguments[i], "--point") == 0 && i + 1 < count) {
			options->point = strtoull(arguments[++i], NULL, 10);
		} else {
			fprintf(stderr,
				"Usage: %s [--long] [--tenth] [--seed N] [--point N]\n",
				arguments[0]);
			return false;
		}
	}
	return true;
}

double options_seconds(const struct options *options, double seconds)
{
	if (options->is_long)
		return 0;
	return options->share > 1 ? seconds / 4 : seconds;
}

/* Real time: the monotonic clock is in a hurry here. */
static double seconds_since(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	double seconds = (double)(now.tv_sec - before.tv_sec) +
			 (double)(now.tv_nsec - before.tv_nsec) / 1e9;
	before = now;
	return seconds;
}

void report(bool is_ok, const char *sentence, const char *complaint)
{
	if (!is_ok)
		printf("# %s\n", complaint);
	printf("%s - %s # %.1f s\n", is_ok ? "ok" : "not ok", sentence, seconds_since());
	fflush(stdout);
}
