/* SPDX-License-Identifier: MIT */
#include "server/exporter_setup.h"

#include <stdio.h>
#include <stdlib.h>

#include "server/paths.h"

struct exporter_setting *exporter_setup_settings(const struct config_exporter *exporter)
{
	struct exporter_setting *settings =
		calloc(exporter->option_count + 1, sizeof(*settings));
	for (size_t i = 0; settings != NULL && i < exporter->option_count; i++)
		settings[i] = (struct exporter_setting){
			.name = exporter->options[i].name,
			.text = exporter->options[i].text,
			.where = exporter->options[i].where,
		};
	return settings;
}

static struct log_filter_list list_of(const struct config_names *names)
{
	return (struct log_filter_list){ (const char *const *)names->texts,
					 names->count };
}

struct log_filter exporter_setup_filter(const struct config_exporter *exporter)
{
	const struct config_filter *filter = &exporter->filter;
	return (struct log_filter){
		.terminals = list_of(&filter->terminals),
		.meters = list_of(&filter->meters),
		.media = list_of(&filter->media),
		.places = list_of(&filter->places),
		.quantities = list_of(&filter->quantities),
	};
}

/* The enabled ones; free_exporters() frees what it made. false: out of memory. */
static bool make_exporters(const struct config *config, struct runner_exporter *exporters,
			   size_t *ret_count)
{
	for (size_t i = 0; i < config->exporter_count; i++) {
		const struct config_exporter *from = &config->exporters[i];
		if (!from->enabled)
			continue;
		struct exporter_setting *settings = exporter_setup_settings(from);
		if (settings == NULL)
			return false;
		exporters[(*ret_count)++] = (struct runner_exporter){
			.name = from->name,
			.plugin = from->plugin,
			.settings = settings,
			.setting_count = from->option_count,
			.batch_count = from->batch_count,
			.batch_bytes = from->batch_bytes,
			.batch_age_ms = from->batch_age_ms,
			.is_newest_first = from->is_newest_first,
			.filter = exporter_setup_filter(from),
		};
	}
	return true;
}

static void free_exporters(struct runner_exporter *exporters, size_t count)
{
	for (size_t i = 0; exporters != NULL && i < count; i++) {
		union {
			const struct exporter_setting *kept;
			struct exporter_setting *owned;
		} settings = { .kept = exporters[i].settings };
		free(settings.owned);
	}
	free(exporters);
}

static void log_exporter(void *context, const char *severity, const char *exporter,
			 const char *text)
{
	struct log_line line;

	if (!log_begin(&line, context, log_severity_parse(severity), "exporter", NULL))
		return;
	log_text(&line, "name", exporter);
	log_text(&line, "message", text);
	log_end(&line);
}

/* Without exporters there is no runner until some are wanted. */
static bool run(const struct config *config, struct fleet *fleet,
		const struct runner_exporter *exporters, size_t count,
		char error[EXPORTER_ERROR_MAX])
{
	char directory[PATHS_MAX];
	struct runner_options options = {
		.module_directory = paths_module_directory(config, directory),
		.database_path = config->database_path,
		.exporters = exporters,
		.exporter_count = count,
		.log = log_exporter,
		.context = fleet->log,
	};

	if (fleet->runner != NULL)
		return runner_reload(fleet->runner, exporters, count, error);
	if (count > 0)
		fleet->runner = runner_start(fleet->store, &options, error);
	return count == 0 || fleet->runner != NULL;
}

bool exporter_setup_apply(const struct config *config, struct fleet *fleet,
			  char error[EXPORTER_ERROR_MAX])
{
	size_t count = 0;
	struct runner_exporter *exporters =
		calloc(config->exporter_count + 1, sizeof(*exporters));
	bool is_made = exporters != NULL && make_exporters(config, exporters, &count);
	bool is_running = is_made && run(config, fleet, exporters, count, error);

	if (!is_made)
		(void)snprintf(error, EXPORTER_ERROR_MAX, "out of memory");
	free_exporters(exporters, count);
	return is_running;
}
