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
#include "exporters/plugin.h"
#include "server/links/tls_context.h"
#include "server/paths.h"

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

/* What is wrong with an option begins with its place; for all else, the exporter's. */
static void complain(const struct config_exporter *exporter, const char *error)
{
	for (size_t i = 0; i < exporter->option_count; i++) {
		const char *where = exporter->options[i].where;
		if (strncmp(error, where, strlen(where)) == 0) {
			fprintf(stderr, "%s\n", error);
			return;
		}
	}
	fprintf(stderr, "%s: %s\n", exporter->where, error);
}

/* The plugin's own table says whether the options are right. */
static bool check_options(const struct config_exporter *exporter,
			  const struct exporter_plugin *plugin)
{
	char error[EXPORTER_ERROR_MAX] = "out of memory";
	struct exporter_setting *settings =
		calloc(exporter->option_count + 1, sizeof(*settings));
	char **values = NULL;
	for (size_t i = 0; settings && i < exporter->option_count; i++)
		settings[i] = (struct exporter_setting){
			.name = exporter->options[i].name,
			.text = exporter->options[i].text,
			.where = exporter->options[i].where,
		};
	if (settings)
		values = exporter_values_new(plugin, settings, exporter->option_count,
					     error);
	if (!values)
		complain(exporter, error);
	bool good = values != NULL;
	exporter_values_free(values);
	free(settings);
	return good;
}

static bool check_exporter(const struct config_exporter *exporter, const char *directory)
{
	char error[EXPORTER_ERROR_MAX] = "";
	if (!exporter->enabled)
		return true;
	struct exporter_module *module =
		exporter_module_open(directory, exporter->plugin, error);
	if (!module) {
		complain(exporter, error);
		return false;
	}
	bool good = check_options(exporter, exporter_module_plugin(module));
	exporter_module_close(module);
	return good;
}

/* Certificates and keys are read as the daemon would read them. */
static bool check_tls(const struct config_tls *tls, enum tls_role role)
{
	char error[TLS_ERROR_MAX];
	if (!tls->is_given)
		return true;
	struct tls_context *context = tls_context_new(tls, role, error);
	if (!context)
		fprintf(stderr, "%s\n", error);
	tls_context_release(context);
	return context != NULL;
}

static bool check_ways(const struct config *config)
{
	bool good = true;
	for (size_t i = 0; i < config->listener_count; i++)
		good &= check_tls(&config->listeners[i].tls, TLS_SERVER);
	for (size_t i = 0; i < config->dial_count; i++)
		good &= check_tls(&config->dials[i].tls, TLS_CLIENT);
	return good;
}

static bool check_surroundings(const char *file, const struct config *config)
{
	char buffer[PATHS_MAX];
	const char *modules = paths_module_directory(config, buffer);
	bool good = check_directory(file, "$.database.path", config->database_path);
	good &= check_directory(file, "$.control.path", config->control_path);
	good &= check_ways(config);
	for (size_t i = 0; i < config->exporter_count; i++)
		good &= check_exporter(&config->exporters[i], modules);
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
