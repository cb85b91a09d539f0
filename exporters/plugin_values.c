/* SPDX-License-Identifier: MIT */
/* The settings of the configuration, matched with a plugin's option table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporters/option_value.h"
#include "exporters/plugin.h"

enum {
	COMPARED_MAX = 32, /* longer names are not compared */
	SUGGESTED_MAX = 3, /* edits between a misspelt name and its suggestion */
};

static size_t least(size_t a, size_t b, size_t c)
{
	size_t smaller = a < b ? a : b;
	return smaller < c ? smaller : c;
}

/* Levenshtein's distance, one row at a time. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t row[COMPARED_MAX + 1];
	size_t a_size = strlen(a);
	size_t b_size = strlen(b);
	if (a_size > COMPARED_MAX || b_size > COMPARED_MAX)
		return COMPARED_MAX;
	for (size_t j = 0; j <= b_size; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_size; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b_size; j++) {
			size_t above = row[j];
			row[j] = least(above + 1, row[j - 1] + 1,
				       diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[b_size];
}

static const char *nearest_name(const struct exporter_option *options, const char *name)
{
	const char *nearest = NULL;
	size_t distance = SUGGESTED_MAX + 1;
	for (; options->name; options++) {
		size_t found = edit_distance(options->name, name);
		if (found < distance) {
			distance = found;
			nearest = options->name;
		}
	}
	return nearest;
}

static bool all_known(const struct exporter_plugin *plugin,
		      const struct exporter_setting *settings, size_t count,
		      char error[EXPORTER_ERROR_MAX])
{
	for (size_t i = 0; i < count; i++) {
		const struct exporter_option *option = plugin->options;
		while (option->name && strcmp(option->name, settings[i].name) != 0)
			option++;
		if (option->name)
			continue;
		const char *nearest = nearest_name(plugin->options, settings[i].name);
		snprintf(error, EXPORTER_ERROR_MAX,
			 "%s: the plugin \"%s\" has no option \"%s\"%s%s%s",
			 settings[i].where, plugin->name, settings[i].name,
			 nearest ? "; did you mean \"" : "", nearest ? nearest : "",
			 nearest ? "\"?" : "");
		return false;
	}
	return true;
}

static const struct exporter_setting *
find_setting(const struct exporter_setting *settings, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(settings[i].name, name) == 0)
			return &settings[i];
	return NULL;
}

static char *value_new(const struct exporter_plugin *plugin,
		       const struct exporter_option *option,
		       const struct exporter_setting *setting,
		       char error[EXPORTER_ERROR_MAX])
{
	const char *text = setting ? setting->text : option->fallback;
	if (!text) {
		snprintf(error, EXPORTER_ERROR_MAX,
			 "the plugin \"%s\" needs the option \"%s\" (%s)", plugin->name,
			 option->name, option->help);
		return NULL;
	}
	const char *expected = "";
	char *value = option_value_new(option->type, text, &expected);
	if (!value)
		snprintf(error, EXPORTER_ERROR_MAX, "%s: \"%.40s\" is not %s",
			 setting ? setting->where : option->name, text, expected);
	return value;
}

char **exporter_values_new(const struct exporter_plugin *plugin,
			   const struct exporter_setting *settings, size_t count,
			   char error[EXPORTER_ERROR_MAX])
{
	size_t option_count = 0;
	while (plugin->options[option_count].name)
		option_count++;
	if (!all_known(plugin, settings, count, error))
		return NULL;
	char **values = calloc(option_count + 1, sizeof *values);
	if (!values) {
		snprintf(error, EXPORTER_ERROR_MAX, "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < option_count; i++) {
		const struct exporter_option *option = &plugin->options[i];
		values[i] = value_new(plugin, option,
				      find_setting(settings, count, option->name), error);
		if (!values[i]) {
			exporter_values_free(values);
			return NULL;
		}
	}
	return values;
}

void exporter_values_free(char **values)
{
	for (size_t i = 0; values && values[i]; i++)
		free(values[i]);
	free(values);
}
