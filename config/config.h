/* SPDX-License-Identifier: MIT */
/*
 * The configuration: JSON text to one struct, by tables. Every key has a default, so "{}"
 * runs. Unknown and duplicate keys are errors with a suggestion; a key that begins with
 * "//" is a comment. Durations and sizes are written "60s", "15m", "64MiB". Every error
 * names file, line and JSON path, and all errors of a file are reported, not only the
 * first.
 *
 * Files: FILE, then FILE's drop-in directory (FILE without ".json", with ".d") in the
 * order of names: objects merge key by key, everything else is replaced by the later
 * file. Secrets are never values: {"env": "NAME"} or {"file": "/run/credentials/..."}.
 * Read at start and at each reload; not for the hot path. Any thread.
 */
#ifndef READOUT_CONFIG_CONFIG_H
#define READOUT_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/networks.h"

/* A pre-shared key of TLS. */
enum { CONFIG_PSK_SIZE = 64 };
struct config_psk {
	char *identity;
	uint8_t key[CONFIG_PSK_SIZE];
	size_t key_size; /* 16 to CONFIG_PSK_SIZE bytes */
};

enum config_client_certificate {
	CONFIG_CLIENT_NONE,
	CONFIG_CLIENT_OPTIONAL,
	CONFIG_CLIENT_REQUIRED
};

/* TLS of a listener or a dialled terminal; file names are "" when not given. */
struct config_tls {
	bool is_given;
	char *certificate; /* ours, PEM, with its chain */
	char *key;         /* of certificate */
	char *ca;          /* authorities whose certificates are accepted */
	char *crl;         /* of those authorities */
	enum config_client_certificate client_certificate; /* listeners: "none" */
	struct config_psk *psk;
	size_t psk_count;
	char *psk_file;    /* lines "identity:hex digits" */
	char *server_name; /* dialled terminals: in their certificate; "" the host */
	bool is_tls13_only;
	char *where; /* file:line: path */
};

struct config_listener {
	char *name;
	char *address;                    /* "::" listens on IPv4 and IPv6 */
	uint16_t port;                    /* 1560; 0 lets the system choose (tests) */
	char *driver;                     /* "smartcom" */
	uint32_t connections;             /* 0: as limits.connections */
	uint32_t connections_per_address; /* 0: as limits.connections_per_address */
	uint32_t accept_rate;             /* connections a second; 1000 */
	struct config_tls tls;
	struct config_network *proxies; /* who may send PROXY headers; default: nobody */
	size_t proxy_count;
	char *where; /* file:line: path, for errors at bind */
};

/* A terminal that does not dial in but is dialled (Standalone mode). */
struct config_dial {
	char *name;
	char *host;
	uint16_t port;  /* 10000 */
	char *driver;   /* "smartcom" */
	bool is_telnet; /* true */
	char *user;     /* "" : no login is expected */
	char *password;
	uint64_t prompt_timeout_ms;  /* no prompt in this time: go on without; 3s */
	uint64_t reconnect_least_ms; /* 5s */
	uint64_t reconnect_most_ms;  /* 10m */
	struct config_tls tls;
	char *where;
};

/* From minute to minute of the day, in local time; equal: none. */
struct config_hours {
	uint16_t from_minute;
	uint16_t to_minute;
};

/* How a terminal is collected and watched: "terminals" has the defaults, "groups" and
 * "known_terminals" may say otherwise. Times in milliseconds. */
struct config_collecting {
	uint64_t interval_ms;            /* between rounds; 15m */
	uint64_t jitter_ms;              /* added to the interval at random; 30s */
	struct config_hours quiet_hours; /* no round begins in them; "" */
	uint32_t batch;                  /* most records per GET_OLDEST; 50 */
	bool keeps_records; /* "delete": "commit" | "never": terminals keep all */
	uint64_t exchange_timeout_ms; /* from a command to its final result; 60s */
	uint64_t settle_ms;           /* after a deletion of unknown outcome; 60s */
	uint64_t idle_probe_ms;       /* silence after which AT is sent; 5m; 0 never */
	uint64_t survey_ms; /* between looks at error buffer and fill; 1h; 0 never */
	uint64_t silent_ms; /* unheard this long: silent; 0: two intervals and jitters */
	uint64_t
		missing_ms; /* a listed meter unheard this long is missing; 1d; 0 never */
	uint32_t fill_percent; /* of the memory from which it is worth an event; 80 */
	uint64_t clock_tolerance_ms; /* of the terminal's clock; 5m */
};

/* How terminals are talked to (driver "smartcom"). Times in milliseconds. */
struct config_terminals {
	char **identify; /* of IDENTIFY_WORDS */
	size_t identify_count;
	char *unknown;          /* "accept", "quarantine", "refuse": never seen before */
	bool speaks_first;      /* the terminal does: its first line is waited for */
	uint64_t first_line_ms; /* how long; 5s */
	bool echo_off;          /* send ATE0 first; true */
	bool terminator_crlf; /* commands end in CRLF instead of CR ("terminator": "cr" |
				 "crlf") */
	uint64_t identify_timeout_ms; /* from connect to known terminal; 30s */
	uint64_t probe_timeout_ms;    /* of an AT that asks who is there; 10s */
	size_t line_limit;            /* bytes of one logical line; 64KiB */
	size_t reply_limit;           /* bytes of one whole reply; 1MiB */
	size_t large_record_limit;    /* of both, for a record that fits neither; 4MiB */
	int64_t clock_offset_ms;      /* true time minus the terminals' time; 0; may be
					 negative ("-1h") */
	struct config_collecting collecting; /* the defaults */
};

struct config_names {
	char **texts;
	size_t count;
};

/* A group of terminals: those that say so, and those whose name fits a member pattern. */
struct config_group {
	char *name;
	struct config_names members; /* patterns as a shell has them: "50-1945-*" */
	struct config_collecting collecting;
};

/* A terminal the operator has named. */
struct config_known_terminal {
	char *identity;
	char *group; /* NULL none */
	bool is_forbidden;
	bool needs_tls;     /* its name must be the link's TLS identity */
	char *registration; /* secret: the first line that proves its name; NULL none */
	struct config_collecting collecting;
};

struct config_limits {
	uint32_t connections;             /* 10000 */
	uint32_t connections_per_address; /* 10000: a carrier's NAT is one address */
	uint32_t terminals;               /* known terminals kept; 20000 */
	uint32_t layouts;                 /* 4096 */
};

/* One key of an exporter's "options", as text. */
struct config_option {
	char *name;
	/* String; or digits, "true", "false"; a secret is resolved, but "" while the
	 * exporter is not enabled. */
	char *text;
	char *where; /* file:line: path */
};

/* What an exporter is given of the log. */
struct config_filter {
	/* Names, one of which must fit; none: all do. */
	struct config_names terminals, meters, media, quantities, places;
};

#define CONFIG_AGE_OF_PLUGIN UINT64_MAX

struct config_exporter {
	char *name;
	char *plugin;
	bool enabled;
	uint32_t batch_count;  /* 1000 */
	size_t batch_bytes;    /* 16MiB */
	uint64_t batch_age_ms; /* CONFIG_AGE_OF_PLUGIN */
	bool is_newest_first;  /* catch_up; false */
	struct config_filter filter;
	bool best_effort; /* retention need not wait for it; false */
	struct config_option *options;
	size_t option_count;
	char *where;
};

/* What must be known of one meter. */
enum { CONFIG_KEY_SIZE = 16 };
struct config_meter {
	char *address; /* 8 digits of its identification, or the 16 of its whole address
			*/
	bool has_key;
	uint8_t key[CONFIG_KEY_SIZE]; /* AES-128, of encrypted telegrams */
};

/* For how long things are kept; 0 (the default): for ever. */
struct config_retention {
	uint64_t raw_ms;      /* raw data of telegrams */
	uint64_t readings_ms; /* telegrams with their readings */
};

struct config {
	char *database_path; /* "readout.db" */
	struct config_retention retention;
	size_t queue_limit; /* bytes of jobs and replies in flight; 256MiB */
	size_t wal_limit;   /* bytes of the WAL from which a reader is reported; 256MiB
			     */
	char *control_path; /* "readout.sock" */
	char *module_directory; /* of exporters; "" where readout was installed */
	char *time_zone;        /* "Europe/Berlin"; "" the machine's */
	char *log_level;        /* "error", "warning", "info", "debug" */
	struct config_listener *listeners; /* default: one, "main" */
	size_t listener_count;
	struct config_dial *dials; /* default: none */
	size_t dial_count;
	struct config_terminals terminals;
	struct config_group *groups; /* in the order of the file; default: none */
	size_t group_count;
	struct config_known_terminal *known_terminals; /* by identity; default: none */
	size_t known_terminal_count;
	struct config_limits limits;
	struct config_meter *meters; /* default: none */
	size_t meter_count;
	struct config_exporter *exporters; /* default: none */
	size_t exporter_count;
	struct json_t *written; /* what the files say, merged: for config_compare() */
};

/* One complaint: "readout.json:12: $.terminals.intervall: unknown key; did you mean ..."
 */
struct config_errors {
	char **texts;
	size_t count;
};

/*
 * Reads file and its drop-in directory. true: *ret_config is filled and freed with
 * config_free(). false: ret_errors holds at least one text (none only without memory);
 * free with config_errors_free() (which may be called in both cases).
 */
bool config_load(const char *file, struct config *ret_config,
		 struct config_errors *ret_errors);

/* The same from text, for tests: name stands for the file in messages. No drop-ins. */
bool config_parse(const char *name, const char *text, struct config *ret_config,
		  struct config_errors *ret_errors);

/*
 * What the files say otherwise than before, key by key: change is "added", "removed" or
 * "changed", path "$.limits.connections". A file that a key names is not looked into.
 */
void config_compare(const struct config *before, const struct config *after,
		    void (*on_change)(void *context, const char *path,
				      const char *change),
		    void *context);

void config_free(struct config *config);
void config_errors_free(struct config_errors *errors);

#endif
