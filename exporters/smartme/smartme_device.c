/* SPDX-License-Identifier: MIT */
#include "exporters/smartme/smartme_device.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { BUCKETS = 4096, FAMILY_REST = 1001 };

struct smartme_devices {
	struct smartme_device *buckets[BUCKETS];
	uint32_t count;
};

/* The list, and its entries by what they are found by. */
struct smartme_list {
	json_t *json;
	json_t *by_id, *by_serial, *by_name;
};

/* ---- the table ---- */

struct smartme_devices *smartme_devices_new(void)
{
	return calloc(1, sizeof(struct smartme_devices));
}

void smartme_devices_free(struct smartme_devices *devices)
{
	for (size_t i = 0; devices && i < BUCKETS; i++)
		for (struct smartme_device *d = devices->buckets[i], *next; d; d = next) {
			next = d->next;
			free(d);
		}
	free(devices);
}

/* FNV-1a */
static uint32_t hash(const char *key)
{
	uint32_t value = 2166136261u;
	for (; *key != '\0'; key++)
		value = (value ^ (uint8_t)*key) * 16777619u;
	return value % BUCKETS;
}

struct smartme_device *smartme_devices_get(struct smartme_devices *devices,
					   const struct exporter_host *host,
					   const char *key)
{
	struct smartme_device **bucket = &devices->buckets[hash(key)];
	for (struct smartme_device *device = *bucket; device; device = device->next)
		if (strcmp(device->key, key) == 0)
			return device;
	struct smartme_device *made =
		devices->count < SMARTME_DEVICES_MAX ? calloc(1, sizeof *made) : NULL;
	if (!made)
		return NULL;
	snprintf(made->key, sizeof made->key, "%s", key);
	made->last_date = INT64_MIN;
	if (!host->recall(host, key, made->id, sizeof made->id))
		made->id[0] = '\0';
	made->next = *bucket;
	*bucket = made;
	devices->count++;
	return made;
}

/* ---- the service's JSON ---- */

/* Names of members are compared without case: the service has printed them in both. */
static const json_t *member(const json_t *object, const char *name)
{
	const char *key;
	json_t *value;
	/* jansson iterates over non-const objects only, and changes nothing here */
	json_object_foreach((json_t *)(uintptr_t)object, key, value)
	{
		if (strcasecmp(key, name) == 0)
			return value;
	}
	return NULL;
}

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(member(object, name));
	return text ? text : "";
}

/* "2026-07-25T13:06:32.0500519Z"; INT64_MIN when it is none. */
static int64_t date_of(const json_t *object)
{
	struct tm utc = { 0 };
	if (!strptime(text_of(object, "ValueDate"), "%Y-%m-%dT%H:%M:%S", &utc))
		return INT64_MIN;
	return (int64_t)timegm(&utc);
}

bool smartme_reply_id(const char *text, char ret_id[SMARTME_ID_MAX])
{
	json_t *json = json_loads(text, 0, NULL);
	const char *id = json_is_object(json) ? text_of(json, "Id") : "";
	bool is_id = id[0] != '\0' && strlen(id) < SMARTME_ID_MAX &&
		     strspn(id, "0123456789abcdefABCDEF-") == strlen(id);
	if (is_id)
		snprintf(ret_id, SMARTME_ID_MAX, "%s", id);
	json_decref(json);
	return is_id;
}

static void serial_key(char key[64], int64_t serial, int64_t energy)
{
	snprintf(key, 64, "%lld/%lld", (long long)serial, (long long)energy);
}

static void id_key(char key[SMARTME_ID_MAX], const char *id)
{
	size_t i = 0;
	for (; id[i] != '\0' && i < SMARTME_ID_MAX - 1; i++)
		key[i] = (char)tolower((unsigned char)id[i]);
	key[i] = '\0';
}

/* Custom devices have no family and no energy type. */
static void index_entry(const struct smartme_list *list, json_t *entry)
{
	const json_t *serial = member(entry, "Serial");
	const json_t *family = member(entry, "FamilyType");
	char key[64];
	id_key(key, text_of(entry, "Id"));
	json_object_set(list->by_id, key, entry);
	if (family && json_integer_value(family) != FAMILY_REST)
		return;
	json_object_set(list->by_name, text_of(entry, "Name"), entry);
	if (!json_is_integer(serial))
		return;
	serial_key(key, json_integer_value(serial),
		   family ? json_integer_value(member(entry, "DeviceEnergyType"))
			  : SMARTME_CUSTOM);
	json_object_set(list->by_serial, key, entry);
}

struct smartme_list *smartme_list_parse(const char *text)
{
	struct smartme_list *list = calloc(1, sizeof *list);
	size_t i;
	json_t *entry;
	if (!list)
		return NULL;
	list->json = json_loads(text, 0, NULL);
	list->by_id = json_object();
	list->by_serial = json_object();
	list->by_name = json_object();
	if (!json_is_array(list->json)) {
		smartme_list_free(list);
		return NULL;
	}
	json_array_foreach(list->json, i, entry) index_entry(list, entry);
	return list;
}

void smartme_list_free(struct smartme_list *list)
{
	if (!list)
		return;
	json_decref(list->by_id);
	json_decref(list->by_serial);
	json_decref(list->by_name);
	json_decref(list->json);
	free(list);
}

static const json_t *find_entry(const struct smartme_list *list,
				const struct smartme_post *post, const char *id)
{
	char key[64];
	const json_t *entry;
	if (id[0] != '\0') {
		id_key(key, id);
		return json_object_get(list->by_id, key);
	}
	serial_key(key, post->serial, post->energy);
	entry = post->serial >= 0 ? json_object_get(list->by_serial, key) : NULL;
	return entry ? entry : json_object_get(list->by_name, post->name);
}

bool smartme_list_find(const struct smartme_list *list, const struct smartme_post *post,
		       struct smartme_device *device)
{
	const json_t *found = find_entry(list, post, device->id);
	const char *id = found ? text_of(found, "Id") : "";
	if (id[0] == '\0' || strlen(id) >= SMARTME_ID_MAX)
		return false;
	snprintf(device->id, sizeof device->id, "%s", id);
	device->is_known = true;
	device->last_date = date_of(found);
	return true;
}
