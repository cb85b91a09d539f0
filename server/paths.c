/* SPDX-License-Identifier: MIT */
#include "server/paths.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *paths_module_directory(const struct config *config, char buffer[PATHS_MAX])
{
	static const char beside[] = "../lib/readout";

	if (config->module_directory[0] != '\0')
		return config->module_directory;
	ssize_t size = readlink("/proc/self/exe", buffer, PATHS_MAX - sizeof(beside) - 1);
	if (size > 0) {
		buffer[size] = '\0';
		char *slash = strrchr(buffer, '/');
		memcpy(slash + 1, beside, sizeof(beside));
		if (access(buffer, R_OK | X_OK) == 0)
			return buffer;
	}
	return READOUT_MODULE_DIRECTORY;
}
