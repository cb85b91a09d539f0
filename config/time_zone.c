/* SPDX-License-Identifier: MIT */
#include "config/time_zone.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char MAGIC[] = "TZif";

static bool is_zone_file(const char *path)
{
	char magic[sizeof(MAGIC)] = "";
	FILE *file = fopen(path, "re");
	if (!file)
		return false;
	size_t size = fread(magic, 1, sizeof(MAGIC) - 1, file);
	(void)fclose(file);
	return size == sizeof(MAGIC) - 1 && strcmp(magic, MAGIC) == 0;
}

/* TZDIR is where the C library looks, too. */
bool time_zone_is_known(const char *name)
{
	char path[PATH_MAX];
	const char *directory = getenv("TZDIR");
	if (name[0] == '\0' || name[0] == '/' || strstr(name, ".."))
		return false;
	int size = snprintf(path, sizeof(path), "%s/%s",
			    directory ? directory : "/usr/share/zoneinfo", name);
	return size < (int)sizeof(path) && is_zone_file(path);
}
