/* SPDX-License-Identifier: MIT */
/*
 * The exporter "smartme": values of meters to the smart-me cloud. Options and life; the
 * work is in smartme_run.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exporters/smartme/smartme_plan.h"
#include "exporters/smartme/smartme_run.h"

enum option_index {
	OPTION_BASE_URL,
	OPTION_API_KEY,
	OPTION_CLIENT_ID,
	OPTION_CLIENT_SECRET,
	OPTION_USER,
	OPTION_PASSWORD,
	OPTION_MODE,
	OPTION_MBUS_URL,
	OPTION_MIN_INTERVAL,
	OPTION_CONNECTIONS,
	OPTION_AUTO_CREATE,
	OPTION_BACKFILL,
	OPTION_METERS,
	OPTION_TIMEOUT,
	OPTION_CA_FILE,
};

static const struct exporter_option options[] = {
	[OPTION_BASE_URL] = { "base_url", EXPORTER_TEXT, "https://api.smart-me.com",
			      "address of the service, https only" },
	[OPTION_API_KEY] = { "api_key", EXPORTER_TEXT, "",
			     "key with the claim device.readwrite; a secret" },
	[OPTION_CLIENT_ID] = { "client_id", EXPORTER_TEXT, "",
			       "of an OAuth application with client credentials" },
	[OPTION_CLIENT_SECRET] = { "client_secret", EXPORTER_TEXT, "", "its secret" },
	[OPTION_USER] = { "user", EXPORTER_TEXT, "",
			  "name for Basic authentication, which smart-me will give up" },
	[OPTION_PASSWORD] = { "password", EXPORTER_TEXT, "", "its password; a secret" },
	[OPTION_MODE] = { "mode", EXPORTER_TEXT, "device",
			  "device: values; telegram: raw telegrams to mbus_url" },
	[OPTION_MBUS_URL] = { "mbus_url", EXPORTER_TEXT, "https://smart-me.com/api/MBus",
			      "where raw telegrams go in mode telegram" },
	[OPTION_MIN_INTERVAL] = { "min_interval", EXPORTER_DURATION, "15m",
				  "between two values of a meter, by licence: Basic 15m, "
				  "Limited 1m, Professional 1s; the newest value wins" },
	[OPTION_CONNECTIONS] = { "connections", EXPORTER_INTEGER, "4",
				 "requests at once, 1 to 16" },
	[OPTION_AUTO_CREATE] = { "auto_create", EXPORTER_BOOLEAN, "true",
				 "make devices for meters that have none" },
	[OPTION_BACKFILL] = { "backfill", EXPORTER_BOOLEAN, "false",
			      "send values older than the newest of their device, too" },
	[OPTION_METERS] = { "meters", EXPORTER_JSON, "{}",
			    "per meter (address, its first 8 digits, or name): id, name, "
			    "skip, energy_type, sub_type, fields" },
	[OPTION_TIMEOUT] = { "timeout", EXPORTER_DURATION, "30s", "of a whole request" },
	[OPTION_CA_FILE] = { "ca_file", EXPORTER_TEXT, "",
			     "certificates to trust instead of the system's" },
	{ NULL, EXPORTER_TEXT, NULL, NULL },
};

enum { CONNECTIONS_MAX = 16, URL_MAX = 256 };

/* ---- options ---- */

/* https, no name or password, no query: those would go into logs and other hands. */
static bool check_url(const char *name, const char *url, char error[EXPORTER_ERROR_MAX])
{
	if (strncmp(url, "https://", 8) == 0 && url[8] != '\0' &&
	    strlen(url) <= URL_MAX && strpbrk(url, "@?# \"\\") == NULL)
		return true;
	snprintf(error, EXPORTER_ERROR_MAX,
		 "%s \"%.100s\": write https://HOST/PATH, without name, password and "
		 "query",
		 name, url);
	return false;
}

static bool read_settings(const char *const *values, struct smartme_settings *settings,
			  char error[EXPORTER_ERROR_MAX])
{
	unsigned long connections = strtoul(values[OPTION_CONNECTIONS], NULL, 10);
	bool sends_telegrams = strcmp(values[OPTION_MODE], "telegram") == 0;

	if (!check_url("base_url", values[OPTION_BASE_URL], error) ||
	    !check_url("mbus_url", values[OPTION_MBUS_URL], error))
		return false;
	if (!sends_telegrams && strcmp(values[OPTION_MODE], "device") != 0) {
		snprintf(error, EXPORTER_ERROR_MAX,
			 "mode \"%.40s\": only \"device\" or \"telegram\"",
			 values[OPTION_MODE]);
		return false;
	}
	if (connections < 1 || connections > CONNECTIONS_MAX) {
		snprintf(error, EXPORTER_ERROR_MAX, "connections %.20s: only 1 to %d",
			 values[OPTION_CONNECTIONS], CONNECTIONS_MAX);
		return false;
	}
	*settings = (struct smartme_settings){
		.base_url = values[OPTION_BASE_URL],
		.mbus_url = sends_telegrams ? values[OPTION_MBUS_URL] : "",
		.min_interval_ms = strtoull(values[OPTION_MIN_INTERVAL], NULL, 10),
		.connections = (uint32_t)connections,
		.auto_create = strcmp(values[OPTION_AUTO_CREATE], "true") == 0,
		.backfill = strcmp(values[OPTION_BACKFILL], "true") == 0,
	};
	return true;
}

static struct http_client *make_http(const struct exporter_host *host,
				     const char *const *values,
				     char error[EXPORTER_ERROR_MAX])
{
	struct http_settings settings = {
		.ca_file = values[OPTION_CA_FILE],
		.timeout_ms = strtoull(values[OPTION_TIMEOUT], NULL, 10),
	};
	if (settings.timeout_ms == 0) {
		snprintf(error, EXPORTER_ERROR_MAX, "timeout: must be more than 0s");
		return NULL;
	}
	snprintf(error, EXPORTER_ERROR_MAX, "out of memory");
	return http_client_new(host->loop, &settings);
}

static void *create(const struct exporter_host *host, const char *const *values,
		    char error[EXPORTER_ERROR_MAX])
{
	struct smartme_credentials credentials = {
		.api_key = values[OPTION_API_KEY],
		.client_id = values[OPTION_CLIENT_ID],
		.client_secret = values[OPTION_CLIENT_SECRET],
		.user = values[OPTION_USER],
		.password = values[OPTION_PASSWORD],
	};
	struct smartme_settings settings;
	struct smartme_overrides *overrides = NULL;
	struct http_client *http = NULL;
	struct smartme_auth *auth = NULL;
	struct smartme_run *run = NULL;

	if (!read_settings(values, &settings, error) ||
	    !(auth = smartme_auth_new(&credentials, error)) ||
	    !(overrides = smartme_overrides_new(values[OPTION_METERS], error)) ||
	    !(http = make_http(host, values, error)))
		goto out;
	run = smartme_run_new(host, &settings, auth, overrides, http);
	if (run)
		return run;
	snprintf(error, EXPORTER_ERROR_MAX, "out of memory");
out:
	http_client_close(http);
	smartme_overrides_free(overrides);
	smartme_auth_free(auth);
	return NULL;
}

/* ---- the rest of the contract ---- */

static void deliver(void *instance, const struct exporter_batch *batch,
		    struct exporter_delivery *delivery)
{
	smartme_run_deliver(instance, batch, delivery);
}

static void destroy(void *instance)
{
	smartme_run_close(instance);
}

static int preview(void *instance, const struct exporter_telegram *telegram, char *text,
		   size_t size)
{
	const struct smartme_overrides *overrides = smartme_run_overrides(instance);
	int used = 0;
	for (unsigned int part = 0; part < SMARTME_PARTS; part++) {
		char body[SMARTME_BODY_MAX];
		char reason[EXPORTER_ERROR_MAX];
		struct smartme_post post;
		size_t at = (size_t)used < size ? (size_t)used : size;
		enum smartme_mapped mapped =
			smartme_map(overrides, telegram, part, &post, reason);
		if (mapped == SMARTME_BAD_UNIT)
			used += snprintf(text + at, size - at, "refused: %s\n", reason);
		if (mapped != SMARTME_MAPPED)
			continue;
		(void)smartme_post_body(&post, post.id, body, sizeof body);
		used += snprintf(
			text + at, size - at, "POST /%s %s\n",
			post.energy == SMARTME_CUSTOM ? "CustomDevice" : "Devices", body);
	}
	return used;
}

static const struct exporter_plugin plugin = {
	.abi = EXPORTER_ABI,
	.size = sizeof plugin,
	.name = "smartme",
	.help = "values of meters to the smart-me cloud (POST /Devices)",
	.options = options,
	.create = create,
	.deliver = deliver,
	.destroy = destroy,
	.preview = preview,
	.age_option = "min_interval",
};

__attribute__((visibility("default"))) const struct exporter_plugin *
readout_exporter(void)
{
	return &plugin;
}
