/* SPDX-License-Identifier: MIT */
#include "server/config_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporters/plugin.h"
#include "server/exporter_setup.h"
#include "server/links/tls_context.h"
#include "server/paths.h"

enum { COMPLAINT_MAX = 1024 };

struct check {
	void (*complain)(void *context, const char *text);
	void *context;
};

/* What is wrong with an option begins with its place; for all else, the exporter's. */
static void complain_of_exporter(const struct check *check,
				 const struct config_exporter *exporter,
				 const char *error)
{
	char text[COMPLAINT_MAX];

	for (size_t i = 0; i < exporter->option_count; i++) {
		const char *where = exporter->options[i].where;
		if (strncmp(error, where, strlen(where)) == 0) {
			check->complain(check->context, error);
			return;
		}
	}
	(void)snprintf(text, sizeof(text), "%s: %s", exporter->where, error);
	check->complain(check->context, text);
}

/* The plugin's own table says whether the options are right. */
static bool check_options(const struct check *check,
			  const struct config_exporter *exporter,
			  const struct exporter_plugin *plugin)
{
	char error[EXPORTER_ERROR_MAX] = "out of memory";
	struct exporter_setting *settings = exporter_setup_settings(exporter);
	char **values = NULL;

	if (settings != NULL)
		values = exporter_values_new(plugin, settings, exporter->option_count,
					     error);
	if (values == NULL)
		complain_of_exporter(check, exporter, error);
	bool is_good = values != NULL;
	exporter_values_free(values);
	free(settings);
	return is_good;
}

static bool check_exporter(const struct check *check,
			   const struct config_exporter *exporter, const char *directory)
{
	char error[EXPORTER_ERROR_MAX] = "";

	if (!exporter->enabled)
		return true;
	struct exporter_module *module =
		exporter_module_open(directory, exporter->plugin, error);
	if (module == NULL) {
		complain_of_exporter(check, exporter, error);
		return false;
	}
	bool is_good = check_options(check, exporter, exporter_module_plugin(module));
	exporter_module_close(module);
	return is_good;
}

static bool check_tls(const struct check *check, const struct config_tls *tls,
		      enum tls_role role)
{
	char error[TLS_ERROR_MAX];

	if (!tls->is_given)
		return true;
	struct tls_context *context = tls_context_new(tls, role, error);
	if (context == NULL)
		check->complain(check->context, error);
	tls_context_release(context);
	return context != NULL;
}

bool config_check(const struct config *config,
		  void (*complain)(void *context, const char *text), void *context)
{
	const struct check check = { .complain = complain, .context = context };
	char buffer[PATHS_MAX];
	const char *modules = paths_module_directory(config, buffer);
	bool is_good = true;

	for (size_t i = 0; i < config->listener_count; i++)
		is_good &= check_tls(&check, &config->listeners[i].tls, TLS_SERVER);
	for (size_t i = 0; i < config->dial_count; i++)
		is_good &= check_tls(&check, &config->dials[i].tls, TLS_CLIENT);
	for (size_t i = 0; i < config->exporter_count; i++)
		is_good &= check_exporter(&check, &config->exporters[i], modules);
	return is_good;
}
