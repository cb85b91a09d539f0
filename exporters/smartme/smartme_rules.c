/* SPDX-License-Identifier: MIT */
#include "exporters/smartme/smartme_rules.h"

#include <stddef.h>
#include <string.h>

#define BIT(energy) (1u << (energy))

enum {
	THERMAL = BIT(SMARTME_HEAT),
	POWERED = BIT(SMARTME_ELECTRICITY),
	FLOWING = BIT(SMARTME_WATER) | BIT(SMARTME_GAS) | BIT(SMARTME_COMPRESSED_AIR),
	ALLOCATED = BIT(SMARTME_HCA),
	ROOM = BIT(SMARTME_ENERGY_TEMPERATURE),
};

/* Energy that goes from the meter to the grid: VIFE 3C, and the pair of FC 13 and 14. */
#define OUT  "backward"
#define OUT2 "from meter to communication partner"
#define IN   "forward"
#define IN2  "from communication partner to meter"

static const struct {
	unsigned int energies; /* BIT() of those it holds for */
	const char *quantity, *modifiers;
	uint32_t tariff;
	enum smartme_field field;
} rules[] = {
	{ POWERED | THERMAL, "energy", "", 0, SMARTME_COUNTER },
	{ POWERED | THERMAL, "energy", "", 1, SMARTME_COUNTER_T1 },
	{ POWERED | THERMAL, "energy", "", 2, SMARTME_COUNTER_T2 },
	{ POWERED, "energy", IN, 0, SMARTME_COUNTER },
	{ POWERED, "energy", IN, 1, SMARTME_COUNTER_T1 },
	{ POWERED, "energy", IN, 2, SMARTME_COUNTER_T2 },
	{ POWERED, "energy", IN2, 0, SMARTME_COUNTER },
	{ POWERED, "energy", IN2, 1, SMARTME_COUNTER_T1 },
	{ POWERED, "energy", IN2, 2, SMARTME_COUNTER_T2 },
	{ POWERED, "energy", OUT, 0, SMARTME_EXPORT },
	{ POWERED, "energy", OUT, 1, SMARTME_EXPORT_T1 },
	{ POWERED, "energy", OUT, 2, SMARTME_EXPORT_T2 },
	{ POWERED, "energy", OUT2, 0, SMARTME_EXPORT },
	{ POWERED, "energy", OUT2, 1, SMARTME_EXPORT_T1 },
	{ POWERED, "energy", OUT2, 2, SMARTME_EXPORT_T2 },
	{ POWERED | THERMAL, "power", "", 0, SMARTME_POWER },
	{ POWERED, "voltage", "", 0, SMARTME_VOLTAGE },
	{ POWERED, "voltage", "L1", 0, SMARTME_VOLTAGE_L1 },
	{ POWERED, "voltage", "L2", 0, SMARTME_VOLTAGE_L2 },
	{ POWERED, "voltage", "L3", 0, SMARTME_VOLTAGE_L3 },
	{ POWERED, "current", "", 0, SMARTME_CURRENT },
	{ POWERED, "current", "L1", 0, SMARTME_CURRENT_L1 },
	{ POWERED, "current", "L2", 0, SMARTME_CURRENT_L2 },
	{ POWERED, "current", "L3", 0, SMARTME_CURRENT_L3 },
	{ THERMAL, "flow temperature", "", 0, SMARTME_TEMPERATURE },
	{ FLOWING, "volume", "", 0, SMARTME_COUNTER },
	{ FLOWING, "volume", "", 1, SMARTME_COUNTER_T1 },
	{ FLOWING, "volume", "", 2, SMARTME_COUNTER_T2 },
	{ FLOWING, "volume flow", "", 0, SMARTME_POWER },
	{ ALLOCATED, "heat cost allocation", "", 0, SMARTME_COUNTER },
	{ ROOM, "external temperature", "", 0, SMARTME_TEMPERATURE },
	{ ROOM, "temperature", "", 0, SMARTME_TEMPERATURE },
};

static const struct {
	const char *name;
	const char *unit; /* NULL: counter or power of the energy type */
} fields[SMARTME_FIELDS] = {
	[SMARTME_COUNTER] = { "CounterReading", NULL },
	[SMARTME_COUNTER_T1] = { "CounterReadingT1", NULL },
	[SMARTME_COUNTER_T2] = { "CounterReadingT2", NULL },
	[SMARTME_EXPORT] = { "CounterReadingExport", NULL },
	[SMARTME_EXPORT_T1] = { "CounterReadingExportT1", NULL },
	[SMARTME_EXPORT_T2] = { "CounterReadingExportT2", NULL },
	[SMARTME_POWER] = { "ActivePower", NULL },
	[SMARTME_TEMPERATURE] = { "Temperature", "°C" },
	[SMARTME_VOLTAGE] = { "Voltage", "V" },
	[SMARTME_VOLTAGE_L1] = { "VoltageL1", "V" },
	[SMARTME_VOLTAGE_L2] = { "VoltageL2", "V" },
	[SMARTME_VOLTAGE_L3] = { "VoltageL3", "V" },
	[SMARTME_CURRENT] = { "Current", "A" },
	[SMARTME_CURRENT_L1] = { "CurrentL1", "A" },
	[SMARTME_CURRENT_L2] = { "CurrentL2", "A" },
	[SMARTME_CURRENT_L3] = { "CurrentL3", "A" },
};

const char *smartme_field_name(enum smartme_field field)
{
	return fields[field].name;
}

const char *smartme_field_unit(enum smartme_field field, int energy)
{
	bool is_power = field == SMARTME_POWER;
	if (fields[field].unit)
		return fields[field].unit;
	if (energy == SMARTME_HCA)
		return "HCA";
	if (BIT(energy) & FLOWING)
		return is_power ? "m3/h" : "m3";
	return is_power ? "kW" : "kWh";
}

enum smartme_field smartme_rule_field(const struct exporter_reading *reading, int energy,
				      const char **ret_unit)
{
	if (reading->storage != 0 || reading->subunit != 0 || reading->occurrence != 0 ||
	    strcmp(reading->function, "instantaneous") != 0)
		return SMARTME_FIELDS;
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		if (!(rules[i].energies & BIT(energy)) ||
		    rules[i].tariff != reading->tariff ||
		    strcmp(rules[i].quantity, reading->quantity) != 0 ||
		    strcmp(rules[i].modifiers, reading->modifiers) != 0)
			continue;
		*ret_unit = smartme_field_unit(rules[i].field, energy);
		return rules[i].field;
	}
	return SMARTME_FIELDS;
}
