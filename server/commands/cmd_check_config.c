/* SPDX-License-Identifier: MIT */
#include "server/commands/cmd_check_config.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"
#include "config/units.h"
#include "server/config_check.h"

static const char USAGE[] = "usage: readout check-config FILE\n"
			    "Says what is wrong with a configuration, and where.\n";

/* "." for a bare name. */
static void directory_of(const char *path, char ret_directory[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	size_t length = slash ? (size_t)(slash - path) : 0;
	if (slash == path)
		snprintf(ret_directory, PATH_MAX, "/");
	else if (slash)
		snprintf(ret_directory, PATH_MAX, "%.*s", (int)length, path);
	else
		snprintf(ret_directory, PATH_MAX, ".");
}

/* The file in it need not exist, but it must be possible to create one. */
static bool check_directory(const char *file, const char *key, const char *path)
{
	char directory[PATH_MAX];
	struct stat status;
	directory_of(path, directory);
	if (stat(directory, &status) != 0)
		fprintf(stderr,
			"%s: %s: directory \"%s\": %s; create it, or name another\n",
			file, key, directory, strerror(errno));
	else if (!S_ISDIR(status.st_mode))
		fprintf(stderr, "%s: %s: \"%s\" is not a directory; name another\n", file,
			key, directory);
	else if (access(directory, W_OK | X_OK) != 0)
		fprintf(stderr,
			"%s: %s: directory \"%s\": %s; let the user that runs Readout "
			"write there\n",
			file, key, directory, strerror(errno));
	else
		return true;
	return false;
}

static void complain(void *context, const char *text)
{
	(void)context;
	(void)fprintf(stderr, "%s\n", text);
}

static bool check_surroundings(const char *file, const struct config *config)
{
	bool good = check_directory(file, "$.database.path", config->database_path);
	good &= check_directory(file, "$.control.path", config->control_path);
	good &= config_check(config, complain, NULL);
	return good;
}

static void print_summary(const struct config *config)
{
	char interval[UNITS_TEXT_MAX], jitter[UNITS_TEXT_MAX];
	duration_format(config->terminals.collecting.interval_ms, interval);
	duration_format(config->terminals.collecting.jitter_ms, jitter);
	printf("database   %s\ncontrol    %s\n", config->database_path,
	       config->control_path);
	for (size_t i = 0; i < config->listener_count; i++) {
		const struct config_listener *listener = &config->listeners[i];
		bool is_v6 = strchr(listener->address, ':') != NULL;
		printf("listener   %s on %s%s%s port %u%s\n", listener->name,
		       is_v6 ? "[" : "", listener->address, is_v6 ? "]" : "",
		       listener->port, listener->tls.is_given ? ", TLS" : "");
	}
	for (size_t i = 0; i < config->dial_count; i++) {
		const struct config_dial *dial = &config->dials[i];
		printf("dial       %s at %s port %u%s\n", dial->name, dial->host,
		       dial->port, dial->tls.is_given ? ", TLS" : "");
	}
	printf("terminals  every %s, jitter %s, %u records at a time, %s\n", interval,
	       jitter, config->terminals.collecting.batch,
	       config->terminals.collecting.keeps_records
		       ? "never deleted"
		       : "deleted when they are on disk");
	for (size_t i = 0; i < config->exporter_count; i++)
		printf("exporter   %s by plugin %s%s\n", config->exporters[i].name,
		       config->exporters[i].plugin,
		       config->exporters[i].enabled ? "" : ", not enabled");
}

int cmd_check_config(int argc, char **argv)
{
	struct config config;
	struct config_errors errors;
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(USAGE, stdout);
		return 0;
	}
	if (argc != 2 || argv[1][0] == '-') {
		fputs(USAGE, stderr);
		return 2;
	}
	const char *file = argv[1];
	bool good = config_load(file, &config, &errors);
	for (size_t i = 0; i < errors.count; i++)
		fprintf(stderr, "%s\n", errors.texts[i]);
	config_errors_free(&errors);
	if (!good)
		return 1;
	good = check_surroundings(file, &config);
	if (good) {
		print_summary(&config);
		printf("%s: ok\n", file);
	}
	config_free(&config);
	return good ? 0 : 1;
}
