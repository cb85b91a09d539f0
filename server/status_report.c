/* SPDX-License-Identifier: MIT */
#include "server/status_report.h"

#include <string.h>
#include <sys/stat.h>

#include "server/health/health.h"
#include "server/health/health_report.h"
#include "server/session/session.h"

enum { SILENT_LISTED = 20, REFUSED_LISTED = 20, EXPORTERS_LISTED = 64 };

/* ---- the store ---- */

static json_int_t file_bytes(const char *path, const char *suffix)
{
	char name[4200];
	struct stat found;
	(void)snprintf(name, sizeof(name), "%s%s", path, suffix);
	return stat(name, &found) == 0 ? (json_int_t)found.st_size : 0;
}

static json_t *store_part(const struct status_source *source)
{
	static const char *const states[] = {
		[STORE_RUNNING] = "running",
		[STORE_DEGRADED] = "degraded",
		[STORE_FAILED] = "failed",
	};
	struct store_status s;

	store_status(source->fleet->store, &s);
	const struct {
		const char *key;
		json_int_t value;
	} numbers[] = {
		{ "trouble_since_ms", s.trouble_since_ms },
		{ "queued_bytes", (json_int_t)s.queued_bytes },
		{ "reserved_bytes", (json_int_t)s.reserved_bytes },
		{ "limit_bytes", (json_int_t)s.limit_bytes },
		{ "transactions", (json_int_t)s.transactions },
		{ "telegrams_new", (json_int_t)s.telegrams_new },
		{ "telegrams_known", (json_int_t)s.telegrams_known },
		{ "telegrams_refused", (json_int_t)s.telegrams_refused },
		{ "committed_up_to", s.log_position },
		{ "last_commit_ms", s.last_commit_ms },
		{ "database_bytes", file_bytes(source->database_path, "") },
		{ "wal_bytes", file_bytes(source->database_path, "-wal") },
		{ "wal_limit_bytes", (json_int_t)s.wal_limit_bytes },
		{ "wal_pinned_since_ms", s.wal_pinned_since_ms },
		{ "disk_bytes", (json_int_t)s.disk_bytes },
		{ "disk_free_bytes", (json_int_t)s.disk_free_bytes },
		{ "disk_low_percent", s.disk_low_percent },
		{ "foreign_writes", (json_int_t)s.foreign_writes },
		{ "foreign_write_ms", s.foreign_write_ms },
	};
	bool is_well = s.trouble == STORE_TROUBLE_NONE;
	json_t *part = json_pack(
		"{s:s, s:s, s:s, s:s, s:s}", "state", states[s.state], "trouble",
		is_well ? "" : store_trouble_text(s.trouble), "error", s.error, "advice",
		store_trouble_advice(s.trouble), "database", source->database_path);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		(void)json_object_set_new(part, numbers[i].key,
					  json_integer(numbers[i].value));
	return part;
}

/* ---- terminals ---- */

struct terminal_tally {
	const struct fleet *fleet;
	json_int_t connected;
	json_int_t silent;
	json_t *silent_list;
	json_int_t refused;
	json_t *refused_list;
};

/* A terminal that holds records which the store cannot take in any form. */
static void tally_refused(const struct terminal *terminal, struct terminal_tally *tally)
{
	if (terminal->refused_count == 0)
		return;
	tally->refused++;
	if (json_array_size(tally->refused_list) < REFUSED_LISTED)
		(void)json_array_append_new(
			tally->refused_list,
			json_pack("{s:s, s:I, s:I, s:I}", "terminal", terminal->identity,
				  "records", (json_int_t)terminal->refused_count, "stamp",
				  (json_int_t)terminal->refused_first.stamp, "sequence",
				  (json_int_t)terminal->refused_first.sequence));
}

static void tally_terminal(struct terminal *terminal, void *context)
{
	struct terminal_tally *tally = context;

	tally_refused(terminal, tally);
	if (terminal->session != NULL) {
		tally->connected++;
		return;
	}
	if (!health_is_silent(tally->fleet, terminal))
		return;
	tally->silent++;
	if (json_array_size(tally->silent_list) < SILENT_LISTED)
		(void)json_array_append_new(
			tally->silent_list,
			json_pack("{s:s, s:I}", "terminal", terminal->identity,
				  "last_contact_ms",
				  (json_int_t)terminal->last_contact_ms));
}

/* How many links are in each state of the dialogue. */
static json_t *dialogue_part(const struct fleet *fleet)
{
	json_int_t counts[SMARTCOM_STATE_COUNT] = { 0 };
	json_t *states = json_object();

	for (const struct session *s = fleet->sessions; s != NULL; s = s->next)
		counts[s->driver.state]++;
	for (size_t i = 0; i < SMARTCOM_CLOSED; i++)
		if (counts[i] > 0)
			(void)json_object_set_new(
				states, smartcom_state_text((enum smartcom_state)i),
				json_integer(counts[i]));
	return states;
}

static json_t *terminals_part(const struct fleet *fleet)
{
	struct terminal_tally tally = {
		.fleet = fleet,
		.silent_list = json_array(),
		.refused_list = json_array(),
	};
	terminal_table_each(fleet->terminals, tally_terminal, &tally);
	return json_pack("{s:I, s:I, s:I, s:o, s:I, s:o, s:o}", "known",
			 (json_int_t)terminal_table_count(fleet->terminals), "connected",
			 tally.connected, "silent", tally.silent, "silent_list",
			 tally.silent_list, "refused", tally.refused, "refused_list",
			 tally.refused_list, "dialogue", dialogue_part(fleet));
}

/* ---- links and records ---- */

static json_t *links_part(const struct fleet *fleet)
{
	json_t *closed = json_object();

	for (size_t i = 0; i < CLOSE_REASON_COUNT; i++)
		if (fleet->counts.closed[i] > 0)
			(void)json_object_set_new(
				closed, close_reason_text((enum close_reason)i),
				json_integer((json_int_t)fleet->counts.closed[i]));
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "open",
			 (json_int_t)fleet->session_count, "accepted",
			 (json_int_t)fleet->counts.accepted, "accept_pauses",
			 (json_int_t)fleet->counts.accept_pauses, "dialled",
			 (json_int_t)fleet->counts.dialled, "identified",
			 (json_int_t)fleet->counts.identified, "stray_lines",
			 (json_int_t)fleet->counts.stray_lines, "closed", closed);
}

static json_t *records_part(const struct fleet *fleet)
{
	const struct record_counts *counts = &fleet->records;
	json_t *records = json_object();

	for (size_t i = 0; i < RECORD_KINDS; i++)
		(void)json_object_set_new(records, scdata_kind_text((enum scdata_kind)i),
					  json_integer((json_int_t)counts->kinds[i]));
	(void)json_object_set_new(records, "failed_reads",
				  json_integer((json_int_t)counts->failed_reads));
	(void)json_object_set_new(records, "undecoded",
				  json_integer((json_int_t)counts->undecoded));
	(void)json_object_set_new(records, "readings",
				  json_integer((json_int_t)counts->readings));
	return records;
}

/* ---- exporters and log ---- */

static json_t *exporter_part(const struct runner_status *s)
{
	static const char *const states[] = {
		[RUNNER_WAITING] = "waiting",         [RUNNER_DELIVERING] = "delivering",
		[RUNNER_BACKING_OFF] = "backing off", [RUNNER_BROKEN] = "broken",
		[RUNNER_REFUSED] = "refused",         [RUNNER_PAUSED] = "paused",
		[RUNNER_STOPPED] = "stopped",
	};
	return json_pack(
		"{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:s}", "name",
		s->name, "state", states[s->state], "position", (json_int_t)s->position,
		"lag_telegrams", (json_int_t)s->lag_telegrams, "lag_seconds",
		(json_int_t)s->lag_seconds, "delivered", (json_int_t)s->delivered,
		"retried", (json_int_t)s->retried, "thinned", (json_int_t)s->thinned,
		"dead_letters", (json_int_t)s->dead, "last_success_ms",
		(json_int_t)s->last_success_ms, "obeying", s->is_obeying, "error",
		s->error);
}

static json_t *exporters_part(const struct fleet *fleet)
{
	struct runner_status statuses[EXPORTERS_LISTED];
	json_t *exporters = json_array();

	if (fleet->runner == NULL)
		return exporters;
	size_t count = runner_status(fleet->runner, statuses, EXPORTERS_LISTED);
	for (size_t i = 0; i < count && i < EXPORTERS_LISTED; i++)
		(void)json_array_append_new(exporters, exporter_part(&statuses[i]));
	return exporters;
}

static json_t *errors_part(const struct fleet *fleet)
{
	char lines[LOG_KEPT][LOG_LINE_MAX];
	json_t *errors = json_array();

	size_t count = log_kept(fleet->log, lines);
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(errors, json_string(lines[i]));
	return errors;
}

/* ---- the loop ---- */

/* turns: counts by the upper bound of the bucket in microseconds, empty ones left out. */
static json_t *loop_part(const struct loop_delay *delay)
{
	json_t *turns = json_object();
	char bound[24];

	for (unsigned int i = 0; i < LOOP_DELAY_BUCKETS; i++) {
		if (delay->turns[i] == 0)
			continue;
		if (i < LOOP_DELAY_BUCKETS - 1)
			(void)snprintf(bound, sizeof(bound), "%llu",
				       (unsigned long long)loop_delay_bound_us(i));
		else
			(void)snprintf(bound, sizeof(bound), "more");
		(void)json_object_set_new(turns, bound,
					  json_integer((json_int_t)delay->turns[i]));
	}
	return json_pack("{s:I, s:I, s:I, s:I, s:o}", "p50_us",
			 (json_int_t)loop_delay_quantile_us(delay, 500), "p99_us",
			 (json_int_t)loop_delay_quantile_us(delay, 990), "p999_us",
			 (json_int_t)loop_delay_quantile_us(delay, 999), "longest_us",
			 (json_int_t)delay->longest_us, "turns_under_us", turns);
}

json_t *status_report(const struct status_source *source)
{
	const struct fleet *fleet = source->fleet;
	return json_pack("{s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "version",
			 READOUT_VERSION, "started_ms", (json_int_t)source->started_ms,
			 "store", store_part(source), "terminals", terminals_part(fleet),
			 "links", links_part(fleet), "records", records_part(fleet),
			 "health", health_report(fleet), "exporters",
			 exporters_part(fleet), "loop", loop_part(source->loop_delay),
			 "last_errors", errors_part(fleet));
}
