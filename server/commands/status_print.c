/* SPDX-License-Identifier: MIT */
/* The report as a person reads it at 3 a.m.: what needs attention stands first. */
#include "server/commands/status_print.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "server/clock.h"

/* A foreign writer is worth attention for a day. */
#define RIVALS_TOLD_MS (INT64_C(24) * 60 * 60 * 1000)

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text != NULL ? text : "";
}

static json_int_t number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static const char *time_of(const json_t *object, const char *key,
			   char buffer[CLOCK_TEXT_SIZE])
{
	clock_text(number_of(object, key), buffer);
	return buffer;
}

/* "12.3 MiB" */
static const char *size_of(const json_t *object, const char *key, char buffer[32])
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
	json_int_t tenths = number_of(object, key) * 10;
	size_t unit = 0;

	while (tenths >= 10240 && unit < 4) {
		tenths /= 1024;
		unit++;
	}
	if (unit == 0)
		(void)snprintf(buffer, 32, "%lld bytes", (long long)tenths / 10);
	else
		(void)snprintf(buffer, 32, "%lld.%lld %s", (long long)tenths / 10,
			       (long long)tenths % 10, units[unit]);
	return buffer;
}

/* ---- what needs attention ---- */

static int attend_store(const json_t *store, FILE *out)
{
	char since[CLOCK_TEXT_SIZE];

	if (strcmp(text_of(store, "state"), "running") == 0)
		return 0;
	(void)fprintf(out, "ATTENTION  the store is %s since %s: %s\n",
		      text_of(store, "state"), time_of(store, "trouble_since_ms", since),
		      text_of(store, "error"));
	(void)fprintf(out,
		      "           nothing is deleted from terminals meanwhile; %s is %s\n"
		      "           %s\n",
		      text_of(store, "database"), text_of(store, "trouble"),
		      text_of(store, "advice"));
	return 1;
}

/* The store writes, and will not for ever if nobody does anything. */
static int attend_disk(const json_t *store, FILE *out)
{
	char a[32], b[32], since[CLOCK_TEXT_SIZE];
	int trouble = 0;

	if (number_of(store, "disk_low_percent") > 0) {
		(void)fprintf(out,
			      "ATTENTION  less than %lld %% of the disk is free: %s of "
			      "%s; free space\n",
			      (long long)number_of(store, "disk_low_percent"),
			      size_of(store, "disk_free_bytes", a),
			      size_of(store, "disk_bytes", b));
		trouble = 1;
	}
	if (number_of(store, "wal_pinned_since_ms") > 0) {
		(void)fprintf(out,
			      "ATTENTION  a program reads the database in one long "
			      "transaction since %s; the WAL grows: %s\n",
			      time_of(store, "wal_pinned_since_ms", since),
			      size_of(store, "wal_bytes", a));
		trouble = 1;
	}
	return trouble;
}

static int attend_rivals(const json_t *store, FILE *out)
{
	char at[CLOCK_TEXT_SIZE];

	if (clock_wall_ms() - number_of(store, "foreign_write_ms") > RIVALS_TOLD_MS)
		return 0;
	(void)fprintf(out,
		      "ATTENTION  another program wrote into the database at %s; do so "
		      "only while the daemon is stopped\n",
		      time_of(store, "foreign_write_ms", at));
	return 1;
}

static int attend_refused(const json_t *terminals, FILE *out)
{
	size_t index;
	json_t *refused;

	json_array_foreach(json_object_get(terminals, "refused_list"), index, refused)(
		void) fprintf(out,
			      "ATTENTION  terminal %s holds %lld record(s) that cannot "
			      "be stored, the first with stamp %lld and sequence %lld; "
			      "it is not emptied "
			      "any more, see the events record_refused\n",
			      text_of(refused, "terminal"),
			      (long long)number_of(refused, "records"),
			      (long long)number_of(refused, "stamp"),
			      (long long)number_of(refused, "sequence"));
	return number_of(terminals, "refused") > 0;
}

static int attend_terminals(const json_t *terminals, FILE *out)
{
	size_t index;
	json_t *silent;
	char time_text[CLOCK_TEXT_SIZE];

	json_array_foreach(json_object_get(terminals, "silent_list"), index, silent)(void)
		fprintf(out, "ATTENTION  terminal %s is silent; last contact %s\n",
			text_of(silent, "terminal"),
			time_of(silent, "last_contact_ms", time_text));
	json_int_t more = number_of(terminals, "silent") - (json_int_t)index;
	if (more > 0)
		(void)fprintf(out, "ATTENTION  and %lld more terminals are silent\n",
			      (long long)more);
	return number_of(terminals, "silent") > 0;
}

static int attend_exporters(const json_t *exporters, FILE *out)
{
	int trouble = 0;
	size_t index;
	json_t *exporter;

	json_array_foreach(exporters, index, exporter)
	{
		const char *state = text_of(exporter, "state");
		if (strcmp(state, "waiting") == 0 || strcmp(state, "delivering") == 0)
			continue;
		(void)fprintf(out, "ATTENTION  exporter %s is %s: %s\n",
			      text_of(exporter, "name"), state,
			      text_of(exporter, "error"));
		trouble = 1;
	}
	return trouble;
}

static int attend_health(const json_t *health, FILE *out)
{
	size_t index;
	json_t *condition;
	char time_text[CLOCK_TEXT_SIZE];
	int trouble = 0;

	json_array_foreach(json_object_get(health, "worst"), index, condition)
	{
		const char *severity = text_of(condition, "severity");
		bool is_trouble = strcmp(severity, "error") == 0;
		(void)fprintf(out, "%s  terminal %s, %s since %s: %s\n",
			      is_trouble ? "ATTENTION" : "health   ",
			      text_of(condition, "terminal"), text_of(condition, "kind"),
			      time_of(condition, "since_ms", time_text),
			      text_of(condition, "detail"));
		trouble |= is_trouble;
	}
	return trouble;
}

static void print_quarantined(const json_t *quarantined, FILE *out)
{
	size_t index;
	json_t *link;

	json_array_foreach(quarantined, index, link)(void)
		fprintf(out,
			"quarantine %s from %s; name it under known_terminals to let it "
			"in\n",
			text_of(link, "terminal"), text_of(link, "from"));
}

/* ---- the rest ---- */

static void print_store(const json_t *store, FILE *out)
{
	char a[32], b[32], c[32], time_text[CLOCK_TEXT_SIZE];

	(void)fprintf(out,
		      "store      %s; %lld telegrams new, %lld known, %lld transactions; "
		      "last commit %s\n",
		      text_of(store, "state"),
		      (long long)number_of(store, "telegrams_new"),
		      (long long)number_of(store, "telegrams_known"),
		      (long long)number_of(store, "transactions"),
		      time_of(store, "last_commit_ms", time_text));
	(void)fprintf(out, "queue      %s queued, %s reserved, of %s\n",
		      size_of(store, "queued_bytes", a),
		      size_of(store, "reserved_bytes", b),
		      size_of(store, "limit_bytes", c));
	(void)fprintf(
		out, "database   %s: %s, WAL %s, free on disk %s; committed up to %lld\n",
		text_of(store, "database"), size_of(store, "database_bytes", a),
		size_of(store, "wal_bytes", b), size_of(store, "disk_free_bytes", c),
		(long long)number_of(store, "committed_up_to"));
}

/* "key value, key value" of an object of numbers; zero is left out. */
static void print_counts(const json_t *counts, FILE *out)
{
	const char *key, *comma = " ";
	json_t *value;

	/* jansson iterates over non-const objects only, and changes nothing here */
	json_object_foreach((json_t *)(uintptr_t)counts, key, value)
	{
		if (!json_is_integer(value) || json_integer_value(value) == 0)
			continue;
		(void)fprintf(out, "%s%s %lld", comma, key,
			      (long long)json_integer_value(value));
		comma = ", ";
	}
	(void)fputc('\n', out);
}

static void print_exporters(const json_t *exporters, FILE *out)
{
	size_t index;
	json_t *exporter;
	char time_text[CLOCK_TEXT_SIZE];

	if (json_array_size(exporters) == 0)
		(void)fputs("exporters  none\n", out);
	json_array_foreach(exporters, index, exporter)(void)
		fprintf(out,
			"exporter   %s: %s; %lld telegrams behind (%lld s), %lld "
			"delivered, %lld dead letters; last success %s\n",
			text_of(exporter, "name"), text_of(exporter, "state"),
			(long long)number_of(exporter, "lag_telegrams"),
			(long long)number_of(exporter, "lag_seconds"),
			(long long)number_of(exporter, "delivered"),
			(long long)number_of(exporter, "dead_letters"),
			time_of(exporter, "last_success_ms", time_text));
}

static void print_loop(const json_t *loop, FILE *out)
{
	(void)fprintf(out,
		      "loop       busy at most %lld us in half of its turns, %lld us in "
		      "99 %%, %lld us in 99.9 %%; longest %lld us\n",
		      (long long)number_of(loop, "p50_us"),
		      (long long)number_of(loop, "p99_us"),
		      (long long)number_of(loop, "p999_us"),
		      (long long)number_of(loop, "longest_us"));
}

static void print_errors(const json_t *errors, FILE *out)
{
	size_t index;
	json_t *line;

	if (json_array_size(errors) > 0)
		(void)fputs("last warnings and errors:\n", out);
	json_array_foreach(errors, index, line)(void)
		fprintf(out, "  %s\n", json_string_value(line));
}

int status_print(const json_t *report, FILE *out)
{
	const json_t *terminals = json_object_get(report, "terminals");
	const json_t *links = json_object_get(report, "links");
	char time_text[CLOCK_TEXT_SIZE];

	int trouble = attend_store(json_object_get(report, "store"), out);
	trouble |= attend_disk(json_object_get(report, "store"), out);
	trouble |= attend_rivals(json_object_get(report, "store"), out);
	trouble |= attend_refused(terminals, out);
	trouble |= attend_terminals(terminals, out);
	trouble |= attend_health(json_object_get(report, "health"), out);
	trouble |= attend_exporters(json_object_get(report, "exporters"), out);
	(void)fprintf(out, "readout    %s, running since %s%s\n",
		      text_of(report, "version"),
		      time_of(report, "started_ms", time_text),
		      trouble != 0 ? "" : "; all is well");
	print_store(json_object_get(report, "store"), out);
	(void)fprintf(out, "terminals  %lld known, %lld connected, %lld silent;",
		      (long long)number_of(terminals, "known"),
		      (long long)number_of(terminals, "connected"),
		      (long long)number_of(terminals, "silent"));
	print_counts(json_object_get(terminals, "dialogue"), out);
	(void)fprintf(out, "links      %lld open, %lld accepted; closed:",
		      (long long)number_of(links, "open"),
		      (long long)number_of(links, "accepted"));
	print_counts(json_object_get(links, "closed"), out);
	(void)fputs("health    ", out);
	print_counts(json_object_get(json_object_get(report, "health"), "open"), out);
	print_quarantined(
		json_object_get(json_object_get(report, "health"), "quarantined"), out);
	(void)fputs("records   ", out);
	print_counts(json_object_get(report, "records"), out);
	print_exporters(json_object_get(report, "exporters"), out);
	print_loop(json_object_get(report, "loop"), out);
	print_errors(json_object_get(report, "last_errors"), out);
	return trouble;
}
