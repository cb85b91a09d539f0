/* SPDX-License-Identifier: MIT */
#include "config/keys.h"

#include <stddef.h>

#include "config/dials.h"
#include "config/exporters.h"
#include "config/groups.h"
#include "config/listeners.h"
#include "config/meters.h"
#include "config/terminals.h"
#include "config/value_types.h"

#define SECOND   UINT64_C(1000)
#define MINUTE   (60 * SECOND)
#define HOUR     (60 * MINUTE)
#define DAY      (24 * HOUR)
#define KIBIBYTE (UINT64_C(1) << 10)
#define MEBIBYTE (UINT64_C(1) << 20)
#define GIBIBYTE (UINT64_C(1) << 30)

/* Of file names; of a Unix socket's (sun_path holds 108 with its zero). */
enum { PATH_BYTES_MAX = 4095, ZONE_BYTES_MAX = 255, SOCKET_BYTES_MAX = 107 };

#define CONFIG(FIELD) .offset = offsetof(struct config, FIELD)

const char *const IDENTIFY_WORDS[] = { "serial",  "imei", "line", "registration",
				       "address", "tls",  NULL };
static const char *const UNKNOWN_WORDS[] = { "accept", "quarantine", "refuse", NULL };
static const char *const FIRST_WORDS[] = { "readout", "terminal", NULL };
static const char *const DELETE_WORDS[] = { "commit", "never", NULL };
static const char *const LEVEL_WORDS[] = { "error", "warning", "info", "debug", NULL };
static const char *const TERMINATOR_WORDS[] = { "cr", "crlf", NULL };

/* 0 keeps for ever. */
static const struct reader_key RETENTION_KEYS[] = {
	{ "raw", value_read_duration, "\"0s\"", 0, 36525 * DAY,
	  CONFIG(retention.raw_ms) },
	{ "readings", value_read_duration, "\"0s\"", 0, 36525 * DAY,
	  CONFIG(retention.readings_ms) },
	{ 0 },
};

static const struct reader_key DATABASE_KEYS[] = {
	{ "retention", value_read_section, .keys = RETENTION_KEYS },
	{ "path", value_read_text, "\"readout.db\"", 1, PATH_BYTES_MAX,
	  CONFIG(database_path) },
	{ "queue_limit", value_read_size, "\"256MiB\"", MEBIBYTE, 64 * GIBIBYTE,
	  CONFIG(queue_limit) },
	{ "wal_limit", value_read_size, "\"256MiB\"", MEBIBYTE, 1024 * GIBIBYTE,
	  CONFIG(wal_limit) },
	{ 0 },
};

static const struct reader_key CONTROL_KEYS[] = {
	{ "path", value_read_text, "\"readout.sock\"", 1, SOCKET_BYTES_MAX,
	  CONFIG(control_path) },
	{ 0 },
};

static const struct reader_key LOG_KEYS[] = {
	{ "level", value_read_word, "\"info\"", .words = LEVEL_WORDS, CONFIG(log_level) },
	{ 0 },
};

/* A batch of 1 would delete 0 of 1 for ever: one record is always kept back. */
/* clang-format off */
#define COLLECTING_ROWS(AT) \
	{ "interval", value_read_duration, "\"15m\"", 100, 31 * DAY, AT(interval_ms) }, \
	{ "jitter", value_read_duration, "\"30s\"", 0, DAY, AT(jitter_ms) }, \
	{ "quiet_hours", read_hours, "\"\"", AT(quiet_hours) }, \
	{ "batch", value_read_count, "50", 2, 1000, AT(batch) }, \
	{ "delete", value_read_second_word, "\"commit\"", .words = DELETE_WORDS, AT(keeps_records) }, \
	{ "exchange_timeout", value_read_duration, "\"60s\"", 100, HOUR, AT(exchange_timeout_ms) }, \
	{ "settle_time", value_read_duration, "\"60s\"", 0, DAY, AT(settle_ms) }, \
	{ "idle_probe", value_read_duration, "\"5m\"", 0, DAY, AT(idle_probe_ms) }, \
	{ "survey", value_read_duration, "\"1h\"", 0, 31 * DAY, AT(survey_ms) }, \
	{ "silent_after", value_read_duration, "\"0s\"", 0, 366 * DAY, AT(silent_ms) }, \
	{ "missing_after", value_read_duration, "\"1d\"", 0, 366 * DAY, AT(missing_ms) }, \
	{ "memory_warning", value_read_count, "80", 1, 100, AT(fill_percent) }, \
	{ "clock_tolerance", value_read_duration, "\"5m\"", SECOND, 366 * DAY, AT(clock_tolerance_ms) }

#define OF_DEFAULTS(FIELD) CONFIG(terminals.collecting.FIELD)
#define OF_GROUP(FIELD) .offset = offsetof(struct config_group, collecting.FIELD)
#define OF_KNOWN(FIELD) .offset = offsetof(struct config_known_terminal, collecting.FIELD)
/* clang-format on */

static const struct reader_key TERMINALS_KEYS[] = {
	{ "identify", read_identify, "[\"serial\"]", CONFIG(terminals) },
	{ "unknown", value_read_word, "\"accept\"", .words = UNKNOWN_WORDS,
	  CONFIG(terminals.unknown) },
	{ "speaks_first", value_read_second_word, "\"readout\"", .words = FIRST_WORDS,
	  CONFIG(terminals.speaks_first) },
	{ "first_line_wait", value_read_duration, "\"5s\"", 100, HOUR,
	  CONFIG(terminals.first_line_ms) },
	{ "echo_off", value_read_boolean, "true", CONFIG(terminals.echo_off) },
	{ "terminator", value_read_second_word, "\"cr\"", .words = TERMINATOR_WORDS,
	  CONFIG(terminals.terminator_crlf) },
	{ "identify_timeout", value_read_duration, "\"30s\"", 100, HOUR,
	  CONFIG(terminals.identify_timeout_ms) },
	{ "probe_timeout", value_read_duration, "\"10s\"", 100, HOUR,
	  CONFIG(terminals.probe_timeout_ms) },
	{ "line_limit", value_read_size, "\"64KiB\"", KIBIBYTE, 16 * MEBIBYTE,
	  CONFIG(terminals.line_limit) },
	{ "reply_limit", value_read_size, "\"1MiB\"", 4 * KIBIBYTE, 64 * MEBIBYTE,
	  CONFIG(terminals.reply_limit) },
	{ "large_record_limit", value_read_size, "\"4MiB\"", 4 * KIBIBYTE, 64 * MEBIBYTE,
	  CONFIG(terminals.large_record_limit) },
	{ "clock_offset", value_read_offset, "\"0s\"", 0, 366 * DAY,
	  CONFIG(terminals.clock_offset_ms) },
	COLLECTING_ROWS(OF_DEFAULTS),
	{ 0 },
};

static const struct reader_key LIMITS_KEYS[] = {
	{ "connections", value_read_count, "10000", 1, 1000000,
	  CONFIG(limits.connections) },
	{ "connections_per_address", value_read_count, "10000", 1, 1000000,
	  CONFIG(limits.connections_per_address) },
	{ "terminals", value_read_count, "20000", 1, 10000000, CONFIG(limits.terminals) },
	{ "layouts", value_read_count, "4096", 1, 1000000, CONFIG(limits.layouts) },
	{ 0 },
};

const struct reader_key CONFIG_KEYS[] = {
	{ "database", value_read_section, .keys = DATABASE_KEYS },
	{ "control", value_read_section, .keys = CONTROL_KEYS },
	{ "log", value_read_section, .keys = LOG_KEYS },
	{ "time_zone", value_read_text, "\"\"", 0, ZONE_BYTES_MAX, CONFIG(time_zone) },
	{ "exporter_directory", value_read_text, "\"\"", 0, PATH_BYTES_MAX,
	  CONFIG(module_directory) },
	{ "listeners", read_listeners, .fallback = "{\"main\": {}}" },
	{ "dial", read_dials, .fallback = "{}" },
	{ "terminals", value_read_section, .keys = TERMINALS_KEYS },
	{ "groups", read_later, .fallback = "{}" },
	{ "known_terminals", read_later, .fallback = "{}" },
	{ "limits", value_read_section, .keys = LIMITS_KEYS },
	{ "meters", read_meters, .fallback = "{}" },
	{ "exporters", read_exporters, .fallback = "{}" },
	{ 0 },
};

const struct reader_key GROUP_KEYS[] = {
	{ "members", read_members, .offset = 0 },
	COLLECTING_ROWS(OF_GROUP),
	{ 0 },
};

const struct reader_key KNOWN_TERMINAL_KEYS[] = {
	{ "group", value_read_name,
	  .offset = offsetof(struct config_known_terminal, group) },
	{ "forbidden", value_read_boolean,
	  .offset = offsetof(struct config_known_terminal, is_forbidden) },
	{ "require_tls", value_read_boolean,
	  .offset = offsetof(struct config_known_terminal, needs_tls) },
	{ "registration", read_registration,
	  .offset = offsetof(struct config_known_terminal, registration) },
	COLLECTING_ROWS(OF_KNOWN),
	{ 0 },
};

const struct reader_key METER_KEYS[] = {
	{ "key", .read = read_meter_key },
	{ 0 },
};

static const char *const catch_up_words[] = { "oldest_first", "newest_first", NULL };

static const struct reader_key FILTER_KEYS[] = {
	{ "terminals", read_name_list, "[]",
	  .offset = offsetof(struct config_filter, terminals) },
	{ "meters", read_name_list, "[]",
	  .offset = offsetof(struct config_filter, meters) },
	{ "media", read_name_list, "[]",
	  .offset = offsetof(struct config_filter, media) },
	{ "quantities", read_name_list, "[]",
	  .offset = offsetof(struct config_filter, quantities) },
	{ "places", read_name_list, "[]",
	  .offset = offsetof(struct config_filter, places) },
	{ 0 },
};

/* "plugin" has the exporter's own name as its default, "batch_age" what the plugin says.
 */
const struct reader_key EXPORTER_KEYS[] = {
	{ "plugin", value_read_name, .offset = offsetof(struct config_exporter, plugin) },
	{ "enabled", value_read_boolean, "true",
	  .offset = offsetof(struct config_exporter, enabled) },
	{ "batch_count", value_read_count, "1000", 1, 100000,
	  .offset = offsetof(struct config_exporter, batch_count) },
	{ "batch_bytes", value_read_size, "\"16MiB\"", 1024, GIBIBYTE,
	  .offset = offsetof(struct config_exporter, batch_bytes) },
	{ "batch_age", value_read_duration, .least = 0, .most = DAY,
	  .offset = offsetof(struct config_exporter, batch_age_ms) },
	{ "catch_up", value_read_second_word, "\"oldest_first\"", .words = catch_up_words,
	  .offset = offsetof(struct config_exporter, is_newest_first) },
	{ "filter", value_read_section, "{}", .keys = FILTER_KEYS,
	  .offset = offsetof(struct config_exporter, filter) },
	{ "best_effort", value_read_boolean, "false",
	  .offset = offsetof(struct config_exporter, best_effort) },
	{ "options", .read = read_options },
	{ 0 },
};
