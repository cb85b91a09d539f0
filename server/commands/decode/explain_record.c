/* SPDX-License-Identifier: MIT */
#include "server/commands/decode/explain_record.h"

#include "protocol/decimal.h"
#include "protocol/mbus/mbus_record.h"
#include "protocol/mbus/mbus_vib.h"
#include "protocol/mbus/mbus_vife.h"
#include "server/commands/decode/decode_format.h"

enum { CODE_BITS = 0x7F, EXTENDED = 0x80, STORAGE_BIT = 0x40 };

static const char *const codings[16] = {
	"no data",        "8 bit integer",   "16 bit integer", "24 bit integer",
	"32 bit integer", "32 bit real",     "48 bit integer", "64 bit integer",
	"selection",      "2 digit BCD",     "4 digit BCD",    "6 digit BCD",
	"8 digit BCD",    "variable length", "12 digit BCD",   "special function",
};

static const char *const functions[4] = { "instantaneous", "maximum", "minimum",
					  "error state" };

static struct span byte_of(struct span bytes, size_t n)
{
	return span_of(bytes.data + n, 1);
}

static const char *more(uint8_t byte)
{
	return (byte & EXTENDED) != 0 ? "; another follows" : "";
}

static void explain_dib(struct explain_rows *rows, struct span dib)
{
	uint8_t dif = dib.data[0];

	if ((dif & MBUS_DIF_DATA) == MBUS_DIF_SPECIAL) {
		explain_row(
			rows, byte_of(dib, 0), "DIF: the rest is the manufacturer's%s",
			dif == MBUS_DIF_MANUFACTURER_MORE ? ", and more telegrams follow"
							  : "");
		return;
	}
	explain_row(rows, byte_of(dib, 0), "DIF: %s, %s, storage bit 0 = %d%s",
		    codings[dif & MBUS_DIF_DATA], functions[dif >> 4 & 3],
		    (dif & STORAGE_BIT) != 0, more(dif));
	for (size_t i = 1; i < dib.size; i++)
		explain_row(rows, byte_of(dib, i),
			    "DIFE %zu: storage bits %zu to %zu = %u, tariff bits = %u, "
			    "subunit bit = %u%s",
			    i, 4 * i - 3, 4 * i, dib.data[i] & 0x0Fu,
			    dib.data[i] >> 4 & 3u, dib.data[i] >> 6 & 1u,
			    more(dib.data[i]));
}

/* The VIF, together with the code behind a true VIF FB or FD. */
static void explain_vif(struct explain_rows *rows, struct span bytes,
			const struct mbus_vif *vif)
{
	bool is_extension = bytes.data[0] == MBUS_VIF_EXTENSION_FB ||
			    bytes.data[0] == MBUS_VIF_EXTENSION_FD;
	struct span part = span_of(bytes.data, is_extension && bytes.size > 1 ? 2 : 1);
	char scale[32] = "";

	if (vif->factor > 1)
		(void)snprintf(scale, sizeof scale, ", times %d", vif->factor);
	else if (vif->exponent != 0)
		(void)snprintf(scale, sizeof scale, ", times 10^%d", vif->exponent);
	explain_row(rows, part, "VIF: %s%s%s%s%s",
		    vif->quantity == NULL ? "reserved" : vif->quantity,
		    vif->unit == NULL ? "" : " in ", vif->unit == NULL ? "" : vif->unit,
		    scale, more(part.data[part.size - 1]));
}

/* What each action of a VIFE is called; its own text or power of ten comes behind. */
static const struct {
	const char *name;
	bool has_power;
} vife_forms[] = {
	[MBUS_VIFE_RESERVED] = { "reserved", false },
	[MBUS_VIFE_QUALIFY] = { "", false },
	[MBUS_VIFE_NONE] = { "no change", false },
	[MBUS_VIFE_ERROR] = { "record error: ", false },
	[MBUS_VIFE_SCALE] = { "times 10^", true },
	[MBUS_VIFE_ADD] = { "plus 10^", true },
	[MBUS_VIFE_COUNT] = { "", false },
	[MBUS_VIFE_DATE] = { "", false },
	[MBUS_VIFE_DURATION] = { "", false },
	[MBUS_VIFE_PROFILE] = { "", false },
	[MBUS_VIFE_UNSIGNED] = { "", false },
	[MBUS_VIFE_EXTENSION] = { "extension, the next is of table FC", false },
	[MBUS_VIFE_MANUFACTURER] = { "what follows is the manufacturer's", false },
};

static void explain_vife(struct explain_rows *rows, struct span byte,
			 const struct mbus_vife *vife)
{
	char power[16] = "";

	if (vife_forms[vife->action].has_power)
		(void)snprintf(power, sizeof power, "%d", vife->argument);
	explain_row(rows, byte, "VIFE: %s%s%s%s", vife_forms[vife->action].name, power,
		    vife->text == NULL ? "" : vife->text, more(byte.data[0]));
}

static void explain_vifes(struct explain_rows *rows, const struct mbus_vib *vib)
{
	const struct mbus_vife *table = mbus_vife;
	bool is_manufacturer = vib->is_manufacturer;

	for (size_t i = 0; i < vib->vifes.size; i++) {
		struct span byte = byte_of(vib->vifes, i);
		const struct mbus_vife *vife = &table[byte.data[0] & CODE_BITS];

		if (is_manufacturer) {
			explain_row(rows, byte, "VIFE: the manufacturer's%s",
				    more(byte.data[0]));
			continue;
		}
		explain_vife(rows, byte, vife);
		table = vife->action == MBUS_VIFE_EXTENSION ? mbus_vife_fc : mbus_vife;
		is_manufacturer = vife->action == MBUS_VIFE_MANUFACTURER;
	}
}

static void explain_text(struct explain_rows *rows, const struct mbus_vib *vib,
			 const struct reading_register *reg)
{
	if (vib->text.data != NULL)
		explain_row(rows, span_of(vib->text.data - 1, vib->text.size + 1),
			    "unit in plain text, last character first: \"%s\"",
			    reg->unit);
}

static void explain_vib(struct explain_rows *rows, struct span bytes,
			const struct reading_register *reg)
{
	struct mbus_vib vib = mbus_vib_parse(bytes);
	bool is_text_first = vib.text.data != NULL && vib.text.data < vib.vifes.data;

	explain_vif(rows, bytes, vib.vif);
	if (is_text_first)
		explain_text(rows, &vib, reg);
	explain_vifes(rows, &vib);
	if (!is_text_first)
		explain_text(rows, &vib, reg);
}

void explain_value(struct explain_rows *rows, const struct decode_record *record)
{
	const struct reading_register *reg = &record->reg;
	char obis[READING_HEADER_MAX + 1];
	char remark[DECODE_REMARK_MAX];
	char text[READING_TEXT_MAX];

	decode_obis(reg, obis);
	decode_remark(reg, &record->value, remark);
	value_write(&record->value, reg, text);
	explain_row(rows, record->data, "%s%s%s%s%s: %s%s%s%s%s%s", obis,
		    obis[0] == '\0' ? "" : " ",
		    reg->quantity[0] == '\0' ? "unknown" : reg->quantity,
		    reg->modifiers[0] == '\0' ? "" : ", ", reg->modifiers,
		    record->value.kind == VALUE_NONE ? "no value" : text,
		    reg->unit[0] == '\0' ? "" : " ", reg->unit,
		    remark[0] == '\0' ? "" : " (", remark, remark[0] == '\0' ? "" : ")");
}

void explain_record(struct explain_rows *rows, const struct decode_record *record)
{
	const struct telegram_record *parts = &record->record;

	if (parts->dib.size != 0)
		explain_dib(rows, parts->dib);
	if (parts->vib.size != 0)
		explain_vib(rows, parts->vib, &record->reg);
	if (parts->is_variable && parts->data.data != NULL)
		explain_row(rows, span_of(parts->data.data - 1, 1),
			    "LVAR: coding and length of the data, %zu bytes",
			    parts->data.size);
	explain_value(rows, record);
}
