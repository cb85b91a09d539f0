/* SPDX-License-Identifier: MIT */
#include "exporters/smartme/smartme_map.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exporters/smartme/smartme_media.h"
#include "exporters/smartme/smartme_rules.h"

enum { ADDRESS_DIGITS = 8, COOLING_TARIFF = 1 };

/* ---- which reading feeds which field ---- */

static bool is_source(const struct smartme_source *source,
		      const struct exporter_reading *reading)
{
	return source->quantity && strcmp(source->quantity, reading->quantity) == 0 &&
	       strcmp(source->modifiers, reading->modifiers) == 0 &&
	       strcmp(source->function, reading->function) == 0 &&
	       source->storage == reading->storage && source->tariff == reading->tariff &&
	       source->subunit == reading->subunit && reading->occurrence == 0;
}

/* What the operator says goes before the rules, and takes the field from them. */
static enum smartme_field field_of(const struct smartme_override *override, int energy,
				   const struct exporter_reading *reading,
				   const char **ret_unit)
{
	for (unsigned int i = 0; override && i < SMARTME_FIELDS; i++) {
		enum smartme_field field = (enum smartme_field)i;
		if (!is_source(&override->fields[i], reading))
			continue;
		*ret_unit = smartme_field_unit(field, energy);
		return field;
	}
	enum smartme_field field = smartme_rule_field(reading, energy, ret_unit);
	return field != SMARTME_FIELDS && override && override->fields[field].quantity
		       ? SMARTME_FIELDS
		       : field;
}

/* The cooling register of a heat and cooling meter is its tariff 1 (EN 1434-3): it is the
 * counter of the second device, and no tariff of the first. */
static enum smartme_field field_of_part(enum smartme_field field, unsigned int part,
					bool has_cooling)
{
	bool is_cooling = field == SMARTME_COUNTER_T1;
	if (!has_cooling)
		return field;
	if (part == 0)
		return is_cooling ? SMARTME_FIELDS : field;
	return is_cooling ? SMARTME_COUNTER : SMARTME_FIELDS;
}

static bool has_value(const struct exporter_reading *reading)
{
	return reading->is_number && reading->value_text[0] != '\0';
}

struct mapping {
	const struct smartme_override *override;
	const struct exporter_telegram *telegram;
	unsigned int part;
	bool has_cooling;
};

static enum smartme_mapped map_fields(const struct mapping *mapping,
				      struct smartme_post *post,
				      char reason[EXPORTER_ERROR_MAX])
{
	const struct exporter_telegram *telegram = mapping->telegram;
	enum smartme_mapped result = SMARTME_NOTHING;
	for (uint32_t i = 0; i < telegram->reading_count; i++) {
		const struct exporter_reading *reading = &telegram->readings[i];
		const char *unit = "";
		enum smartme_field field = field_of_part(
			field_of(mapping->override, post->energy, reading, &unit),
			mapping->part, mapping->has_cooling);
		if (field == SMARTME_FIELDS || !has_value(reading))
			continue;
		if (!smartme_value(reading->value_text, reading->unit, unit,
				   post->values[field])) {
			snprintf(reason, EXPORTER_ERROR_MAX,
				 "bad unit: %.40s of meter %.20s is in \"%.20s\", %s "
				 "wants "
				 "%s",
				 reading->quantity, telegram->meter, reading->unit,
				 smartme_field_name(field), unit);
			return SMARTME_BAD_UNIT;
		}
		result = SMARTME_MAPPED;
	}
	return result;
}

/* ---- the device ---- */

static enum smartme_mapped map_custom(const struct exporter_telegram *telegram)
{
	for (uint32_t i = 0; i < telegram->reading_count; i++)
		if (telegram->readings[i].storage == 0 &&
		    has_value(&telegram->readings[i]))
			return SMARTME_MAPPED;
	return SMARTME_NOTHING;
}

static int64_t serial_of(const char *address)
{
	char digits[ADDRESS_DIGITS + 1] = { 0 };
	memcpy(digits, address, strnlen(address, ADDRESS_DIGITS));
	return strspn(digits, "0123456789") == ADDRESS_DIGITS ? strtoll(digits, NULL, 10)
							      : -1;
}

static void name_device(const struct mapping *mapping, struct smartme_post *post)
{
	const struct exporter_telegram *telegram = mapping->telegram;
	const char *suffix = mapping->part == 0 ? "" : " cooling";
	const char *given = mapping->override && mapping->override->name[0] != '\0'
				    ? mapping->override->name
				    : telegram->meter_name;
	snprintf(post->key, sizeof post->key, "%.40s%s", telegram->meter,
		 mapping->part == 0 ? "" : "/cooling");
	if (given[0] != '\0')
		snprintf(post->name, sizeof post->name, "%.140s%s", given, suffix);
	else
		snprintf(post->name, sizeof post->name, "%.60s %.40s%s", telegram->medium,
			 telegram->meter, suffix);
}

static void override_device(const struct mapping *mapping, struct smartme_post *post)
{
	const struct smartme_override *override = mapping->override;
	if (!override)
		return;
	if (override->energy >= 0)
		post->energy = override->energy;
	if (mapping->part > 0)
		return;
	if (override->sub_type >= 0)
		post->sub_type = override->sub_type;
	snprintf(post->id, sizeof post->id, "%s", override->id);
}

static bool is_wanted(const struct mapping *mapping)
{
	return mapping->telegram->meter[0] != '\0' &&
	       !(mapping->override && mapping->override->is_skipped) &&
	       (mapping->part == 0 || mapping->has_cooling);
}

enum smartme_mapped smartme_map(const struct smartme_overrides *overrides,
				const struct exporter_telegram *telegram,
				unsigned int part, struct smartme_post *ret_post,
				char ret_reason[EXPORTER_ERROR_MAX])
{
	const struct smartme_override *override =
		smartme_override_find(overrides, telegram);
	const struct smartme_medium *medium = smartme_medium_find(telegram->medium);
	struct mapping mapping = { override, telegram, part,
				   medium->cooling_sub_type != 0 };

	if (!is_wanted(&mapping))
		return SMARTME_NOTHING;
	*ret_post = (struct smartme_post){
		/* The second device is found by its name: a serial number must name one.
		 */
		.serial = part == 0 ? serial_of(telegram->meter) : -1,
		.energy = medium->energy,
		.sub_type = part == 0 ? medium->sub_type : medium->cooling_sub_type,
		.date = telegram->read_at,
		.telegram = telegram,
	};
	override_device(&mapping, ret_post);
	name_device(&mapping, ret_post);
	return ret_post->energy == SMARTME_CUSTOM
		       ? map_custom(telegram)
		       : map_fields(&mapping, ret_post, ret_reason);
}
