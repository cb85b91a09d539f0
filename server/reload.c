/* SPDX-License-Identifier: MIT */
/*
 * Happy path: read, tried (config_check.h), what cannot change while running is put back
 * as it was, then every part takes what is its own, by the table below.
 *
 * Failure modes: the file cannot be used: nothing has changed; a part cannot follow (an
 * address that is taken, no memory): it goes on as it was, the others follow, and both
 * log and reply say so.
 */
#include "server/reload.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/config_check.h"
#include "server/exporter_setup.h"
#include "server/meter_keys.h"
#include "server/supervisor.h"

enum { TEXT_MAX = 512 };

/* ---- what came of it, for the log and for who asked ---- */

struct outcome {
	struct reload *reload;
	json_t *changes, *kept, *errors; /* NULL: out of memory, the log has them */
};

static void tell(const struct outcome *outcome, json_t *list, enum log_severity severity,
		 const char *event, const char *text)
{
	log_message(outcome->reload->fleet->log, severity, event, text);
	(void)json_array_append_new(list, json_string(text));
}

static void on_error(void *context, const char *text)
{
	struct outcome *outcome = context;
	tell(outcome, outcome->errors, LOG_ERROR, "reload_failed", text);
}

static void on_change(void *context, const char *path, const char *change)
{
	struct outcome *outcome = context;
	struct log_line line;

	(void)json_array_append_new(outcome->changes, json_pack("{s:s, s:s}", "path",
								path, "change", change));
	if (!log_begin(&line, outcome->reload->fleet->log, LOG_NOTE, "reload", NULL))
		return;
	log_text(&line, "path", path);
	log_text(&line, "change", change);
	log_end(&line);
}

/* ---- what cannot change while running ---- */

enum kept_type { KEPT_TEXT, KEPT_SIZE, KEPT_COUNT };

static const struct {
	const char *path;
	enum kept_type type;
	size_t offset;
} kept_keys[] = {
	{ "$.database.path", KEPT_TEXT, offsetof(struct config, database_path) },
	{ "$.database.queue_limit", KEPT_SIZE, offsetof(struct config, queue_limit) },
	{ "$.database.wal_limit", KEPT_SIZE, offsetof(struct config, wal_limit) },
	{ "$.control.path", KEPT_TEXT, offsetof(struct config, control_path) },
	{ "$.exporter_directory", KEPT_TEXT, offsetof(struct config, module_directory) },
	{ "$.time_zone", KEPT_TEXT, offsetof(struct config, time_zone) },
	{ "$.limits.layouts", KEPT_COUNT, offsetof(struct config, limits.layouts) },
};

static bool is_same(enum kept_type type, const void *a, const void *b)
{
	if (type == KEPT_TEXT)
		return strcmp(*(char *const *)a, *(char *const *)b) == 0;
	return memcmp(a, b, type == KEPT_SIZE ? sizeof(size_t) : sizeof(uint32_t)) == 0;
}

/* false: out of memory. */
static bool put_back(enum kept_type type, const void *before, void *after)
{
	if (type != KEPT_TEXT) {
		memcpy(after, before,
		       type == KEPT_SIZE ? sizeof(size_t) : sizeof(uint32_t));
		return true;
	}
	char *copy = strdup(*(char *const *)before);
	if (copy == NULL)
		return false;
	free(*(char **)after);
	*(char **)after = copy;
	return true;
}

static void tell_kept(struct outcome *outcome, const char *path)
{
	char text[TEXT_MAX];

	(void)snprintf(text, sizeof(text),
		       "%s cannot change while the daemon runs and is as it was; restart "
		       "it (systemctl restart readout) to let it take effect",
		       path);
	tell(outcome, outcome->kept, LOG_WARN, "reload_kept", text);
}

static bool keep_fixed(struct outcome *outcome, const struct config *before,
		       struct config *after)
{
	for (size_t i = 0; i < sizeof(kept_keys) / sizeof(kept_keys[0]); i++) {
		const void *old = (const char *)before + kept_keys[i].offset;
		void *wanted = (char *)after + kept_keys[i].offset;
		if (is_same(kept_keys[i].type, old, wanted))
			continue;
		if (!put_back(kept_keys[i].type, old, wanted))
			return false;
		tell_kept(outcome, kept_keys[i].path);
	}
	return true;
}

/* ---- the parts ---- */

static bool apply_log(struct outcome *outcome, struct config_snapshot *snapshot)
{
	log_set_severity(outcome->reload->fleet->log,
			 log_severity_parse(snapshot->config.log_level));
	return true;
}

static bool apply_terminals(struct outcome *outcome, struct config_snapshot *snapshot)
{
	struct fleet *fleet = outcome->reload->fleet;

	if (!fleet_take_settings(fleet, &snapshot->config))
		return false;
	intake_limit_line(fleet->intake, snapshot->config.terminals.line_limit);
	return fleet_raise_file_limit(fleet);
}

static bool apply_meters(struct outcome *outcome, struct config_snapshot *snapshot)
{
	struct reload *reload = outcome->reload;
	struct meter_keys *keys = meter_keys_new(&snapshot->config);

	if (keys == NULL)
		return false;
	intake_take_settings(reload->fleet->intake,
			     snapshot->config.terminals.clock_offset_ms, keys);
	meter_keys_free(reload->keys);
	reload->keys = keys;
	return true;
}

static bool apply_housekeeping(struct outcome *outcome, struct config_snapshot *snapshot)
{
	housekeeping_take_config(outcome->reload->housekeeping, snapshot);
	return true;
}

static bool apply_exporters(struct outcome *outcome, struct config_snapshot *snapshot)
{
	char error[EXPORTER_ERROR_MAX];
	bool is_applied =
		exporter_setup_apply(&snapshot->config, outcome->reload->fleet, error);
	if (!is_applied)
		on_error(outcome, error);
	return is_applied;
}

static bool apply_ways(struct outcome *outcome, struct config_snapshot *snapshot)
{
	return ways_reload(outcome->reload->ways, &snapshot->config, on_error, outcome);
}

static const struct {
	const char *name;
	bool (*apply)(struct outcome *outcome, struct config_snapshot *snapshot);
	const char *failure; /* NULL: the part has said what is wrong */
} parts[] = {
	{ "log", apply_log, NULL },
	{ "terminals and limits", apply_terminals, "out of memory" },
	{ "meters", apply_meters, "out of memory" },
	{ "housekeeping", apply_housekeeping, NULL },
	{ "listeners and dial", apply_ways, NULL },
	{ "exporters", apply_exporters, NULL },
};

static void apply(struct outcome *outcome, struct config_snapshot *snapshot)
{
	struct reload *reload = outcome->reload;
	char text[TEXT_MAX];

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].apply(outcome, snapshot) || parts[i].failure == NULL)
			continue;
		(void)snprintf(text, sizeof(text),
			       "%s: %s; these go on as they were, reload again",
			       parts[i].name, parts[i].failure);
		on_error(outcome, text);
	}
	config_compare(&reload->current->config, &snapshot->config, on_change, outcome);
	config_snapshot_release(reload->current);
	reload->current = config_snapshot_hold(snapshot);
	reload->count++;
}

/* ---- reading ---- */

/* NULL after complaints. */
static struct config_snapshot *read_file(struct outcome *outcome)
{
	struct config_errors errors;
	struct config_snapshot *snapshot =
		config_snapshot_load(outcome->reload->file, &errors);

	for (size_t i = 0; i < errors.count; i++)
		on_error(outcome, errors.texts[i]);
	if (snapshot == NULL && errors.count == 0)
		on_error(outcome, "out of memory");
	config_errors_free(&errors);
	return snapshot;
}

static bool run(struct outcome *outcome)
{
	struct reload *reload = outcome->reload;
	struct config_snapshot *snapshot;
	bool is_applied = false;

	if (reload->file == NULL || reload->ways == NULL) {
		on_error(outcome, reload->ways == NULL
					  ? "the daemon is stopping"
					  : "the daemon was started without --config: "
					    "there is no file to read again");
		return false;
	}
	snapshot = read_file(outcome);
	if (snapshot != NULL && config_check(&snapshot->config, on_error, outcome)) {
		is_applied =
			keep_fixed(outcome, &reload->current->config, &snapshot->config);
		if (is_applied)
			apply(outcome, snapshot);
		else
			on_error(outcome, "out of memory");
	}
	config_snapshot_release(snapshot);
	return is_applied;
}

json_t *reload_run(struct reload *reload)
{
	struct outcome outcome = {
		.reload = reload,
		.changes = json_array(),
		.kept = json_array(),
		.errors = json_array(),
	};

	supervisor_say_reloading();
	bool is_applied = run(&outcome);
	if (is_applied)
		log_message(reload->fleet->log, LOG_NOTE, "reloaded",
			    "the configuration was read again and is in force");
	else
		log_message(reload->fleet->log, LOG_ERROR, "not_reloaded",
			    "everything is as it was; `readout check-config` tells the "
			    "same of a file before it is in use");
	supervisor_say_ready();
	return json_pack("{s:o, s:o, s:o, s:b}", "changes", outcome.changes, "kept",
			 outcome.kept, "errors", outcome.errors, "is_applied",
			 (int)is_applied);
}

void reload_end(struct reload *reload)
{
	meter_keys_free(reload->keys);
	config_snapshot_release(reload->current);
	*reload = (struct reload){ .file = NULL };
}
