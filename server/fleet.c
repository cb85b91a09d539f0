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

static void take_probes(struct fleet *fleet, const struct config_terminals *terminals)
{
	static const struct {
		const char *name;
		enum smartcom_probe probe;
	} probes[] = {
		{ "serial", SMARTCOM_PROBE_SERIAL },
		{ "imei", SMARTCOM_PROBE_IMEI },
		{ "address", SMARTCOM_PROBE_ADDRESS },
	};
	for (size_t i = 0; i < terminals->identify_count; i++)
		for (size_t j = 0; j < sizeof(probes) / sizeof(probes[0]); j++)
			if (strcmp(terminals->identify[i], probes[j].name) == 0 &&
			    fleet->settings.probe_count < SMARTCOM_PROBES_MAX)
				fleet->settings.probes[fleet->settings.probe_count++] =
					probes[j].probe;
}

void fleet_take_settings(struct fleet *fleet, const struct config *config)
{
	const struct config_terminals *terminals = &config->terminals;

	fleet->settings = (struct smartcom_settings){
		.echo_off = terminals->echo_off,
		.batch = terminals->batch,
		.keep_records = !terminals->delete_records,
		.exchange_timeout_ms = terminals->exchange_timeout_ms,
		.identify_timeout_ms = terminals->identify_timeout_ms,
		.settle_ms = terminals->settle_ms,
	};
	take_probes(fleet, terminals);
	fleet->terminator_crlf = terminals->terminator_crlf;
	fleet->accept_unknown = terminals->accept_unknown;
	fleet->interval_ms = terminals->interval_ms;
	fleet->jitter_ms = terminals->jitter_ms;
	fleet->limits = (struct fleet_limits){
		.connections = config->limits.connections,
		.connections_per_address = config->limits.connections_per_address,
		.line_bytes = terminals->line_limit,
		.reply_bytes = terminals->reply_limit,
	};
}
