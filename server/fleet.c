/* SPDX-License-Identifier: MIT */
#include "server/fleet.h"

#include <sys/resource.h>

#include "server/session/session.h"

/* Files beside the links: database, control clients, what exporters write. */
enum { FILES_BESIDE = 128 };

void fleet_offer_room(struct fleet *fleet)
{
	while (fleet->waiting_for_room != NULL) {
		struct session *first = fleet->waiting_for_room;
		smartcom_on_room(&first->driver);
		if (fleet->waiting_for_room == first)
			return;
	}
}

void fleet_collect(struct fleet *fleet)
{
	for (struct session *s = fleet->sessions; s != NULL; s = s->next)
		smartcom_on_collect(&s->driver);
}

void fleet_stop(struct fleet *fleet)
{
	for (struct session *s = fleet->sessions; s != NULL; s = s->next)
		session_close(s, CLOSE_SHUTDOWN);
}

static enum fleet_unknown unknown_of(const char *word)
{
	if (strcmp(word, "refuse") == 0)
		return UNKNOWN_REFUSED;
	return strcmp(word, "quarantine") == 0 ? UNKNOWN_QUARANTINED : UNKNOWN_ACCEPTED;
}

/* More than usual, and no more than may be on the way to disk. */
static size_t large_bytes_of(const struct config *config)
{
	size_t bytes = config->terminals.large_record_limit;

	if (bytes > config->queue_limit / 2)
		bytes = config->queue_limit / 2;
	return bytes > config->terminals.line_limit ? bytes
						    : config->terminals.line_limit;
}

static bool make_room(struct fleet *fleet, const struct config_limits *limits)
{
	if (fleet->terminals != NULL)
		terminal_table_limit(fleet->terminals, limits->terminals);
	return fleet->addresses == NULL ||
	       address_count_grow(&fleet->addresses, limits->connections);
}

/* One that is closed meanwhile stays in the list until its handles are. */
static void renew_sessions(struct fleet *fleet)
{
	for (struct session *s = fleet->sessions; s != NULL; s = s->next)
		session_renew_settings(s);
}

bool fleet_take_settings(struct fleet *fleet, const struct config *config)
{
	const struct config_terminals *terminals = &config->terminals;
	struct settings_table *settings = settings_table_new(config);

	if (settings == NULL || !make_room(fleet, &config->limits)) {
		settings_table_release(settings);
		return false;
	}
	settings_table_release(fleet->settings);
	fleet->settings = settings;
	fleet->terminator_crlf = terminals->terminator_crlf;
	fleet->unknown = unknown_of(terminals->unknown);
	fleet->limits = (struct fleet_limits){
		.connections = config->limits.connections,
		.connections_per_address = config->limits.connections_per_address,
		.line_bytes = terminals->line_limit,
		.reply_bytes = terminals->reply_limit,
		.large_bytes = large_bytes_of(config),
	};
	renew_sessions(fleet);
	return true;
}

bool fleet_raise_file_limit(struct fleet *fleet)
{
	struct rlimit files;
	rlim_t wanted = (rlim_t)fleet->limits.connections + FILES_BESIDE;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= wanted)
		return true;
	files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
	(void)setrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_cur >= wanted)
		return true;
	if (files.rlim_cur < 2 * FILES_BESIDE)
		return false;
	fleet->limits.connections = (uint32_t)(files.rlim_cur - FILES_BESIDE);
	log_message(
		fleet->log, LOG_WARN, "few_files",
		"fewer links than limits.connections are accepted, for the limit of open "
		"files is lower; raise it (ulimit -n, LimitNOFILE)");
	return true;
}
