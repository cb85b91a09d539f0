/* SPDX-License-Identifier: MIT */
#include "server/commands/decode/decode_xml_unit.h"

#include <stdio.h>

/* What libmbus calls a quantity: in the unit of an unscaled value, and normalised. */
static const struct {
	const char *quantity;
	const char *unscaled;
	const char *normalized;
} quantities[] = {
	{ "energy", "Energy", "Energy" },
	{ "volume", "Volume", "Volume" },
	{ "mass", "Mass", "Mass" },
	{ "on time", "On time", "On time" },
	{ "operating time", "Operating time", "Operating time" },
	{ "power", "Power", "Power" },
	{ "volume flow", "Volume flow", "Volume flow" },
	{ "mass flow", "Mass flow", "Mass flow" },
	{ "flow temperature", "Flow temperature", "Flow temperature" },
	{ "return temperature", "Return temperature", "Return temperature" },
	{ "temperature difference", "Temperature Difference", "Temperature difference" },
	{ "external temperature", "External temperature", "External temperature" },
	{ "pressure", "Pressure", "Pressure" },
	{ "date", "Time Point (date)", "Time point (date)" },
	{ "date time", "Time Point (time & date)", "Time point (date & time)" },
	{ "heat cost allocation", "Units for H.C.A.", "H.C.A." },
	{ "averaging duration", "Averaging Duration", "Averaging Duration" },
	{ "actuality duration", "Actuality Duration", "Actuality Duration" },
	{ "fabrication number", "Fabrication number", "Fabrication No" },
	{ "identification", "(Enhanced) Identification", "(Enhanced) Identification" },
	{ "bus address", "Bus Address", "Bus Address" },
	{ "manufacturer specific", "Manufacturer specific", "Manufacturer specific" },
	{ "credit", "Credit", "Credit" },
	{ "debit", "Debit", "Debit" },
	{ "access number", "Access Number (transmission count)",
	  "Access Number (transmission count)" },
	{ "medium", "Medium (as in fixed header)", "Medium (as in fixed header)" },
	{ "manufacturer", "Manufacturer (as in fixed header)",
	  "Manufacturer (as in fixed header)" },
	{ "parameter set identification", "Parameter set identification",
	  "Parameter set identification" },
	{ "model version", "Model / Version", "Model / Version" },
	{ "hardware version", "Hardware version", "Hardware version" },
	{ "firmware version", "Firmware version", "Firmware version" },
	{ "software version", "Software version", "Software version" },
	{ "customer location", "Customer location", "Customer location" },
	{ "customer", "Customer", "Customer" },
	{ "access code user", "Access Code User", "Access Code User" },
	{ "access code operator", "Access Code Operator", "Access Code Operator" },
	{ "access code system operator", "Access Code System Operator",
	  "Access Code System Operator" },
	{ "access code developer", "Access Code Developer", "Access Code Developer" },
	{ "password", "Password", "Password" },
	{ "error flags", "Error flags", "Error flags" },
	{ "error mask", "Error mask", "Error mask" },
	{ "digital output", "Digital Output", "Digital Output" },
	{ "digital input", "Digital Input", "Digital Input" },
	{ "baud rate", "Baudrate", "Baudrate" },
	{ "response delay time", "Response delay time", "Response delay time" },
	{ "retry", "Retry", "Retry" },
	{ "first storage number", "First storage # for cyclic storage",
	  "First storage # for cyclic storage" },
	{ "last storage number", "Last storage # for cyclic storage",
	  "Last storage # for cyclic storage" },
	{ "size of storage block", "Size of storage block", "Size of storage block" },
	{ "storage interval", "Storage interval", "Storage interval" },
	{ "duration since last readout", "Duration since last readout",
	  "Duration since last readout" },
	{ "start of tariff", "Start (date/time) of tariff",
	  "Start (date/time) of tariff" },
	{ "duration of tariff", "Duration of tariff", "Duration of tariff" },
	{ "period of tariff", "Period of tariff", "Period of tariff" },
	{ "dimensionless", "dimensionless / no VIF", "Dimensionless" },
	{ "voltage", "Voltage", "Voltage" },
	{ "current", "Current", "Current" },
	{ "reset counter", "Reset counter", "Reset counter" },
	{ "cumulation counter", "Cumulation counter", "Cumulation counter" },
	{ "control signal", "Control signal", "Control signal" },
	{ "day of week", "Day of week", "Day of week" },
	{ "week number", "Week number", "Week number" },
	{ "time point of day change", "Time point of day change",
	  "Time point of day change" },
	{ "state of parameter activation", "State of parameter activation",
	  "State of parameter activation" },
	{ "special supplier information", "Special supplier information",
	  "Special supplier information" },
	{ "duration since last cumulation", "Duration since last cumulation",
	  "Duration since last cumulation" },
	{ "operating time battery", "Operating time battery", "Operating time battery" },
	{ "date of battery change", "Date and time of battery change",
	  "Date and time of battery change" },
};

/* libmbus' prefixes; other powers of ten are written "1e-2 ". */
static const struct {
	int exponent;
	const char *text;
} prefixes[] = {
	{ -6, "my" }, { -3, "m" },   { 0, "" },      { 1, "10 " }, { 2, "100 " },
	{ 3, "k" },   { 4, "10 k" }, { 5, "100 k" }, { 6, "M" },   { 9, "G" },
};

/* Units as libmbus writes them: behind an unscaled value's prefix, and normalised. */
static const struct {
	const char *unit;
	const char *unscaled;
	const char *normalized;
} units[] = {
	{ "m3", " m^3", "m^3" },
	{ "m3/h", " m^3/h", "m^3/h" },
	{ "m3/min", " m^3/min", "m^3/min" },
	{ "m3/s", " m^3/s", "m^3/s" },
	{ "kg/h", " kg/h", "kg/h" },
	{ "°C", " deg C", "°C" },
	{ "K", " deg C", "K" },
	{ "bar", " bar", "bar" },
	{ "V", " V", "V" },
	{ "A", " A", "A" },
	{ "HCA", "", "Units for H.C.A." },
	{ "month", "", "months" },
	{ "year", "", "years" },
};

static const struct {
	int32_t factor;
	const char *text;
} durations[] = {
	{ 1, "seconds" },
	{ 60, "minutes" },
	{ 3600, "hours" },
	{ 86400, "days" },
};

static size_t quantity_find(const struct reading_register *reg)
{
	size_t i = 0;

	while (i < sizeof quantities / sizeof *quantities &&
	       strcmp(quantities[i].quantity, reg->quantity) != 0)
		i++;
	return i;
}

/* libmbus parts prefix and unit by a blank or not, as the quantity will have it. */
static const char *unscaled_unit(const struct reading_register *reg)
{
	bool is_close = strcmp(reg->quantity, "flow temperature") == 0 ||
			strcmp(reg->quantity, "return temperature") == 0;

	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(units[i].unit, reg->unit) == 0)
			return units[i].unscaled +
			       (is_close && units[i].unscaled[0] == ' ');
	return reg->unit;
}

static void write_prefix(int exponent, char ret_text[16])
{
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		if (prefixes[i].exponent == exponent) {
			(void)snprintf(ret_text, 16, "%s", prefixes[i].text);
			return;
		}
	}
	(void)snprintf(ret_text, 16, "1e%d ", exponent);
}

static const char *duration_text(int32_t factor)
{
	for (size_t i = 0; i < sizeof durations / sizeof *durations; i++)
		if (durations[i].factor == factor)
			return durations[i].text;
	return "seconds";
}

static bool is_date(const struct reading_register *reg)
{
	return reg->type == READING_TYPE_DATE || reg->type == READING_TYPE_TIME ||
	       reg->type == READING_TYPE_DATE_TIME ||
	       reg->type == READING_TYPE_DATE_TIME_SECONDS ||
	       strcmp(reg->quantity, "date") == 0 ||
	       strcmp(reg->quantity, "date time") == 0;
}

/* Units that libmbus writes without their quantity. */
static bool is_unit_alone(const struct reading_register *reg)
{
	return strcmp(reg->quantity, "voltage") == 0 ||
	       strcmp(reg->quantity, "current") == 0 ||
	       strcmp(reg->quantity, "plain text unit") == 0;
}

void decode_xml_unit(const struct reading_register *reg,
		     char ret_text[DECODE_XML_UNIT_MAX])
{
	const char *quantity = decode_xml_quantity(reg);
	size_t row = quantity_find(reg);
	char prefix[16];

	if (row < sizeof quantities / sizeof *quantities)
		quantity = quantities[row].unscaled;
	if (quantity[0] == '\0')
		quantity = "Reserved";
	write_prefix(reg->exponent, prefix);
	if (strcmp(reg->unit, "HCA") == 0 || is_date(reg) ||
	    (reg->unit[0] == '\0' && reg->exponent == 0))
		(void)snprintf(ret_text, DECODE_XML_UNIT_MAX, "%s", quantity);
	else if (strcmp(reg->unit, "s") == 0 && reg->exponent == 0)
		(void)snprintf(ret_text, DECODE_XML_UNIT_MAX, "%s (%s)", quantity,
			       duration_text(reg->factor));
	else if (reg->is_duration_months)
		(void)snprintf(ret_text, DECODE_XML_UNIT_MAX, "%s (%ss)", quantity,
			       reg->unit);
	else if (is_unit_alone(reg))
		(void)snprintf(ret_text, DECODE_XML_UNIT_MAX, "%s%s", prefix,
			       unscaled_unit(reg));
	else
		(void)snprintf(ret_text, DECODE_XML_UNIT_MAX, "%s (%s%s)", quantity,
			       prefix, unscaled_unit(reg));
}

const char *decode_xml_normalized_unit(const struct reading_register *reg)
{
	if (is_date(reg))
		return "-";
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(units[i].unit, reg->unit) == 0)
			return units[i].normalized;
	return reg->unit;
}

const char *decode_xml_quantity(const struct reading_register *reg)
{
	size_t row = quantity_find(reg);

	return row < sizeof quantities / sizeof *quantities ? quantities[row].normalized
							    : reg->quantity;
}
