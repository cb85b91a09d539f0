/* SPDX-License-Identifier: MIT */
/* The VIF tables as EN 13757-3 prints them, and chains of VIFEs behind them. */
#include "tests/unit/roundtrip/expectation.h"

#include <string.h>

enum { UNIT_TEXT_MAX = 12, VIFES_MAX = 3, ANOTHER = 0x80 };

static const struct vif_row rows[] = {
	{ 0, 0x00, 0x07, VIF_NUMBER, -3, "energy", "Wh" },
	{ 0, 0x08, 0x0F, VIF_NUMBER, 0, "energy", "J" },
	{ 0, 0x10, 0x17, VIF_NUMBER, -6, "volume", "m3" },
	{ 0, 0x18, 0x1F, VIF_NUMBER, -3, "mass", "kg" },
	{ 0, 0x20, 0x23, VIF_DURATION, 0, "on time", "s" },
	{ 0, 0x24, 0x27, VIF_DURATION, 0, "operating time", "s" },
	{ 0, 0x28, 0x2F, VIF_NUMBER, -3, "power", "W" },
	{ 0, 0x30, 0x37, VIF_NUMBER, 0, "power", "J/h" },
	{ 0, 0x38, 0x3F, VIF_NUMBER, -6, "volume flow", "m3/h" },
	{ 0, 0x40, 0x47, VIF_NUMBER, -7, "volume flow", "m3/min" },
	{ 0, 0x48, 0x4F, VIF_NUMBER, -9, "volume flow", "m3/s" },
	{ 0, 0x50, 0x57, VIF_NUMBER, -3, "mass flow", "kg/h" },
	{ 0, 0x58, 0x5B, VIF_NUMBER, -3, "flow temperature", "°C" },
	{ 0, 0x5C, 0x5F, VIF_NUMBER, -3, "return temperature", "°C" },
	{ 0, 0x60, 0x63, VIF_NUMBER, -3, "temperature difference", "K" },
	{ 0, 0x64, 0x67, VIF_NUMBER, -3, "external temperature", "°C" },
	{ 0, 0x68, 0x6B, VIF_NUMBER, -3, "pressure", "bar" },
	{ 0, 0x6C, 0x6C, VIF_DATE, 0, "date", "" },
	{ 0, 0x6D, 0x6D, VIF_DATE, 0, "date time", "" },
	{ 0, 0x6E, 0x6E, VIF_NUMBER, 0, "heat cost allocation", "HCA" },
	{ 0, 0x70, 0x73, VIF_DURATION, 0, "averaging duration", "s" },
	{ 0, 0x74, 0x77, VIF_DURATION, 0, "actuality duration", "s" },
	{ 0, 0x78, 0x78, VIF_NAME, 0, "fabrication number", "" },
	{ 0, 0x7A, 0x7A, VIF_COUNTER, 0, "bus address", "" },
	{ 0, 0x7C, 0x7C, VIF_UNIT, 0, "plain text unit", "" },
	{ 0, 0x7E, 0x7E, VIF_NUMBER, 0, "any", "" },
	{ 0xFB, 0x00, 0x01, VIF_NUMBER, 5, "energy", "Wh" },
	{ 0xFB, 0x02, 0x03, VIF_NUMBER, 3, "reactive energy", "varh" },
	{ 0xFB, 0x04, 0x05, VIF_NUMBER, 3, "apparent energy", "VAh" },
	{ 0xFB, 0x08, 0x09, VIF_NUMBER, 8, "energy", "J" },
	{ 0xFB, 0x0C, 0x0F, VIF_NUMBER, 5, "energy", "cal" },
	{ 0xFB, 0x10, 0x11, VIF_NUMBER, 2, "volume", "m3" },
	{ 0xFB, 0x14, 0x17, VIF_NUMBER, 0, "reactive power", "var" },
	{ 0xFB, 0x18, 0x19, VIF_NUMBER, 5, "mass", "kg" },
	{ 0xFB, 0x1A, 0x1B, VIF_NUMBER, -1, "relative humidity", "%" },
	{ 0xFB, 0x28, 0x29, VIF_NUMBER, 5, "power", "W" },
	{ 0xFB, 0x2A, 0x2A, VIF_NUMBER, -1, "phase voltage to voltage", "°" },
	{ 0xFB, 0x2B, 0x2B, VIF_NUMBER, -1, "phase voltage to current", "°" },
	{ 0xFB, 0x2C, 0x2F, VIF_NUMBER, -3, "frequency", "Hz" },
	{ 0xFB, 0x30, 0x31, VIF_NUMBER, 8, "power", "J/h" },
	{ 0xFB, 0x34, 0x37, VIF_NUMBER, 0, "apparent power", "VA" },
	{ 0xFB, 0x74, 0x77, VIF_NUMBER, -3, "temperature limit", "°C" },
	{ 0xFB, 0x78, 0x7F, VIF_NUMBER, -3, "cumulative maximum power", "W" },
	{ 0xFD, 0x00, 0x03, VIF_NUMBER, -3, "credit", "currency" },
	{ 0xFD, 0x04, 0x07, VIF_NUMBER, -3, "debit", "currency" },
	{ 0xFD, 0x08, 0x08, VIF_COUNTER, 0, "access number", "" },
	{ 0xFD, 0x0B, 0x0B, VIF_NAME, 0, "parameter set identification", "" },
	{ 0xFD, 0x0C, 0x0C, VIF_NAME, 0, "model version", "" },
	{ 0xFD, 0x0E, 0x0E, VIF_NAME, 0, "firmware version", "" },
	{ 0xFD, 0x10, 0x10, VIF_NAME, 0, "customer location", "" },
	{ 0xFD, 0x11, 0x11, VIF_NAME, 0, "customer", "" },
	{ 0xFD, 0x17, 0x17, VIF_COUNTER, 0, "error flags", "" },
	{ 0xFD, 0x1A, 0x1A, VIF_COUNTER, 0, "digital output", "" },
	{ 0xFD, 0x1B, 0x1B, VIF_COUNTER, 0, "digital input", "" },
	{ 0xFD, 0x24, 0x27, VIF_DURATION, 0, "storage interval", "s" },
	{ 0xFD, 0x28, 0x29, VIF_MONTHS, 0, "storage interval", "" },
	{ 0xFD, 0x2C, 0x2F, VIF_DURATION, 0, "duration since last readout", "s" },
	{ 0xFD, 0x30, 0x30, VIF_DATE, 0, "start of tariff", "" },
	{ 0xFD, 0x31, 0x33, VIF_DURATION, 1, "duration of tariff", "s" },
	{ 0xFD, 0x34, 0x37, VIF_DURATION, 0, "period of tariff", "s" },
	{ 0xFD, 0x38, 0x39, VIF_MONTHS, 0, "period of tariff", "" },
	{ 0xFD, 0x3A, 0x3A, VIF_NUMBER, 0, "dimensionless", "" },
	{ 0xFD, 0x40, 0x4F, VIF_NUMBER, -9, "voltage", "V" },
	{ 0xFD, 0x50, 0x5F, VIF_NUMBER, -12, "current", "A" },
	{ 0xFD, 0x60, 0x60, VIF_COUNTER, 0, "reset counter", "" },
	{ 0xFD, 0x61, 0x61, VIF_COUNTER, 0, "cumulation counter", "" },
	{ 0xFD, 0x68, 0x69, VIF_DURATION, 2, "duration since last cumulation", "s" },
	{ 0xFD, 0x6A, 0x6B, VIF_MONTHS, 0, "duration since last cumulation", "" },
	{ 0xFD, 0x6C, 0x6D, VIF_DURATION, 2, "operating time battery", "s" },
	{ 0xFD, 0x6E, 0x6F, VIF_MONTHS, 0, "operating time battery", "" },
	{ 0xFD, 0x70, 0x70, VIF_DATE, 0, "date of battery change", "" },
};

/* Corrections and directions: what each adds to the exponent or to the words. */
static const struct {
	uint8_t code;
	int exponent;
	const char *modifier;
} vifes[] = {
	{ 0x70, -6, NULL },     { 0x71, -5, NULL },      { 0x72, -4, NULL },
	{ 0x73, -3, NULL },     { 0x74, -2, NULL },      { 0x75, -1, NULL },
	{ 0x76, 0, NULL },      { 0x77, 1, NULL },       { 0x7D, 3, NULL },
	{ 0x3B, 0, "forward" }, { 0x3C, 0, "backward" },
};

const struct vif_row *draw_vif(struct dice *dice)
{
	return &rows[dice_below(dice, sizeof rows / sizeof rows[0])];
}

static void apply_row(const struct vif_row *row, unsigned step,
		      struct expectation *expected)
{
	static const int32_t seconds[] = { 1, 60, 3600, 86400 };
	const char *unit = row->unit;

	expected->quantity = row->quantity;
	expected->factor = 1;
	if (row->kind == VIF_NUMBER) {
		expected->exponent = row->exponent + (int)step;
	} else if (row->kind == VIF_DURATION) {
		expected->factor = seconds[(unsigned)row->exponent + step];
	} else if (row->kind == VIF_MONTHS) {
		expected->is_duration_months = true;
		unit = step == 0 ? "month" : "year";
	}
	memcpy(expected->unit, unit, strlen(unit) + 1);
}

static void put_byte(struct encoder *encoder, unsigned byte)
{
	encoder_put_integer(encoder, (int64_t)byte, 1);
}

static void append(char *text, const char *more)
{
	memcpy(text + strlen(text), more, strlen(more) + 1);
}

static void put_vifes(struct dice *dice, unsigned count, struct encoder *encoder,
		      struct expectation *expected)
{
	for (; count > 0; count--) {
		size_t i = dice_below(dice, sizeof vifes / sizeof vifes[0]);

		put_byte(encoder, vifes[i].code | (count > 1 ? ANOTHER : 0));
		expected->exponent += vifes[i].exponent;
		if (vifes[i].modifier == NULL)
			continue;
		if (expected->modifiers[0] != '\0')
			append(expected->modifiers, ", ");
		append(expected->modifiers, vifes[i].modifier);
	}
}

void draw_vib(struct dice *dice, const struct vif_row *row, struct encoder *encoder,
	      struct expectation *expected)
{
	unsigned step = dice_below(dice, row->last - row->first + 1U);
	unsigned count = dice_permille(dice, 300) ? 1 + dice_below(dice, VIFES_MAX) : 0;
	bool is_immediate = dice_permille(dice, 500);
	char text[UNIT_TEXT_MAX + 1];

	apply_row(row, step, expected);
	if (row->extension != 0)
		put_byte(encoder, row->extension);
	put_byte(encoder, (row->first + step) | (count > 0 ? ANOTHER : 0));
	if (row->kind != VIF_UNIT) {
		put_vifes(dice, count, encoder, expected);
		return;
	}
	draw_text(dice, 1 + dice_below(dice, UNIT_TEXT_MAX), text, expected->unit);
	if (is_immediate)
		encoder_put_text(encoder, text);
	put_vifes(dice, count, encoder, expected);
	if (!is_immediate)
		encoder_put_text(encoder, text);
}
