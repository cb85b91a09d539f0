/* SPDX-License-Identifier: MIT */
#include "server/fleet.h"

#include "server/session.h"

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

bool fleet_take_settings(struct fleet *fleet, const struct config *config)
{
	const struct config_terminals *terminals = &config->terminals;
	struct settings_table *settings = settings_table_new(config);

	if (settings == NULL)
		return false;
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
	return true;
}
