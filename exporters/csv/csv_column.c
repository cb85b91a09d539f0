/* SPDX-License-Identifier: MIT */
#include "exporters/csv/csv_column.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[CSV_FIELDS] = {
	[CSV_ID] = "id",
	[CSV_REVISION] = "revision",
	[CSV_TERMINAL] = "terminal",
	[CSV_TERMINAL_NAME] = "terminal_name",
	[CSV_METER] = "meter",
	[CSV_METER_NAME] = "meter_name",
	[CSV_PLACE] = "place",
	[CSV_MEDIUM] = "medium",
	[CSV_READ_AT] = "read_at",
	[CSV_RECEIVED_AT] = "received_at",
	[CSV_TIME_QUALITY] = "time_quality",
	[CSV_QUANTITY] = "quantity",
	[CSV_MODIFIERS] = "modifiers",
	[CSV_FUNCTION] = "function",
	[CSV_STORAGE] = "storage",
	[CSV_TARIFF] = "tariff",
	[CSV_SUBUNIT] = "subunit",
	[CSV_OCCURRENCE] = "occurrence",
	[CSV_UNIT] = "unit",
	[CSV_VALUE] = "value",
	[CSV_NO_VALUE_REASON] = "no_value_reason",
	[CSV_VALID_AT] = "valid_at",
	[CSV_OBIS] = "obis",
};

/* The order of the view. */
static const enum csv_field all[] = {
	CSV_ID,          CSV_REVISION,        CSV_TERMINAL,   CSV_TERMINAL_NAME,
	CSV_METER,       CSV_METER_NAME,      CSV_PLACE,      CSV_MEDIUM,
	CSV_QUANTITY,    CSV_MODIFIERS,       CSV_FUNCTION,   CSV_STORAGE,
	CSV_TARIFF,      CSV_SUBUNIT,         CSV_OCCURRENCE, CSV_UNIT,
	CSV_VALUE,       CSV_NO_VALUE_REASON, CSV_READ_AT,    CSV_VALID_AT,
	CSV_RECEIVED_AT, CSV_TIME_QUALITY,    CSV_OBIS,
};

static bool complain(char error[EXPORTER_ERROR_MAX], size_t number, const char *what)
{
	snprintf(error, EXPORTER_ERROR_MAX, "columns: number %zu %s", number + 1, what);
	return false;
}

static bool find_field(const char *name, enum csv_field *ret_field)
{
	for (int i = 0; name && i < CSV_FIELDS; i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		*ret_field = (enum csv_field)i;
		return true;
	}
	return false;
}

static bool take_text(const char *from, char ret_text[CSV_TEXT_MAX])
{
	if (!from || strlen(from) >= CSV_TEXT_MAX)
		return false;
	snprintf(ret_text, CSV_TEXT_MAX, "%s", from);
	return true;
}

/* One key of a selector. */
static bool read_key(struct csv_column *column, const char *key, const json_t *value)
{
	struct csv_series *series = &column->series;
	const struct {
		const char *name;
		char *text;
		int64_t *number;
	} keys[] = {
		{ "heading", column->heading, NULL },
		{ "quantity", series->quantity, NULL },
		{ "unit", series->unit, NULL },
		{ "function", series->function, NULL },
		{ "modifiers", series->modifiers, NULL },
		{ "obis", series->obis, NULL },
		{ "storage", NULL, &series->storage },
		{ "tariff", NULL, &series->tariff },
		{ "subunit", NULL, &series->subunit },
		{ "occurrence", NULL, &series->occurrence },
	};
	size_t i = 0;
	while (i < sizeof keys / sizeof keys[0] && strcmp(keys[i].name, key) != 0)
		i++;
	if (i == sizeof keys / sizeof keys[0])
		return false;
	if (keys[i].text) {
		series->has_modifiers |= keys[i].text == series->modifiers;
		return take_text(json_string_value(value), keys[i].text);
	}
	*keys[i].number = json_integer_value(value);
	return json_is_integer(value) && *keys[i].number >= 0;
}

static bool read_series(struct csv_column *column, json_t *json)
{
	const char *key;
	json_t *value;
	column->field = CSV_SERIES;
	column->series = (struct csv_series){
		.storage = -1, .tariff = -1, .subunit = -1, .occurrence = -1
	};
	json_object_foreach(json, key,
			    value) if (!read_key(column, key, value)) return false;
	return column->heading[0] != '\0' &&
	       (column->series.quantity[0] != '\0' || column->series.obis[0] != '\0');
}

static bool read_named(struct csv_column *column, const json_t *json)
{
	const char *name = json_is_string(json)
				   ? json_string_value(json)
				   : json_string_value(json_object_get(json, "column"));
	const json_t *heading = json_object_get(json, "heading");
	return find_field(name, &column->field) &&
	       take_text(heading ? json_string_value(heading) : name, column->heading);
}

static bool read_column(struct csv_columns *columns, size_t i, json_t *json,
			char error[EXPORTER_ERROR_MAX])
{
	struct csv_column *column = &columns->columns[i];
	bool is_named = json_is_string(json) || json_object_get(json, "column");
	if (is_named && !read_named(column, json))
		return complain(error, i, "is no column of the view readings");
	if (is_named && columns->is_wide && column->field >= CSV_OF_TELEGRAM)
		return complain(
			error, i,
			"differs from reading to reading: in the wide layout pick "
			"a series instead, as {\"heading\": ..., \"quantity\": ...}");
	if (!is_named && !columns->is_wide)
		return complain(error, i,
				"picks a series: that needs \"layout\": \"wide\"");
	if (!is_named && !read_series(column, json))
		return complain(error, i,
				"picks no series: heading and quantity (or obis), then "
				"unit, function, modifiers, storage, tariff, subunit, "
				"occurrence where they matter");
	return true;
}

static bool take_all(struct csv_columns *columns, char error[EXPORTER_ERROR_MAX])
{
	if (columns->is_wide) {
		snprintf(error, EXPORTER_ERROR_MAX,
			 "columns: the wide layout needs its columns, as in "
			 "[\"meter\", \"read_at\", {\"heading\": \"m3\", \"quantity\": "
			 "\"volume\"}]");
		return false;
	}
	columns->count = sizeof all / sizeof all[0];
	for (size_t i = 0; i < columns->count; i++) {
		columns->columns[i].field = all[i];
		snprintf(columns->columns[i].heading, CSV_TEXT_MAX, "%s", names[all[i]]);
	}
	return true;
}

bool csv_columns_read(struct csv_columns *columns, bool is_wide, const char *json,
		      char error[EXPORTER_ERROR_MAX])
{
	json_error_t why;
	json_t *list = json_loads(json, 0, &why);
	size_t count = json_array_size(list);
	bool is_good = json_is_array(list) && count <= CSV_COLUMNS_MAX;
	*columns = (struct csv_columns){
		.columns = calloc(CSV_COLUMNS_MAX, sizeof *columns->columns),
		.is_wide = is_wide,
	};
	if (!is_good || !columns->columns)
		snprintf(error, EXPORTER_ERROR_MAX,
			 "columns: a list of at most %d columns", CSV_COLUMNS_MAX);
	is_good = is_good && columns->columns && (count > 0 || take_all(columns, error));
	for (size_t i = 0; is_good && i < count; i++)
		is_good = read_column(columns, columns->count++, json_array_get(list, i),
				      error);
	json_decref(list);
	if (!is_good)
		csv_columns_free(columns);
	return is_good;
}

void csv_columns_free(struct csv_columns *columns)
{
	free(columns->columns);
	*columns = (struct csv_columns){ .columns = NULL };
}

static bool fits_text(const char *wanted, const char *text)
{
	return wanted[0] == '\0' || strcmp(wanted, text) == 0;
}

static bool fits_number(int64_t wanted, uint64_t number)
{
	return wanted < 0 || (uint64_t)wanted == number;
}

static bool fits(const struct csv_series *series, const struct exporter_reading *reading)
{
	return fits_number(series->storage, reading->storage) &&
	       fits_number(series->tariff, reading->tariff) &&
	       fits_number(series->subunit, reading->subunit) &&
	       fits_number(series->occurrence, reading->occurrence) &&
	       fits_text(series->quantity, reading->quantity) &&
	       fits_text(series->unit, reading->unit) &&
	       fits_text(series->function, reading->function) &&
	       fits_text(series->obis, reading->obis) &&
	       (!series->has_modifiers ||
		strcmp(series->modifiers, reading->modifiers) == 0);
}

const struct exporter_reading *csv_series_find(const struct csv_series *series,
					       const struct exporter_telegram *telegram)
{
	for (uint32_t i = 0; i < telegram->reading_count; i++)
		if (fits(series, &telegram->readings[i]))
			return &telegram->readings[i];
	return NULL;
}
