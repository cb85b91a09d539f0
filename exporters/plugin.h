/* SPDX-License-Identifier: MIT */
/*
 * Loads an exporter plugin by name from a directory, checks its version, and matches what
 * the configuration says against its option table. Starts nothing, so check-config uses
 * it as well. Any thread.
 */
#ifndef READOUT_EXPORTERS_PLUGIN_H
#define READOUT_EXPORTERS_PLUGIN_H

#include "exporters/exporter.h"

/* One key of the configuration, with the place where it stands. */
struct exporter_setting {
	const char *name;
	const char *text;  /* the value: text, digits, "true" or "false" */
	const char *where; /* "readout.json:12: $.exporters.csv.options.directory" */
};

struct exporter_module; /* a loaded module */

/*
 * Opens DIRECTORY/NAME.so. NULL and a message in error when name is not made of a-z, 0-9,
 * "_" and "-", the module is missing, incomplete, or of another version. Code of the
 * module may run while it is opened.
 */
struct exporter_module *exporter_module_open(const char *directory, const char *name,
					     char error[EXPORTER_ERROR_MAX]);
/* NULL is fine. The plugin's struct and code are gone afterwards. */
void exporter_module_close(struct exporter_module *module);
const struct exporter_plugin *
exporter_module_plugin(const struct exporter_module *module);

/*
 * The values for create(), in the order of the option table and with a NULL at the end:
 * settings checked by type, durations and sizes normalised, fallbacks filled in. NULL and
 * a message in error (with the setting's place, and a suggestion for a misspelt name)
 * when one is wrong.
 */
char **exporter_values_new(const struct exporter_plugin *plugin,
			   const struct exporter_setting *settings, size_t count,
			   char error[EXPORTER_ERROR_MAX]);
void exporter_values_free(char **values); /* NULL is fine */

#endif
