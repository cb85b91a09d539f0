/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/mbus_profile.h"

#include "protocol/mbus/mbus_record.h"
#include "protocol/mbus/mbus_value.h"
#include "protocol/mbus/mbus_vib.h"

enum { CONTROL_SIZE = 2, CODE_BITS = 0x7F, LVAR_BCD = 0xC0 };

/* The type of a value by the low half of the spacing control, a DIF's. */
static const uint8_t types[16] = {
	[1] = READING_TYPE_INTEGER, [2] = READING_TYPE_INTEGER,
	[3] = READING_TYPE_INTEGER, [4] = READING_TYPE_INTEGER,
	[5] = READING_TYPE_REAL,    [6] = READING_TYPE_INTEGER,
	[7] = READING_TYPE_INTEGER, [9] = READING_TYPE_BCD,
	[10] = READING_TYPE_BCD,    [11] = READING_TYPE_BCD,
	[12] = READING_TYPE_BCD,    [14] = READING_TYPE_BCD,
};

/* The VIFE that makes a profile; 0 where there is none. */
static uint8_t profile_code(struct span vib)
{
	struct span vifes = mbus_vib_parse(vib).vifes;

	for (size_t i = 0; i < vifes.size; i++) {
		uint8_t code = vifes.data[i] & CODE_BITS;

		if (code == 0x13 || code == 0x1E || code == 0x1F)
			return code;
		if (code == MBUS_VIF_MANUFACTURER)
			return 0;
	}
	return 0;
}

bool mbus_profile_open(const struct telegram_record *record,
		       const struct reading_register *reg,
		       struct mbus_profile *ret_profile)
{
	uint8_t code = record->dib.size != 0 ? profile_code(record->vib) : 0;
	uint8_t control;
	size_t size;

	if (code == 0 || !record->is_variable || record->lvar >= LVAR_BCD ||
	    record->data.size < CONTROL_SIZE)
		return false;
	control = record->data.data[0];
	size = mbus_data_size(control);
	if (types[control & MBUS_DIF_DATA] == 0)
		return false;
	*ret_profile = (struct mbus_profile){
		.code = code,
		.mode = (enum mbus_profile_mode)(control >> 6),
		.spacing_unit = (enum mbus_profile_unit)(control >> 4 & 3),
		.spacing = record->data.data[1],
		.count = (uint32_t)((record->data.size - CONTROL_SIZE) / size),
		.element = *record,
		.reg = *reg,
		.data = span_of(record->data.data + CONTROL_SIZE,
				record->data.size - CONTROL_SIZE),
	};
	ret_profile->element.is_variable = false;
	ret_profile->element.lvar = 0;
	ret_profile->element.data.size = size;
	ret_profile->reg.type = (enum reading_type)types[control & MBUS_DIF_DATA];
	/* A step up or down has no sign. */
	if (ret_profile->reg.type == READING_TYPE_INTEGER &&
	    (ret_profile->mode == MBUS_PROFILE_INCREMENTS ||
	     ret_profile->mode == MBUS_PROFILE_DECREMENTS))
		ret_profile->reg.type = READING_TYPE_UNSIGNED;
	mbus_reader_choose(&ret_profile->reg, size, MBUS_LONG_SIGNED);
	return true;
}

bool mbus_profile_next(struct mbus_profile *profile, struct value *ret_value)
{
	struct telegram_record *element = &profile->element;

	if (profile->number == profile->count)
		return false;
	element->data.data = profile->data.data + profile->number++ * element->data.size;
	mbus_value_read(element, &profile->reg, ret_value);
	return true;
}
