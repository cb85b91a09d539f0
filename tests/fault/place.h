/* SPDX-License-Identifier: MIT */
/* A directory of its own for the lock file of the store, and the ways of the programs. */
#ifndef READOUT_TESTS_FAULT_PLACE_H
#define READOUT_TESTS_FAULT_PLACE_H

#include <stdbool.h>
#include <stdint.h>

enum { PLACE_MAX = 512 };

/* Makes a directory under TMPDIR and gives the path of a database in it. */
bool place_make(char ret_path[PLACE_MAX]);
void place_remove(const char *path);

/* What the caller asked for. */
struct options {
	uint64_t seed;
	uint32_t share; /* one of so many points is tried; 1: all */
	uint64_t point; /* the only one; 0: all */
	bool is_long;
};

/* --seed N, --point N, --tenth, --long (or READOUT_LONG=1). false: said how to use it. */
bool options_read(struct options *options, int count, char **arguments);

/*
 * How long a part may take that takes so long by default: a quarter of it where every
 * step is watched, 0 (to the end) with --long.
 */
double options_seconds(const struct options *options, double seconds);

/* One line of TAP with the seconds since the last; is_ok false also prints the complaint.
 */
void report(bool is_ok, const char *sentence, const char *complaint);

#endif
