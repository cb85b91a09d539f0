/* SPDX-License-Identifier: MIT */
/*
 * From a telegram to what smart-me wants to know of a meter at one instant: built-in
 * rules by medium and series, and what the operator says otherwise for single meters. The
 * fields and enumerations are those of DeviceToPost of the service's description. Pure,
 * but for reading the overrides.
 */
#ifndef READOUT_EXPORTERS_SMARTME_MAP_H
#define READOUT_EXPORTERS_SMARTME_MAP_H

#include "exporters/exporter.h"
#include "exporters/smartme/smartme_value.h"

enum smartme_field {
	SMARTME_COUNTER,
	SMARTME_COUNTER_T1,
	SMARTME_COUNTER_T2,
	SMARTME_EXPORT,
	SMARTME_EXPORT_T1,
	SMARTME_EXPORT_T2,
	SMARTME_POWER,
	SMARTME_TEMPERATURE,
	SMARTME_VOLTAGE,
	SMARTME_VOLTAGE_L1,
	SMARTME_VOLTAGE_L2,
	SMARTME_VOLTAGE_L3,
	SMARTME_CURRENT,
	SMARTME_CURRENT_L1,
	SMARTME_CURRENT_L2,
	SMARTME_CURRENT_L3,
	SMARTME_FIELDS,
};

/* MeterEnergyType of the service. */
enum smartme_energy {
	SMARTME_ELECTRICITY = 1,
	SMARTME_WATER = 2,
	SMARTME_GAS = 3,
	SMARTME_HEAT = 4,
	SMARTME_HCA = 5,
	SMARTME_ENERGY_TEMPERATURE = 7,
	SMARTME_CUSTOM = 10, /* no meter to the service: name and value pairs */
	SMARTME_COMPRESSED_AIR = 11,
};

enum {
	SMARTME_KEY_MAX = 64,   /* bytes with NUL */
	SMARTME_NAME_MAX = 160, /* bytes with NUL */
	SMARTME_ID_MAX = 37,    /* a UUID with NUL */
	SMARTME_BODY_MAX = 8192,
	SMARTME_PAIRS_MAX = 32, /* values of a custom device */
};

/* A series of the log that one field is taken from. */
struct smartme_source {
	const char *quantity; /* NULL: not overridden */
	const char *modifiers, *function, *unit;
	uint64_t storage;
	uint32_t tariff, subunit;
};

/* What the operator says of one meter. Texts are owned by the overrides. */
struct smartme_override {
	const char *meter; /* 8 or 16 digits of its address, or its name */
	bool is_skipped;
	const char *id;       /* "" none */
	const char *name;     /* "" built */
	int energy, sub_type; /* -1 by medium */
	struct smartme_source fields[SMARTME_FIELDS];
};

struct smartme_overrides;

/*
 * Reads the option "meters": {"12345678": {"id": "...", "name": "...", "energy_type": 2,
 * "sub_type": 1, "skip": false, "fields": {"CounterReading": {"quantity": "volume",
 * "storage": 0, "tariff": 0, "subunit": 0, "modifiers": "", "function":
 * "instantaneous"}}}}. NULL and a message that names the JSON path when it is wrong.
 */
struct smartme_overrides *smartme_overrides_new(const char *json,
						char error[EXPORTER_ERROR_MAX]);
void smartme_overrides_free(struct smartme_overrides *overrides); /* NULL is fine */

/* What is said of the telegram's meter, or NULL. */
const struct smartme_override *
smartme_override_find(const struct smartme_overrides *overrides,
		      const struct exporter_telegram *telegram);

/* One device of the service at one instant. */
struct smartme_post {
	char key[SMARTME_KEY_MAX]; /* the device here: address, "/cooling" for a second
				      one */
	char name[SMARTME_NAME_MAX];
	char id[SMARTME_ID_MAX]; /* from the override, "" none */
	int64_t serial;          /* -1 none */
	int energy, sub_type;
	int64_t date;                                   /* Unix time in seconds */
	char values[SMARTME_FIELDS][SMARTME_VALUE_MAX]; /* "" not there */
	const struct exporter_telegram *telegram;
};

enum smartme_mapped {
	SMARTME_MAPPED,
	SMARTME_NOTHING,  /* the telegram says nothing that the service wants */
	SMARTME_BAD_UNIT, /* a value is there, but its unit has no rule */
};

/*
 * Device number part of a telegram: 0 the meter, 1 the cooling register of a heat and
 * cooling meter. ret_reason: of BAD_UNIT.
 */
enum smartme_mapped smartme_map(const struct smartme_overrides *overrides,
				const struct exporter_telegram *telegram,
				unsigned int part, struct smartme_post *ret_post,
				char ret_reason[EXPORTER_ERROR_MAX]);
enum { SMARTME_PARTS = 2 };

/* The body of the request; id "": the device is to be made. Size as snprintf's. */
int smartme_post_body(const struct smartme_post *post, const char *id, char *text,
		      size_t size);

/* Writes "2026-11-22T10:15:00Z". */
void smartme_date_text(int64_t date, char ret_text[32]);

#endif
