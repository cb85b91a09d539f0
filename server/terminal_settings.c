/* SPDX-License-Identifier: MIT */
#include "server/terminal_settings.h"

#include <fnmatch.h>
#include <stdlib.h>

static const uint32_t MINUTES_A_DAY = 24 * 60;

struct known_terminal {
	char *identity;
	char *registration; /* NULL none */
	struct terminal_settings settings;
};

struct group {
	char **members;
	size_t member_count;
	struct terminal_settings settings;
};

struct settings_table {
	uint32_t references;
	struct terminal_settings defaults;
	struct group *groups; /* in the order of the configuration */
	size_t group_count;
	struct known_terminal *known; /* by identity */
	size_t known_count;
};

/* ---- from the configuration ---- */

static void take_probes(const struct config_terminals *terminals,
			struct smartcom_settings *driver)
{
	static const struct {
		const char *name;
		enum smartcom_probe probe;
	} probes[] = {
		{ "serial", SMARTCOM_PROBE_SERIAL },
		{ "imei", SMARTCOM_PROBE_IMEI },
		{ "line", SMARTCOM_PROBE_LINE },
		{ "registration", SMARTCOM_PROBE_REGISTRATION },
		{ "address", SMARTCOM_PROBE_ADDRESS },
		{ "tls", SMARTCOM_PROBE_TLS },
	};
	for (size_t i = 0; i < terminals->identify_count; i++)
		for (size_t j = 0; j < sizeof(probes) / sizeof(probes[0]); j++)
			if (strcmp(terminals->identify[i], probes[j].name) == 0 &&
			    driver->probe_count < SMARTCOM_PROBES_MAX)
				driver->probes[driver->probe_count++] = probes[j].probe;
	for (uint8_t i = 0; i < driver->probe_count; i++)
		driver->waits_for_line |=
			driver->probes[i] == SMARTCOM_PROBE_LINE ||
			driver->probes[i] == SMARTCOM_PROBE_REGISTRATION;
}

static struct terminal_settings settings_of(const struct config_terminals *terminals,
					    const struct config_collecting *collecting)
{
	struct terminal_settings settings = {
		.collecting = *collecting,
		.driver = {
			.waits_for_line = terminals->speaks_first,
			.first_line_ms = terminals->first_line_ms,
			.echo_off = terminals->echo_off,
			.batch = collecting->batch,
			.keep_records = collecting->keeps_records,
			.exchange_timeout_ms = collecting->exchange_timeout_ms,
			.identify_timeout_ms = terminals->identify_timeout_ms,
			.settle_ms = collecting->settle_ms,
			.idle_probe_ms = collecting->idle_probe_ms,
			.probe_timeout_ms = terminals->probe_timeout_ms,
			.survey_ms = collecting->survey_ms,
			.line_bytes = terminals->line_limit,
			.reply_bytes = terminals->reply_limit,
		},
	};
	if (settings.collecting.silent_ms == 0)
		settings.collecting.silent_ms =
			2 * (collecting->interval_ms + collecting->jitter_ms);
	take_probes(terminals, &settings.driver);
	return settings;
}

static bool copy_group(const struct config *config, const struct config_group *from,
		       struct group *group)
{
	group->settings = settings_of(&config->terminals, &from->collecting);
	group->members = calloc(from->members.count + 1, sizeof(*group->members));
	for (size_t i = 0; group->members != NULL && i < from->members.count; i++) {
		group->members[i] = strdup(from->members.texts[i]);
		group->member_count += group->members[i] != NULL;
	}
	return group->members != NULL && group->member_count == from->members.count;
}

static bool copy_known(const struct config *config,
		       const struct config_known_terminal *from,
		       struct known_terminal *known)
{
	known->settings = settings_of(&config->terminals, &from->collecting);
	known->settings.is_known = true;
	known->settings.is_forbidden = from->is_forbidden;
	known->settings.needs_tls = from->needs_tls;
	known->settings.needs_registration = from->registration != NULL;
	known->identity = strdup(from->identity);
	if (from->registration != NULL)
		known->registration = strdup(from->registration);
	return known->identity != NULL &&
	       (from->registration == NULL || known->registration != NULL);
}

struct settings_table *settings_table_new(const struct config *config)
{
	struct settings_table *table = calloc(1, sizeof(*table));
	bool is_whole = table != NULL;

	if (table == NULL)
		return NULL;
	table->references = 1;
	table->defaults = settings_of(&config->terminals, &config->terminals.collecting);
	table->groups = calloc(config->group_count + 1, sizeof(*table->groups));
	table->known = calloc(config->known_terminal_count + 1, sizeof(*table->known));
	is_whole = table->groups != NULL && table->known != NULL;
	for (size_t i = 0; is_whole && i < config->group_count; i++)
		is_whole = copy_group(config, &config->groups[i],
				      &table->groups[table->group_count++]);
	for (size_t i = 0; is_whole && i < config->known_terminal_count; i++)
		is_whole = copy_known(config, &config->known_terminals[i],
				      &table->known[table->known_count++]);
	if (is_whole)
		return table;
	settings_table_release(table);
	return NULL;
}

struct settings_table *settings_table_hold(struct settings_table *table)
{
	table->references++;
	return table;
}

static void free_known(struct known_terminal *known)
{
	if (known->registration != NULL)
		explicit_bzero(known->registration, strlen(known->registration));
	free(known->registration);
	free(known->identity);
}

void settings_table_release(struct settings_table *table)
{
	if (table == NULL || --table->references > 0)
		return;
	for (size_t i = 0; i < table->known_count; i++)
		free_known(&table->known[i]);
	for (size_t i = 0; i < table->group_count; i++) {
		struct group *group = &table->groups[i];
		for (size_t j = 0; j < group->member_count; j++)
			free(group->members[j]);
		free(group->members);
	}
	free(table->known);
	free(table->groups);
	free(table);
}

/* ---- questions ---- */

const struct terminal_settings *
settings_table_defaults(const struct settings_table *table)
{
	return &table->defaults;
}

static int compare_known(const void *key, const void *element)
{
	const struct known_terminal *known = element;
	return strcmp(key, known->identity);
}

static bool is_member(const struct group *group, const char *identity)
{
	for (size_t i = 0; i < group->member_count; i++)
		if (fnmatch(group->members[i], identity, 0) == 0)
			return true;
	return false;
}

const struct terminal_settings *settings_table_find(const struct settings_table *table,
						    const char *identity)
{
	const struct known_terminal *known =
		bsearch(identity, table->known, table->known_count, sizeof(*table->known),
			compare_known);
	if (known != NULL)
		return &known->settings;
	for (size_t i = 0; i < table->group_count; i++)
		if (is_member(&table->groups[i], identity))
			return &table->groups[i].settings;
	return &table->defaults;
}

/* Reads the whole line against the text, over and over where the text is shorter. */
static bool is_same_secret(const char *secret, struct span line)
{
	size_t size = strlen(secret);
	unsigned different = size != line.size;

	for (size_t i = 0; i < line.size; i++)
		different |= (unsigned)(line.data[i] ^ (uint8_t)secret[i % size]);
	return different == 0;
}

const char *settings_table_registered(const struct settings_table *table,
				      struct span line)
{
	const char *found = NULL;

	for (size_t i = 0; i < table->known_count; i++)
		if (table->known[i].registration != NULL &&
		    is_same_secret(table->known[i].registration, line))
			found = table->known[i].identity;
	return found;
}

uint32_t quiet_minutes_left(const struct config_hours *hours, uint32_t minute_of_day)
{
	uint32_t length =
		(hours->to_minute + MINUTES_A_DAY - hours->from_minute) % MINUTES_A_DAY;
	uint32_t into =
		(minute_of_day + MINUTES_A_DAY - hours->from_minute) % MINUTES_A_DAY;
	return into < length ? length - into : 0;
}
