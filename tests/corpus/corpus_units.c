/* SPDX-License-Identifier: MIT */
#include "tests/corpus/corpus_units.h"

#include "protocol/hex.h"
#include "protocol/mbus/mbus_vib.h"

static const struct {
	const char *unit;
	const char *corpus;
} units[] = {
	{ "m3", "m^3" },     { "m3/h", "m^3/h" },           { "m3/min", "m^3/min" },
	{ "m3/s", "m^3/s" }, { "HCA", "Units for H.C.A." },
};

/* The corpus gives dates the unit "-", whatever the coding of the data. */
static bool is_date(const struct reading_register *reg)
{
	static const char *const quantities[] = { "date", "date time", "start of tariff",
						  "date of battery change" };

	if (reg->unit[0] != '\0')
		return false;
	for (size_t i = 0; i < sizeof quantities / sizeof *quantities; i++)
		if (strcmp(reg->quantity, quantities[i]) == 0)
			return true;
	return strstr(reg->modifiers, "date") != NULL;
}

const char *corpus_unit(const struct telegram_record *record,
			const struct reading_register *reg)
{
	if (is_date(reg) || mbus_vib_parse(record->vib).has_text)
		return "-";
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(reg->unit, units[i].unit) == 0)
			return units[i].corpus;
	return reg->unit;
}

void corpus_vif_hex(const struct telegram_record *record, char *ret_text)
{
	struct mbus_vib vib = mbus_vib_parse(record->vib);

	if (!vib.has_text) {
		hex_encode(record->vib, ret_text);
		return;
	}
	hex_encode(span_of(record->vib.data, 1), ret_text);
	hex_encode(vib.vifes, ret_text + 2);
}
