/* SPDX-License-Identifier: MIT */
#include "server/commands/exporter_look.h"

#include <dirent.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "exporters/plugin.h"
#include "server/clock.h"
#include "server/paths.h"
#include "storage/export_query.h"

static int complain(const char *text)
{
	(void)fprintf(stderr, "readout exporter: %s\n", text);
	return 1;
}

const struct config_exporter *exporter_look_find(const struct exporter_call *call)
{
	const struct config *config = call->config;
	for (size_t i = 0; i < config->exporter_count; i++)
		if (strcmp(config->exporters[i].name, call->name) == 0)
			return &config->exporters[i];
	(void)fprintf(stderr,
		      "readout exporter: the configuration has no exporter %s; `readout "
		      "exporter list` shows them\n",
		      call->name);
	return NULL;
}

/* ---- list ---- */

static json_t *list_row(const struct config_exporter *exporter,
			struct export_query *query)
{
	struct cursor_state cursor = { .position = 0 };
	int64_t letters = 0;

	if (query != NULL)
		(void)export_query_cursor(query, exporter->name, &cursor, &letters);
	return json_pack("{s:s, s:s, s:b, s:b, s:I, s:I}", "name", exporter->name,
			 "plugin", exporter->plugin, "enabled", exporter->enabled,
			 "paused", cursor.is_paused, "position",
			 (json_int_t)cursor.position, "dead_letters",
			 (json_int_t)letters);
}

static void print_row(const json_t *row)
{
	const char *name, *plugin;
	int is_enabled, is_paused;
	json_int_t position, letters;

	if (json_unpack((json_t *)(uintptr_t)row, "{s:s, s:s, s:b, s:b, s:I, s:I}",
			"name", &name, "plugin", &plugin, "enabled", &is_enabled,
			"paused", &is_paused, "position", &position, "dead_letters",
			&letters) == 0)
		(void)printf("%-20s %-12s %-9s %12lld %6lld\n", name, plugin,
			     !is_enabled ? "disabled"
			     : is_paused ? "paused"
					 : "enabled",
			     (long long)position, (long long)letters);
}

int exporter_look_list(const struct exporter_call *call)
{
	const struct config *config = call->config;
	char error[STORE_ERROR_MAX];
	/* Before the first start there is no database, and no exporter has come far. */
	struct export_query *query = export_query_open(config->database_path, error);
	json_t *rows = json_array();
	size_t index;
	json_t *row;

	for (size_t i = 0; i < config->exporter_count; i++)
		(void)json_array_append_new(rows, list_row(&config->exporters[i], query));
	export_query_close(query);
	if (call->is_json) {
		(void)json_dumpf(rows, stdout, JSON_INDENT(2));
		(void)fputc('\n', stdout);
	} else {
		(void)printf("%-20s %-12s %-9s %12s %6s\n", "NAME", "PLUGIN", "",
			     "POSITION", "DEAD");
		json_array_foreach(rows, index, row) print_row(row);
	}
	json_decref(rows);
	return 0;
}

/* ---- help ---- */

static void print_options(const struct exporter_plugin *plugin)
{
	static const char *const types[] = {
		[EXPORTER_TEXT] = "text",          [EXPORTER_INTEGER] = "number",
		[EXPORTER_BOOLEAN] = "true/false", [EXPORTER_DURATION] = "duration",
		[EXPORTER_SIZE] = "size",          [EXPORTER_JSON] = "JSON",
	};
	(void)printf("%s: %s\n\n%-20s %-10s %-24s %s\n", plugin->name, plugin->help,
		     "OPTION", "TYPE", "DEFAULT", "MEANING");
	for (const struct exporter_option *o = plugin->options; o->name != NULL; o++)
		(void)printf("%-20s %-10s %-24s %s\n", o->name,
			     (size_t)o->type < sizeof(types) / sizeof(types[0])
				     ? types[o->type]
				     : "?",
			     o->fallback == NULL      ? "(required)"
			     : o->fallback[0] == '\0' ? "\"\""
						      : o->fallback,
			     o->help);
}

static int help_plugin(const char *directory, const char *name, bool is_whole)
{
	char error[EXPORTER_ERROR_MAX];
	struct exporter_module *module = exporter_module_open(directory, name, error);

	if (module == NULL)
		return complain(error);
	const struct exporter_plugin *plugin = exporter_module_plugin(module);
	if (is_whole)
		print_options(plugin);
	else
		(void)printf("%-12s %s\n", plugin->name, plugin->help);
	exporter_module_close(module);
	return 0;
}

int exporter_look_help(const struct exporter_call *call)
{
	char buffer[PATHS_MAX], name[64];
	const char *path = paths_module_directory(call->config, buffer);

	if (call->name != NULL)
		return help_plugin(path, call->name, true);
	DIR *directory = opendir(path);
	if (directory == NULL) {
		(void)fprintf(stderr,
			      "readout exporter: no directory of plugins at %s: set "
			      "exporter_directory\n",
			      path);
		return 1;
	}
	for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
		size_t size = strlen(entry->d_name);
		if (size < 4 || size - 3 >= sizeof(name) ||
		    strcmp(entry->d_name + size - 3, ".so") != 0)
			continue;
		(void)snprintf(name, sizeof(name), "%.*s", (int)(size - 3),
			       entry->d_name);
		(void)help_plugin(path, name, false);
	}
	(void)closedir(directory);
	return 0;
}

/* ---- the database ---- */

static struct export_query *open_query(const struct exporter_call *call)
{
	char error[STORE_ERROR_MAX];
	struct export_query *query =
		export_query_open(call->config->database_path, error);
	if (query == NULL)
		(void)complain(error);
	return query;
}

bool exporter_look_position(const struct exporter_call *call, int64_t since_ms,
			    int64_t *ret_position)
{
	struct export_query *query = open_query(call);
	if (query == NULL)
		return false;
	int64_t position = export_query_position(query, since_ms);
	if (position < 0)
		(void)complain(export_query_error(query));
	else
		*ret_position = position;
	export_query_close(query);
	return position >= 0;
}

static void on_letter(const struct export_letter *letter, void *context)
{
	json_t *letters = context;
	(void)json_array_append_new(
		letters, json_pack("{s:I, s:I, s:s, s:s, s:s}", "telegram",
				   (json_int_t)letter->telegram, "at_ms",
				   (json_int_t)letter->at_ms, "reason", letter->reason,
				   "payload", letter->payload, "reply", letter->reply));
}

static void print_letter(const json_t *letter)
{
	char at[CLOCK_TEXT_SIZE];
	const char *reason, *payload, *reply;
	json_int_t telegram, at_ms;

	if (json_unpack((json_t *)(uintptr_t)letter, "{s:I, s:I, s:s, s:s, s:s}",
			"telegram", &telegram, "at_ms", &at_ms, "reason", &reason,
			"payload", &payload, "reply", &reply) != 0)
		return;
	clock_text(at_ms, at);
	(void)printf("telegram %lld, put aside %s: %s\n", (long long)telegram, at,
		     reason);
	if (*payload)
		(void)printf("  sent:  %s\n", payload);
	if (*reply)
		(void)printf("  reply: %s\n", reply);
}

int exporter_look_dead(const struct exporter_call *call)
{
	struct export_query *query = open_query(call);
	json_t *letters = json_array();
	size_t index;
	json_t *letter;
	int code = 1;

	if (query == NULL)
		goto out;
	if (!export_query_letters(query, call->name, on_letter, letters)) {
		(void)complain(export_query_error(query));
		goto out;
	}
	code = 0;
	if (call->is_json) {
		(void)json_dumpf(letters, stdout, JSON_INDENT(2));
		(void)fputc('\n', stdout);
	} else if (json_array_size(letters) == 0) {
		(void)printf("exporter %s has no dead letters\n", call->name);
	}
	if (!call->is_json)
		json_array_foreach(letters, index, letter) print_letter(letter);
out:
	json_decref(letters);
	export_query_close(query);
	return code;
}
