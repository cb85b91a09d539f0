/* SPDX-License-Identifier: MIT */
/*
 * readout exporter test: makes an instance of the plugin in this process and shows what
 * it would send. Nothing is delivered, no loop runs, nothing is written.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "exporters/log_batch.h"
#include "exporters/plugin.h"
#include "server/commands/exporter_look.h"
#include "server/exporter_setup.h"
#include "server/paths.h"
#include "storage/export_query.h"
#include "storage/remote_id.h"

enum { PREVIEW_MAX = 64 * 1024 };

struct preview {
	struct exporter_host host; /* first: the plugin's pointer to it leads back here */
	const struct config_exporter *exporter;
	struct remote_ids *ids;
	const struct exporter_plugin *plugin;
	void *instance;
	struct log_batch batch;
	struct log_filter filter;
	char text[PREVIEW_MAX];
	unsigned shown;
};

/* ---- a host that does nothing ---- */

static void on_log(const struct exporter_host *host, const char *severity,
		   const char *text)
{
	(void)host;
	(void)fprintf(stderr, "%s: %s\n", severity, text);
}

static void on_answer(struct exporter_delivery *delivery, uint32_t first, uint32_t count,
		      enum exporter_verdict verdict, uint64_t retry_after_ms,
		      const char *reason)
{
	(void)delivery;
	(void)first;
	(void)count;
	(void)verdict;
	(void)retry_after_ms;
	(void)reason;
}

static void on_reject(struct exporter_delivery *delivery, uint32_t telegram,
		      const char *reason, const char *payload, const char *reply)
{
	(void)delivery;
	(void)telegram;
	(void)reason;
	(void)payload;
	(void)reply;
}

static bool on_remember(const struct exporter_host *host, const char *key,
			const char *remote)
{
	(void)host;
	(void)key;
	(void)remote;
	return true;
}

static bool on_recall(const struct exporter_host *host, const char *key, char *ret_remote,
		      size_t size)
{
	const struct preview *preview = (const struct preview *)host;
	return remote_ids_find(preview->ids, preview->exporter->name, key, ret_remote,
			       size);
}

static void on_end_range(const struct exporter_host *host)
{
	(void)host;
}

/* ---- showing ---- */

static void show(int64_t telegram, void *context)
{
	struct preview *preview = context;
	char error[EXPORTER_ERROR_MAX];
	struct log_query query = { .after = telegram - 1,
				   .until = telegram,
				   .limit = 1,
				   .filter = &preview->filter };
	int count = log_batch_read(&preview->batch, &query, error);

	if (count < 0)
		(void)fprintf(stderr, "readout exporter test: %s\n", error);
	if (count <= 0)
		return;
	const struct exporter_telegram *found = preview->batch.batch.telegrams;
	(void)preview->plugin->preview(preview->instance, found, preview->text,
				       sizeof(preview->text));
	(void)printf("%s (%s), telegram %lld:\n%s\n",
		     *found->meter ? found->meter : found->terminal,
		     *found->meter_name ? found->meter_name : found->medium,
		     (long long)telegram, preview->text);
	preview->shown++;
}

static bool show_all(struct preview *preview, const char *path,
		     char error[EXPORTER_ERROR_MAX])
{
	struct export_query *query = export_query_open(path, error);
	if (query == NULL || !log_batch_open(&preview->batch, path, error)) {
		export_query_close(query);
		return false;
	}
	bool is_good = export_query_latest(query, show, preview);
	if (!is_good)
		(void)snprintf(error, EXPORTER_ERROR_MAX, "%s",
			       export_query_error(query));
	else if (preview->shown == 0)
		(void)puts("nothing in the database passes the filter: nothing would be "
			   "sent");
	log_batch_close(&preview->batch);
	export_query_close(query);
	return is_good;
}

/* The instance, with the loop it may hang handles on. */
static bool show_with(struct preview *preview, uv_loop_t *loop, const char *path,
		      char error[EXPORTER_ERROR_MAX])
{
	struct exporter_setting *settings = exporter_setup_settings(preview->exporter);
	char **values =
		settings == NULL
			? NULL
			: exporter_values_new(preview->plugin, settings,
					      preview->exporter->option_count, error);
	bool is_good = false;

	preview->host.loop = loop;
	if (values != NULL)
		preview->instance = preview->plugin->create(
			&preview->host, (const char *const *)values, error);
	if (preview->instance != NULL) {
		is_good = show_all(preview, path, error);
		preview->plugin->destroy(preview->instance);
	}
	(void)uv_run(loop, UV_RUN_DEFAULT);
	exporter_values_free(values);
	free(settings);
	return is_good;
}

static bool preview_run(struct preview *preview, const struct config *config,
			char error[EXPORTER_ERROR_MAX])
{
	char buffer[PATHS_MAX];
	uv_loop_t loop;
	bool is_good = false;
	struct exporter_module *module = exporter_module_open(
		paths_module_directory(config, buffer), preview->exporter->plugin, error);

	if (module == NULL)
		return false;
	preview->plugin = exporter_module_plugin(module);
	preview->ids = remote_ids_open(config->database_path, error);
	if (preview->plugin->preview == NULL) {
		(void)snprintf(error, EXPORTER_ERROR_MAX,
			       "the plugin \"%s\" cannot show what it would send",
			       preview->plugin->name);
	} else if (preview->ids != NULL && uv_loop_init(&loop) == 0) {
		is_good = show_with(preview, &loop, config->database_path, error);
		(void)uv_loop_close(&loop);
	}
	remote_ids_close(preview->ids);
	exporter_module_close(module);
	return is_good;
}

int exporter_look_test(const struct exporter_call *call)
{
	char error[EXPORTER_ERROR_MAX] = "out of memory";
	const struct config_exporter *exporter = exporter_look_find(call);
	struct preview *preview = exporter != NULL ? calloc(1, sizeof(*preview)) : NULL;
	bool is_good = false;

	if (exporter == NULL)
		return 1;
	if (preview != NULL) {
		preview->exporter = exporter;
		preview->filter = exporter_setup_filter(exporter);
		preview->host = (struct exporter_host){
			.size = sizeof(preview->host),
			.log = on_log,
			.answer = on_answer,
			.reject = on_reject,
			.remember = on_remember,
			.recall = on_recall,
			.end_range = on_end_range,
		};
		is_good = preview_run(preview, call->config, error);
	}
	free(preview);
	if (!is_good)
		(void)fprintf(stderr, "readout exporter test: %s\n", error);
	return is_good ? 0 : 1;
}
