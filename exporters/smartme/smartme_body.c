/* SPDX-License-Identifier: MIT */
/*
 * The JSON of a request, written by hand: numbers keep their exact digits, which a
 * library that keeps doubles would not. PascalCase, as the service answers.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exporters/smartme/smartme_rules.h"

/* Text that counts what it would need, as snprintf does. */
struct writer {
	char *text;
	size_t capacity, size;
};

__attribute__((format(printf, 2, 3))) static void put(struct writer *writer,
						      const char *format, ...)
{
	va_list arguments;
	size_t used = writer->size < writer->capacity ? writer->size : writer->capacity;
	va_start(arguments, format);
	int size = vsnprintf(writer->text + used, writer->capacity - used, format,
			     arguments);
	va_end(arguments);
	writer->size += size > 0 ? (size_t)size : 0;
}

/* A text with its quotes, escaped. */
static void put_text(struct writer *writer, const char *text)
{
	json_t *json = json_string(text);
	char *escaped = json ? json_dumps(json, JSON_ENCODE_ANY) : NULL;
	put(writer, "%s", escaped ? escaped : "\"\"");
	free(escaped);
	json_decref(json);
}

void smartme_date_text(int64_t date, char ret_text[32])
{
	time_t seconds = (time_t)date;
	struct tm utc;
	if (!gmtime_r(&seconds, &utc) ||
	    strftime(ret_text, 32, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
		ret_text[0] = '\0';
}

static void put_head(struct writer *writer, const struct smartme_post *post,
		     const char *id)
{
	put(writer, "{");
	if (id[0] != '\0')
		put(writer, "\"Id\":\"%s\",", id);
	put(writer, "\"Name\":");
	put_text(writer, post->name);
	if (post->serial >= 0)
		put(writer, ",\"Serial\":%" PRId64, post->serial);
}

static void put_date(struct writer *writer, const struct smartme_post *post)
{
	char date[32];
	smartme_date_text(post->date, date);
	put(writer, ",\"ValueDate\":\"%s\"}", date);
}

static void put_fields(struct writer *writer, const struct smartme_post *post)
{
	put(writer, ",\"DeviceEnergyType\":%d,\"MeterSubType\":%d", post->energy,
	    post->sub_type);
	for (unsigned int i = 0; i < SMARTME_FIELDS; i++)
		if (post->values[i][0] != '\0')
			put(writer, ",\"%s\":%s",
			    smartme_field_name((enum smartme_field)i), post->values[i]);
}

/* "energy", or "energy tariff 2 (Wh)" where something must tell it from others. */
static void pair_name(const struct exporter_reading *reading, char *text, size_t size)
{
	struct writer name = { text, size, 0 };
	put(&name, "%s%s%s", reading->quantity, reading->modifiers[0] != '\0' ? ", " : "",
	    reading->modifiers);
	if (strcmp(reading->function, "instantaneous") != 0)
		put(&name, " %s", reading->function);
	if (reading->tariff > 0)
		put(&name, " tariff %" PRIu32, reading->tariff);
	if (reading->subunit > 0)
		put(&name, " subunit %" PRIu32, reading->subunit);
	if (reading->occurrence > 0)
		put(&name, " #%" PRIu32, reading->occurrence + 1);
	if (reading->unit[0] != '\0')
		put(&name, " (%s)", reading->unit);
}

static void put_pairs(struct writer *writer, const struct smartme_post *post)
{
	const struct exporter_telegram *telegram = post->telegram;
	const char *comma = "";
	unsigned int count = 0;

	put(writer, ",\"Values\":[");
	for (uint32_t i = 0; i < telegram->reading_count && count < SMARTME_PAIRS_MAX;
	     i++) {
		const struct exporter_reading *reading = &telegram->readings[i];
		char name[SMARTME_NAME_MAX];
		if (reading->storage != 0 || !reading->is_number ||
		    reading->value_text[0] == '\0')
			continue;
		pair_name(reading, name, sizeof name);
		put(writer, "%s{\"Name\":", comma);
		put_text(writer, name);
		put(writer, ",\"Value\":%s}", reading->value_text);
		comma = ",";
		count++;
	}
	put(writer, "]");
}

int smartme_post_body(const struct smartme_post *post, const char *id, char *text,
		      size_t size)
{
	struct writer writer = { text, size, 0 };
	put_head(&writer, post, id);
	if (post->energy == SMARTME_CUSTOM)
		put_pairs(&writer, post);
	else
		put_fields(&writer, post);
	put_date(&writer, post);
	return (int)writer.size;
}
