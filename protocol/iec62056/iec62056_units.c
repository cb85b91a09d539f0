/* SPDX-License-Identifier: MIT */
#include "protocol/iec62056/iec62056_units.h"

static const struct iec62056_unit units[] = {
	{ "Wh", "energy", "Wh", 0, 1 },
	{ "kWh", "energy", "Wh", 3, 1 },
	{ "KWh", "energy", "Wh", 3, 1 },
	{ "MWh", "energy", "Wh", 6, 1 },
	{ "GWh", "energy", "Wh", 9, 1 },
	{ "J", "energy", "J", 0, 1 },
	{ "kJ", "energy", "J", 3, 1 },
	{ "MJ", "energy", "J", 6, 1 },
	{ "GJ", "energy", "J", 9, 1 },
	{ "Gcal", "energy", "cal", 9, 1 },
	{ "varh", "reactive energy", "varh", 0, 1 },
	{ "kvarh", "reactive energy", "varh", 3, 1 },
	{ "Mvarh", "reactive energy", "varh", 6, 1 },
	{ "VAh", "apparent energy", "VAh", 0, 1 },
	{ "kVAh", "apparent energy", "VAh", 3, 1 },
	{ "MVAh", "apparent energy", "VAh", 6, 1 },
	{ "W", "power", "W", 0, 1 },
	{ "kW", "power", "W", 3, 1 },
	{ "MW", "power", "W", 6, 1 },
	{ "var", "reactive power", "var", 0, 1 },
	{ "kvar", "reactive power", "var", 3, 1 },
	{ "Mvar", "reactive power", "var", 6, 1 },
	{ "VA", "apparent power", "VA", 0, 1 },
	{ "kVA", "apparent power", "VA", 3, 1 },
	{ "MVA", "apparent power", "VA", 6, 1 },
	{ "V", "voltage", "V", 0, 1 },
	{ "mV", "voltage", "V", -3, 1 },
	{ "kV", "voltage", "V", 3, 1 },
	{ "A", "current", "A", 0, 1 },
	{ "mA", "current", "A", -3, 1 },
	{ "kA", "current", "A", 3, 1 },
	{ "Hz", "frequency", "Hz", 0, 1 },
	{ "m3", "volume", "m3", 0, 1 },
	{ "m^3", "volume", "m3", 0, 1 },
	{ "l", "volume", "m3", -3, 1 },
	{ "L", "volume", "m3", -3, 1 },
	{ "m3/h", "volume flow", "m3/h", 0, 1 },
	{ "m3ph", "volume flow", "m3/h", 0, 1 },
	{ "l/h", "volume flow", "m3/h", -3, 1 },
	{ "L/h", "volume flow", "m3/h", -3, 1 },
	{ "kg", "mass", "kg", 0, 1 },
	{ "t", "mass", "kg", 3, 1 },
	{ "C", "temperature", "°C", 0, 1 },
	{ "\xC2\xB0"
	  "C",
	  "temperature", "°C", 0, 1 },
	{ "\xB0"
	  "C",
	  "temperature", "°C", 0, 1 },
	{ "K", "temperature difference", "K", 0, 1 },
	{ "bar", "pressure", "bar", 0, 1 },
	{ "mbar", "pressure", "bar", -3, 1 },
	{ "s", "duration", "s", 0, 1 },
	{ "min", "duration", "s", 0, 60 },
	{ "h", "duration", "s", 0, 3600 },
	{ "d", "duration", "s", 0, 86400 },
	{ "%", "ratio", "%", 0, 1 },
};

static const struct iec62056_word words[] = {
	{ "F", NULL, NULL, "error flags", true },
	{ "C", "1", NULL, "identification", true },
	{ "C", "90", NULL, "identification", true },
	{ "C", "5", NULL, "status", true },
	{ "C", "6", NULL, "battery", true },
	{ "C", "7", NULL, "power failures", false },
	{ "0", "0", NULL, "identification", true },
	{ "0", "1", "0", "reset counter", false },
	{ "0", "1", NULL, "date of reset", true },
	{ "0", "2", NULL, "parameter set identification", true },
	{ "0", "3", NULL, "meter constant", false },
	{ "0", "4", NULL, "transformer ratio", false },
	{ "0", "9", "1", "time", true },
	{ "0", "9", "2", "date", true },
	{ "0", "9", NULL, "date time", true },
	{ "9", "20", NULL, "identification", true },
	{ "9", "21", NULL, "identification", true },
	{ "13", "7", NULL, "power factor", false },
	{ "33", "7", NULL, "power factor", false },
	{ "53", "7", NULL, "power factor", false },
	{ "73", "7", NULL, "power factor", false },
	{ "96", "1", NULL, "identification", true },
	{ "97", "97", NULL, "error flags", true },
};

static const struct iec62056_word number = { NULL, NULL, NULL, "", false };
static const struct iec62056_word name = { NULL, NULL, NULL, "", true };

/* IEC 62056-61, value group C of electricity; 20, 40 and 60 more are the phases. */
static const char *const directions[] = {
	[1] = "import",
	[2] = "export",
	[3] = "import",
	[4] = "export",
	[5] = "quadrant 1",
	[6] = "quadrant 2",
	[7] = "quadrant 3",
	[8] = "quadrant 4",
	[9] = "import",
	[10] = "export",
	[21] = "phase L1, import",
	[22] = "phase L1, export",
	[23] = "phase L1, import",
	[24] = "phase L1, export",
	[31] = "phase L1",
	[32] = "phase L1",
	[33] = "phase L1",
	[41] = "phase L2, import",
	[42] = "phase L2, export",
	[43] = "phase L2, import",
	[44] = "phase L2, export",
	[51] = "phase L2",
	[52] = "phase L2",
	[53] = "phase L2",
	[61] = "phase L3, import",
	[62] = "phase L3, export",
	[63] = "phase L3, import",
	[64] = "phase L3, export",
	[71] = "phase L3",
	[72] = "phase L3",
	[73] = "phase L3",
	[91] = "neutral",
};

/* IEC 62056-61, value group D; 3, 6, 7 and 8 are in the function, or plain. */
static const char *const processes[] = {
	[1] = "cumulative minimum", [2] = "cumulative maximum", [4] = "current average",
	[5] = "last average",       [9] = "billing period",
};

static uint8_t lower(uint8_t character)
{
	bool is_upper = character >= 'A' && character <= 'Z';

	return is_upper ? (uint8_t)(character + 'a' - 'A') : character;
}

/* The first letter may be a prefix, whose case counts: m is not M. */
static bool is_same_unit(struct span sent, const char *unit)
{
	struct span wanted = span_text(unit);

	if (sent.size != wanted.size || sent.data[0] != wanted.data[0])
		return false;
	for (size_t i = 1; i < sent.size; i++)
		if (lower(sent.data[i]) != lower(wanted.data[i]))
			return false;
	return true;
}

const struct iec62056_unit *iec62056_unit_find(struct span sent)
{
	for (size_t i = 0; sent.size != 0 && i < sizeof units / sizeof *units; i++)
		if (is_same_unit(sent, units[i].sent))
			return &units[i];
	return NULL;
}

static bool is_group(const char *wanted, struct span group)
{
	return wanted == NULL || span_equal(span_text(wanted), group);
}

const struct iec62056_word *iec62056_word_find(struct span c, struct span d,
					       struct span e)
{
	bool is_measured = c.size != 0 && c.data[0] >= '1' && c.data[0] <= '9';

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (is_group(words[i].c, c) && is_group(words[i].d, d) &&
		    is_group(words[i].e, e))
			return &words[i];
	return is_measured ? &number : &name;
}

static const char *text_at(const char *const *texts, size_t count, int index)
{
	bool is_there = index >= 0 && (size_t)index < count && texts[index] != NULL;

	return is_there ? texts[index] : "";
}

const char *iec62056_direction_text(int c)
{
	return text_at(directions, sizeof directions / sizeof *directions, c);
}

const char *iec62056_process_text(int d)
{
	return text_at(processes, sizeof processes / sizeof *processes, d);
}
