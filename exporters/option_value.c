/* SPDX-License-Identifier: MIT */
#include "exporters/option_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct unit {
	const char *suffix;
	uint64_t factor;
};

static const struct unit durations[] = {
	/* in milliseconds */
	{ "ms", 1 },      { "s", 1000 },     { "m", 60000 },
	{ "h", 3600000 }, { "d", 86400000 }, { NULL, 0 },
};

static const struct unit sizes[] = {
	/* in bytes */
	{ "", 1 },
	{ "B", 1 },
	{ "KiB", UINT64_C(1) << 10 },
	{ "MiB", UINT64_C(1) << 20 },
	{ "GiB", UINT64_C(1) << 30 },
	{ NULL, 0 },
};

/* Reads digits; *text moves behind them. false: there are none, or they pass limit. */
static bool read_digits(const char **text, uint64_t limit, uint64_t *ret_number)
{
	const char *at = *text;
	uint64_t number = 0;
	for (; *at >= '0' && *at <= '9'; at++) {
		unsigned digit = (unsigned)(*at - '0');
		if (number > (limit - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	if (at == *text)
		return false;
	*text = at;
	*ret_number = number;
	return true;
}

/* A whole number and one unit of the table; the product fits int64_t. */
static char *scaled_new(const char *text, const struct unit *units)
{
	uint64_t number;
	if (!read_digits(&text, INT64_MAX, &number))
		return NULL;
	while (units->suffix && strcmp(units->suffix, text) != 0)
		units++;
	if (!units->suffix || number > INT64_MAX / units->factor)
		return NULL;
	char normal[24];
	snprintf(normal, sizeof normal, "%" PRIu64, number * units->factor);
	return strdup(normal);
}

static bool is_integer(const char *text)
{
	bool is_negative = *text == '-';
	uint64_t limit = is_negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX;
	uint64_t number;
	text += is_negative;
	return read_digits(&text, limit, &number) && *text == '\0';
}

static char *text_new(const char *text)
{
	return strdup(text);
}

static char *integer_new(const char *text)
{
	return is_integer(text) ? strdup(text) : NULL;
}

static char *boolean_new(const char *text)
{
	bool is_known = strcmp(text, "true") == 0 || strcmp(text, "false") == 0;
	return is_known ? strdup(text) : NULL;
}

static char *duration_new(const char *text)
{
	return scaled_new(text, durations);
}

static char *size_new(const char *text)
{
	return scaled_new(text, sizes);
}

/* The plugin's maker knows what stands in it; here it only must be a structure. */
static char *json_new(const char *text)
{
	return *text == '{' || *text == '[' ? strdup(text) : NULL;
}

static const struct {
	char *(*normal_new)(const char *text);
	const char *expected;
} types[] = {
	[EXPORTER_TEXT] = { text_new, "a text" },
	[EXPORTER_INTEGER] = { integer_new, "a whole number of at most 64 bits" },
	[EXPORTER_BOOLEAN] = { boolean_new, "true or false" },
	[EXPORTER_DURATION] = { duration_new,
				"a duration such as \"500ms\", \"60s\", \"15m\", \"1h\" "
				"or \"7d\"" },
	[EXPORTER_SIZE] = { size_new,
			    "a size such as \"512B\", \"64KiB\", \"64MiB\" or \"1GiB\"" },
	[EXPORTER_JSON] = { json_new, "an object or a list" },
};

char *option_value_new(enum exporter_option_type type, const char *text,
		       const char **ret_expected)
{
	if ((size_t)type >= sizeof types / sizeof types[0]) {
		*ret_expected = "of a type that this readout does not know";
		return NULL;
	}
	char *value = types[type].normal_new(text);
	if (!value)
		*ret_expected = types[type].expected;
	return value;
}
