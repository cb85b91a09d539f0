/* SPDX-License-Identifier: MIT */
#include "config/units.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct unit {
	const char *name;
	uint64_t factor;
};

/* Largest first, so that formatting takes the first that is exact. */
static const struct unit DURATION_UNITS[] = {
	{ "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 },
};
static const struct unit SIZE_UNITS[] = {
	{ "GiB", 1 << 30 },
	{ "MiB", 1 << 20 },
	{ "KiB", 1 << 10 },
	{ "", 1 },
};
enum { DURATION_UNIT_COUNT = sizeof(DURATION_UNITS) / sizeof(DURATION_UNITS[0]) };
enum { SIZE_UNIT_COUNT = sizeof(SIZE_UNITS) / sizeof(SIZE_UNITS[0]) };

static bool append_digit(uint64_t *number, char digit)
{
	unsigned value = (unsigned)(digit - '0');
	if (*number > (UINT64_MAX - value) / 10)
		return false;
	*number = *number * 10 + value;
	return true;
}

static const struct unit *find_unit(const struct unit *units, size_t count,
				    const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(units[i].name, name) == 0)
			return &units[i];
	return NULL;
}

static enum units_result parse(const char *text, const struct unit *units, size_t count,
			       uint64_t *ret_value)
{
	size_t digits = strspn(text, "0123456789");
	const struct unit *unit = find_unit(units, count, text + digits);
	if (digits == 0 || !unit)
		return UNITS_MALFORMED;
	uint64_t number = 0;
	for (size_t i = 0; i < digits; i++)
		if (!append_digit(&number, text[i]))
			return UNITS_TOO_LARGE;
	if (number > UINT64_MAX / unit->factor)
		return UNITS_TOO_LARGE;
	*ret_value = number * unit->factor;
	return UNITS_OK;
}

static void format(uint64_t value, const struct unit *units, size_t count,
		   char ret_text[UNITS_TEXT_MAX])
{
	size_t i = 0;
	while (i + 1 < count && (value == 0 || value % units[i].factor != 0))
		i++;
	snprintf(ret_text, UNITS_TEXT_MAX, "%" PRIu64 "%s", value / units[i].factor,
		 units[i].name);
}

enum units_result duration_parse(const char *text, uint64_t *ret_ms)
{
	return parse(text, DURATION_UNITS, DURATION_UNIT_COUNT, ret_ms);
}

enum units_result size_parse(const char *text, uint64_t *ret_bytes)
{
	return parse(text, SIZE_UNITS, SIZE_UNIT_COUNT, ret_bytes);
}

void duration_format(uint64_t duration_ms, char ret_text[UNITS_TEXT_MAX])
{
	format(duration_ms, DURATION_UNITS, DURATION_UNIT_COUNT, ret_text);
}

void size_format(uint64_t size_bytes, char ret_text[UNITS_TEXT_MAX])
{
	format(size_bytes, SIZE_UNITS, SIZE_UNIT_COUNT, ret_text);
}
