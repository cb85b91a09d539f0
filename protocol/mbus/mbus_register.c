/* SPDX-License-Identifier: MIT */
/*
 * A record header to its meaning: the DIB gives function, storage, tariff, subunit and
 * the coding; the VIF gives quantity, unit and scale; each VIFE then adds words or
 * changes what came before it, by a table of actions.
 */
#include "protocol/mbus/mbus_register.h"

#include "protocol/mbus/mbus_fixed.h"
#include "protocol/mbus/mbus_record.h"
#include "protocol/mbus/mbus_value.h"
#include "protocol/mbus/mbus_vib.h"
#include "protocol/mbus/mbus_vife.h"

enum { CODE_BITS = 0x7F, ADDEND_PLACES_MAX = 18 };

/* What is known of a register while its VIFEs are applied one by one. */
struct register_state {
	struct reading_register *reg;
	enum mbus_vif_kind kind;
	int exponent;
	bool has_addend;
	int addend_exponent;
	enum mbus_long_kind long_kind;
};

static void set_unit(struct reading_register *reg, const char *unit)
{
	size_t size = 0;

	/* Units are of a few characters: done before strlen() were called. */
	if (unit != NULL)
		for (; unit[size] != '\0' && size < sizeof reg->unit - 1; size++)
			reg->unit[size] = unit[size];
	reg->unit[size] = '\0';
}

/* A text that does not fit is left out: the header bytes still tell registers apart. */
static void append_modifier(struct reading_register *reg, const char *text)
{
	size_t used = strlen(reg->modifiers);
	size_t separator = used == 0 ? 0 : 2;
	size_t size = strlen(text);

	if (used + separator + size >= sizeof reg->modifiers)
		return;
	memcpy(reg->modifiers + used, ", ", separator);
	memcpy(reg->modifiers + used + separator, text, size + 1);
}

static void append_code(struct reading_register *reg, const char *word, struct span codes)
{
	static const char digits[] = "0123456789ABCDEF";
	char text[16 + 3 * MBUS_VIFE_MAX];
	size_t size = strlen(word);

	memcpy(text, word, size);
	for (size_t i = 0; i < codes.size && i < MBUS_VIFE_MAX; i++) {
		text[size++] = ' ';
		text[size++] = digits[codes.data[i] >> 4];
		text[size++] = digits[codes.data[i] & 15];
	}
	text[size] = '\0';
	append_modifier(reg, text);
}

static void read_dib(struct span dib, struct reading_register *reg)
{
	uint8_t dif = dib.data[0];

	reg->function = (enum reading_function)(dif >> 4 & 3);
	reg->storage = dif >> 6 & 1;
	for (size_t i = 1; i < dib.size && i <= MBUS_DIFE_MAX; i++) {
		uint8_t dife = dib.data[i];
		unsigned place = (unsigned)i - 1;

		reg->storage |= (uint64_t)(dife & 0x0F) << (1 + 4 * place);
		reg->tariff |= (uint32_t)(dife >> 4 & 3) << (2 * place);
		reg->subunit = (uint16_t)(reg->subunit | (dife >> 6 & 1) << place);
	}
}

static void replace_unit(struct register_state *state, enum mbus_vif_kind kind,
			 const char *unit, int32_t factor)
{
	state->kind = kind;
	state->exponent = 0;
	state->reg->factor = factor;
	state->reg->is_duration_months = false;
	set_unit(state->reg, unit);
}

typedef void apply_cb(struct register_state *state, const struct mbus_vife *vife,
		      uint8_t code);

static void apply_reserved(struct register_state *state, const struct mbus_vife *vife,
			   uint8_t code)
{
	(void)vife;
	append_code(state->reg, "reserved", span_of(&code, 1));
}

static void apply_text(struct register_state *state, const struct mbus_vife *vife,
		       uint8_t code)
{
	(void)code;
	if (vife->text != NULL)
		append_modifier(state->reg, vife->text);
}

static void apply_error(struct register_state *state, const struct mbus_vife *vife,
			uint8_t code)
{
	(void)vife;
	state->reg->record_error = code;
}

static void apply_scale(struct register_state *state, const struct mbus_vife *vife,
			uint8_t code)
{
	(void)code;
	state->exponent += vife->argument;
}

static void apply_add(struct register_state *state, const struct mbus_vife *vife,
		      uint8_t code)
{
	(void)code;
	state->has_addend = true;
	state->addend_exponent = vife->argument;
}

static void apply_count(struct register_state *state, const struct mbus_vife *vife,
			uint8_t code)
{
	replace_unit(state, MBUS_VIF_COUNTER, NULL, 1);
	apply_text(state, vife, code);
}

static void apply_date(struct register_state *state, const struct mbus_vife *vife,
		       uint8_t code)
{
	replace_unit(state, MBUS_VIF_DATE, NULL, 1);
	apply_text(state, vife, code);
}

static void apply_duration(struct register_state *state, const struct mbus_vife *vife,
			   uint8_t code)
{
	replace_unit(state, MBUS_VIF_NUMBER, "s", vife->argument);
	apply_text(state, vife, code);
}

static void apply_profile(struct register_state *state, const struct mbus_vife *vife,
			  uint8_t code)
{
	state->kind = MBUS_VIF_BYTES;
	apply_text(state, vife, code);
}

static void apply_unsigned(struct register_state *state, const struct mbus_vife *vife,
			   uint8_t code)
{
	state->kind = MBUS_VIF_COUNTER;
	apply_text(state, vife, code);
}

/* NULL: nothing to do, or the chain itself is concerned (apply_vifes). */
static apply_cb *const actions[] = {
	[MBUS_VIFE_RESERVED] = apply_reserved,
	[MBUS_VIFE_QUALIFY] = apply_text,
	[MBUS_VIFE_NONE] = NULL,
	[MBUS_VIFE_ERROR] = apply_error,
	[MBUS_VIFE_SCALE] = apply_scale,
	[MBUS_VIFE_ADD] = apply_add,
	[MBUS_VIFE_COUNT] = apply_count,
	[MBUS_VIFE_DATE] = apply_date,
	[MBUS_VIFE_DURATION] = apply_duration,
	[MBUS_VIFE_PROFILE] = apply_profile,
	[MBUS_VIFE_UNSIGNED] = apply_unsigned,
	[MBUS_VIFE_EXTENSION] = NULL,
	[MBUS_VIFE_MANUFACTURER] = NULL,
};

static void apply_manufacturer(struct register_state *state, struct span vifes)
{
	if (vifes.size != 0)
		append_code(state->reg, "manufacturer", vifes);
}

static void apply_vifes(struct register_state *state, struct span vifes)
{
	const struct mbus_vife *table = mbus_vife;

	for (size_t i = 0; i < vifes.size; i++) {
		uint8_t code = vifes.data[i] & CODE_BITS;
		const struct mbus_vife *vife = &table[code];

		table = vife->action == MBUS_VIFE_EXTENSION ? mbus_vife_fc : mbus_vife;
		if (vife->action == MBUS_VIFE_MANUFACTURER) {
			apply_manufacturer(
				state, span_of(vifes.data + i + 1, vifes.size - i - 1));
			return;
		}
		if (actions[vife->action] != NULL)
			actions[vife->action](state, vife, code);
	}
}

/* The coding of the data (low half of the DIF) under each kind of VIF. */
enum {
	NONE = READING_TYPE_NONE,
	INT = READING_TYPE_INTEGER,
	UINT = READING_TYPE_UNSIGNED,
	REAL = READING_TYPE_REAL,
	BCD = READING_TYPE_BCD,
	DIG = READING_TYPE_DIGITS,
	TEXT = READING_TYPE_TEXT,
	HEX = READING_TYPE_BYTES,
	G = READING_TYPE_DATE,
	J = READING_TYPE_TIME,
	F = READING_TYPE_DATE_TIME,
	I = READING_TYPE_DATE_TIME_SECONDS,
};

/* clang-format off */
static const uint8_t types[][16] = {
	[MBUS_VIF_NUMBER] =
		{ NONE, INT, INT, INT, INT, REAL, INT, INT, NONE, BCD, BCD, BCD, BCD, TEXT, BCD, HEX },
	[MBUS_VIF_COUNTER] =
		{ NONE, UINT, UINT, UINT, UINT, REAL, UINT, UINT, NONE, BCD, BCD, BCD, BCD, TEXT, BCD, HEX },
	[MBUS_VIF_NAME] =
		{ NONE, UINT, UINT, UINT, UINT, REAL, UINT, UINT, NONE, DIG, DIG, DIG, DIG, DIG, DIG, HEX },
	[MBUS_VIF_IDENTITY] =
		{ NONE, UINT, UINT, UINT, UINT, REAL, UINT, DIG, NONE, DIG, DIG, DIG, DIG, DIG, DIG, HEX },
	[MBUS_VIF_DATE] =
		{ NONE, INT, G, J, F, REAL, I, INT, NONE, BCD, BCD, BCD, BCD, TEXT, BCD, HEX },
	[MBUS_VIF_MONTHS] =
		{ NONE, INT, INT, INT, INT, REAL, INT, INT, NONE, BCD, BCD, BCD, BCD, TEXT, BCD, HEX },
	[MBUS_VIF_BYTES] =
		{ NONE, INT, INT, INT, INT, REAL, INT, INT, NONE, BCD, BCD, BCD, BCD, HEX, BCD, HEX },
};
/* clang-format on */

static int64_t power_of_ten(int places)
{
	int64_t power = 1;

	for (; places > 0; places--)
		power *= 10;
	return power;
}

/* The sum is exact in units of whichever of the two exponents is lower. */
static void finish_scale(const struct register_state *state)
{
	struct reading_register *reg = state->reg;
	int low = state->exponent;

	reg->addend_scale = 1;
	if (state->has_addend) {
		int difference = state->addend_exponent - state->exponent;

		if (difference < -ADDEND_PLACES_MAX || difference > ADDEND_PLACES_MAX)
			difference = 0;
		reg->addend = power_of_ten(difference);
		reg->addend_scale = power_of_ten(-difference);
		low = difference < 0 ? state->exponent + difference : state->exponent;
	}
	reg->exponent = (int8_t)low;
}

static enum mbus_long_kind long_kind_of(const struct register_state *state, bool has_text)
{
	if (state->kind == MBUS_VIF_COUNTER || state->kind == MBUS_VIF_NAME ||
	    state->kind == MBUS_VIF_IDENTITY)
		return MBUS_LONG_UNSIGNED;
	return has_text || state->reg->unit[0] == '\0' ? MBUS_LONG_SIGNED
						       : MBUS_LONG_QUANTITY;
}

static void read_vib(struct span bytes, struct register_state *state)
{
	struct reading_register *reg = state->reg;
	struct mbus_vib vib = mbus_vib_parse(bytes);

	state->kind = vib.vif->kind;
	state->exponent = vib.vif->exponent;
	reg->quantity = vib.vif->quantity != NULL ? vib.vif->quantity : "";
	reg->factor = vib.vif->factor != 0 ? vib.vif->factor : 1;
	reg->is_duration_months = vib.vif->kind == MBUS_VIF_MONTHS;
	set_unit(reg, vib.vif->unit);
	if (vib.has_text)
		mbus_text_write(vib.text, true, reg->unit, sizeof reg->unit);
	if (vib.is_manufacturer)
		apply_manufacturer(state, vib.vifes);
	else
		apply_vifes(state, vib.vifes);
	state->long_kind = long_kind_of(state, vib.has_text);
}

static void read_record(const struct telegram_record *record,
			struct reading_register *ret_reg)
{
	struct register_state state = { .reg = ret_reg, .kind = MBUS_VIF_NUMBER };
	uint8_t dif = record->dib.data[0];

	ret_reg->factor = 1;
	if ((dif & MBUS_DIF_DATA) == MBUS_DIF_SPECIAL) {
		ret_reg->function = READING_MANUFACTURER;
		ret_reg->quantity = "manufacturer specific";
	} else {
		read_dib(record->dib, ret_reg);
		read_vib(record->vib, &state);
	}
	ret_reg->type = (enum reading_type)types[state.kind][dif & MBUS_DIF_DATA];
	finish_scale(&state);
	mbus_reader_choose(ret_reg, mbus_data_size(dif), state.long_kind);
}

void mbus_register_read(const struct telegram_record *record,
			struct reading_register *ret_reg)
{
	size_t size = record->header.size;

	memset(ret_reg, 0, offsetof(struct reading_register, unit));
	ret_reg->source = READING_SOURCE_MBUS;
	ret_reg->quantity = "";
	ret_reg->unit[0] = '\0';
	ret_reg->modifiers[0] = '\0';
	/* mbus_record never hands out more; this keeps a forged record harmless. */
	if (size > sizeof ret_reg->header || size == 0)
		return;
	memcpy(ret_reg->header, record->header.data, size);
	ret_reg->header_size = (uint8_t)size;
	if (record->dib.size != 0)
		read_record(record, ret_reg);
	else if (size == MBUS_FIXED_HEADER_SIZE)
		mbus_fixed_register(record->header, ret_reg);
}
