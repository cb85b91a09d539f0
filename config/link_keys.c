/* SPDX-License-Identifier: MIT */
/* The keys of the ways in: listeners, dialled terminals, and TLS of both. */
#include <stddef.h>

#include "config/dials.h"
#include "config/keys.h"
#include "config/listeners.h"
#include "config/tls.h"
#include "config/value_types.h"

#define SECOND UINT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

enum { FILE_MAX = 4095, NAME_MAX_BYTES = 253, USER_MAX = 63 };

static const char *const DRIVER_WORDS[] = { "smartcom", NULL };
static const char *const CLIENT_WORDS[] = { "none", "optional", "required", NULL };
static const char *const VERSION_WORDS[] = { "1.2", "1.3", NULL };

#define TLS(FIELD)      .offset = offsetof(struct config_tls, FIELD)
#define LISTENER(FIELD) .offset = offsetof(struct config_listener, FIELD)
#define DIAL(FIELD)     .offset = offsetof(struct config_dial, FIELD)

#define TLS_KEYS_OF_BOTH                                                                 \
	{ "certificate", value_read_text, "\"\"", 0, FILE_MAX, TLS(certificate) },       \
		{ "key", value_read_text, "\"\"", 0, FILE_MAX, TLS(key) },               \
		{ "crl", value_read_text, "\"\"", 0, FILE_MAX, TLS(crl) },               \
		{ "psk", read_psk, "[]", TLS(psk) },                                     \
	{                                                                                \
		"min_version", value_read_second_word, "\"1.2\"",                        \
			.words = VERSION_WORDS, TLS(is_tls13_only)                       \
	}

static const struct reader_key LISTENER_TLS_KEYS[] = {
	TLS_KEYS_OF_BOTH,
	{ "psk_file", value_read_text, "\"\"", 0, FILE_MAX, TLS(psk_file) },
	{ "client_ca", value_read_text, "\"\"", 0, FILE_MAX, TLS(ca) },
	{ "client_certificate", read_client_certificate, "\"none\"",
	  .words = CLIENT_WORDS, TLS(client_certificate) },
	{ 0 },
};

static const struct reader_key DIAL_TLS_KEYS[] = {
	TLS_KEYS_OF_BOTH,
	{ "ca", value_read_text, "\"\"", 0, FILE_MAX, TLS(ca) },
	{ "server_name", value_read_text, "\"\"", 0, NAME_MAX_BYTES, TLS(server_name) },
	{ 0 },
};

static const struct reader_key LISTENER_LIMITS_KEYS[] = {
	{ "connections", value_read_count, .least = 1, .most = 1000000,
	  LISTENER(connections) },
	{ "connections_per_address", value_read_count, .least = 1, .most = 1000000,
	  LISTENER(connections_per_address) },
	{ "accept_rate", value_read_count, "1000", 1, 100000, LISTENER(accept_rate) },
	{ 0 },
};

static const struct reader_key PROXY_KEYS[] = {
	{ "from", .read = read_proxies },
	{ 0 },
};

const struct reader_key LISTENER_KEYS[] = {
	{ "address", value_read_address, "\"::\"", LISTENER(address) },
	{ "port", value_read_port, "1560", 0, UINT16_MAX, LISTENER(port) },
	{ "driver", value_read_word, "\"smartcom\"", .words = DRIVER_WORDS,
	  LISTENER(driver) },
	{ "limits", value_read_section, .keys = LISTENER_LIMITS_KEYS },
	{ "tls", read_tls, .keys = LISTENER_TLS_KEYS, LISTENER(tls) },
	{ "proxy_protocol", value_read_section, .keys = PROXY_KEYS },
	{ 0 },
};

static const struct reader_key LOGIN_KEYS[] = {
	{ "user", value_read_text, "\"\"", 0, USER_MAX, DIAL(user) },
	{ "password", read_password, DIAL(password) },
	{ "prompt_timeout", value_read_duration, "\"3s\"", 100, MINUTE,
	  DIAL(prompt_timeout_ms) },
	{ 0 },
};

const struct reader_key DIAL_KEYS[] = {
	{ "host", value_read_text, "\"\"", 0, NAME_MAX_BYTES, DIAL(host) },
	{ "port", value_read_port, "10000", 1, UINT16_MAX, DIAL(port) },
	{ "driver", value_read_word, "\"smartcom\"", .words = DRIVER_WORDS,
	  DIAL(driver) },
	{ "telnet", value_read_boolean, "true", DIAL(is_telnet) },
	{ "login", value_read_section, .keys = LOGIN_KEYS },
	{ "tls", read_tls, .keys = DIAL_TLS_KEYS, DIAL(tls) },
	{ "reconnect_least", value_read_duration, "\"5s\"", 10, HOUR,
	  DIAL(reconnect_least_ms) },
	{ "reconnect_most", value_read_duration, "\"10m\"", 10, DAY,
	  DIAL(reconnect_most_ms) },
	{ 0 },
};
