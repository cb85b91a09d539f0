/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporters/smartme/smartme_rules.h"

struct smartme_overrides {
	json_t *json; /* owns the texts */
	struct smartme_override *list;
	size_t count;
};

static bool is_text(const json_t *json)
{
	return json_is_string(json);
}

static bool is_number(const json_t *json)
{
	return json_is_integer(json) && json_integer_value(json) >= 0;
}

static bool is_boolean(const json_t *json)
{
	return json_is_boolean(json);
}

static bool is_object(const json_t *json)
{
	return json_is_object(json);
}

static const struct {
	const char *name;
	bool (*is_right)(const json_t *json);
	const char *expected;
} keys[] = {
	{ "id", is_text, "must be a text" },
	{ "name", is_text, "must be a text" },
	{ "skip", is_boolean, "must be true or false" },
	{ "energy_type", is_number, "must be a number from 0" },
	{ "sub_type", is_number, "must be a number from 0" },
	{ "fields", is_object, "must be an object" },
};

static bool complain(char error[EXPORTER_ERROR_MAX], const char *meter, const char *key,
		     const char *what)
{
	snprintf(error, EXPORTER_ERROR_MAX, "meters.%.40s.%.60s: %s", meter, key, what);
	return false;
}

static bool check_keys(const char *meter, json_t *json, char error[EXPORTER_ERROR_MAX])
{
	const char *name;
	json_t *value;
	if (!json_is_object(json))
		return complain(error, meter, "", "must be an object");
	json_object_foreach(json, name, value)
	{
		size_t i = 0;
		while (i < sizeof keys / sizeof keys[0] &&
		       strcmp(keys[i].name, name) != 0)
			i++;
		if (i == sizeof keys / sizeof keys[0])
			return complain(error, meter, name,
					"unknown; known are id, name, skip, energy_type, "
					"sub_type and fields");
		if (!keys[i].is_right(value))
			return complain(error, meter, name, keys[i].expected);
	}
	return true;
}

static const char *text_of(const json_t *json, const char *key, const char *fallback)
{
	const char *text = json_string_value(json_object_get(json, key));
	return text ? text : fallback;
}

static int number_of(const json_t *json, const char *key, int fallback)
{
	const json_t *value = json_object_get(json, key);
	return value ? (int)json_integer_value(value) : fallback;
}

static enum smartme_field field_find(const char *name)
{
	unsigned int field = 0;
	while (field < SMARTME_FIELDS &&
	       strcmp(smartme_field_name((enum smartme_field)field), name) != 0)
		field++;
	return (enum smartme_field)field;
}

static bool read_fields(const char *meter, json_t *json,
			struct smartme_override *override, char error[EXPORTER_ERROR_MAX])
{
	const char *name;
	json_t *value;
	json_object_foreach(json, name, value)
	{
		enum smartme_field field = field_find(name);
		const char *quantity = text_of(value, "quantity", NULL);
		if (field == SMARTME_FIELDS)
			return complain(
				error, meter, name,
				"no field of the service, such as CounterReading");
		if (!quantity)
			return complain(error, meter, name,
					"must be an object with a \"quantity\"");
		override->fields[field] = (struct smartme_source){
			.quantity = quantity,
			.modifiers = text_of(value, "modifiers", ""),
			.function = text_of(value, "function", "instantaneous"),
			.storage = (uint64_t)number_of(value, "storage", 0),
			.tariff = (uint32_t)number_of(value, "tariff", 0),
			.subunit = (uint32_t)number_of(value, "subunit", 0),
		};
	}
	return true;
}

static bool read_override(const char *meter, json_t *json,
			  struct smartme_override *override,
			  char error[EXPORTER_ERROR_MAX])
{
	if (!check_keys(meter, json, error))
		return false;
	*override = (struct smartme_override){
		.meter = meter,
		.is_skipped = json_is_true(json_object_get(json, "skip")),
		.id = text_of(json, "id", ""),
		.name = text_of(json, "name", ""),
		.energy = number_of(json, "energy_type", -1),
		.sub_type = number_of(json, "sub_type", -1),
	};
	if (strlen(override->id) >= SMARTME_ID_MAX)
		return complain(error, meter, "id", "is no UUID");
	if (override->energy >= 32)
		return complain(error, meter, "energy_type", "is none of the service's");
	return read_fields(meter, json_object_get(json, "fields"), override, error);
}

struct smartme_overrides *smartme_overrides_new(const char *text,
						char error[EXPORTER_ERROR_MAX])
{
	struct smartme_overrides *overrides = calloc(1, sizeof *overrides);
	json_error_t where;
	const char *meter;
	json_t *json;

	snprintf(error, EXPORTER_ERROR_MAX, "out of memory");
	if (!overrides)
		return NULL;
	overrides->json = json_loads(text, 0, &where);
	if (!json_is_object(overrides->json)) {
		snprintf(error, EXPORTER_ERROR_MAX, "meters: must be an object: %.100s",
			 where.text);
		goto out;
	}
	overrides->list =
		calloc(json_object_size(overrides->json) + 1, sizeof *overrides->list);
	if (!overrides->list)
		goto out;
	json_object_foreach(overrides->json, meter,
			    json) if (!read_override(meter, json,
						     &overrides->list[overrides->count++],
						     error)) goto out;
	return overrides;
out:
	smartme_overrides_free(overrides);
	return NULL;
}

void smartme_overrides_free(struct smartme_overrides *overrides)
{
	if (!overrides)
		return;
	json_decref(overrides->json);
	free(overrides->list);
	free(overrides);
}

enum { IDENTIFICATION_DIGITS = 8 };

const struct smartme_override *
smartme_override_find(const struct smartme_overrides *overrides,
		      const struct exporter_telegram *telegram)
{
	for (size_t i = 0; i < overrides->count; i++) {
		const char *meter = overrides->list[i].meter;
		if (strcmp(meter, telegram->meter) == 0 ||
		    (telegram->meter_name[0] != '\0' &&
		     strcmp(meter, telegram->meter_name) == 0) ||
		    (strlen(meter) == IDENTIFICATION_DIGITS &&
		     strncmp(meter, telegram->meter, IDENTIFICATION_DIGITS) == 0))
			return &overrides->list[i];
	}
	return NULL;
}
