/* SPDX-License-Identifier: MIT */
/*
 * The settings of terminals as the server uses them, worked out once from a
 * configuration: one set for the defaults, one for each group and one for each known
 * terminal.
 *
 * A table is never changed. Whoever holds on to a set of it (a session does) holds a
 * reference, so a new configuration can take over while old links go on by the old one.
 * Loop thread only.
 */
#ifndef READOUT_SERVER_TERMINAL_SETTINGS_H
#define READOUT_SERVER_TERMINAL_SETTINGS_H

#include "config/config.h"
#include "server/smartcom/smartcom.h"

struct terminal_settings {
	struct smartcom_settings driver;
	struct config_collecting collecting;
	bool is_known; /* the operator has named it */
	bool is_forbidden;
	bool needs_tls;
	bool needs_registration;
};

struct settings_table;

/* Copies what it needs of config. NULL when out of memory. One reference is held. */
struct settings_table *settings_table_new(const struct config *config);
struct settings_table *settings_table_hold(struct settings_table *table);
void settings_table_release(struct settings_table *table); /* NULL is fine */

/* Those that hold before it is known who it is. */
const struct terminal_settings *
settings_table_defaults(const struct settings_table *table);

/* Those of the terminal called identity. */
const struct terminal_settings *settings_table_find(const struct settings_table *table,
						    const char *identity);

/*
 * The terminal for which line is the registration text; NULL none. Every text is compared
 * whatever came before, each in a time that depends on the line's size alone.
 */
const char *settings_table_registered(const struct settings_table *table,
				      struct span line);

/* How long the quiet hours still last at this minute of the local day; 0: none now. */
uint32_t quiet_minutes_left(const struct config_hours *hours, uint32_t minute_of_day);

#endif
