/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/mbus_record.h"

#include "protocol/mbus/mbus_vib.h"

enum { EXTENDED = 0x80 };

/* Bytes of data by the low half of the DIF; variable length and special are apart. */
static const uint8_t data_sizes[16] = { 0, 1, 2, 3, 4, 4, 6, 8, 0, 1, 2, 3, 4, 0, 6, 0 };

size_t mbus_data_size(uint8_t dif)
{
	return data_sizes[dif & MBUS_DIF_DATA];
}

static const enum telegram_diagnosis vib_diagnoses[] = {
	[MBUS_VIB_OK] = DIAGNOSIS_NONE,
	[MBUS_VIB_SHORT] = DIAGNOSIS_RECORD_SHORT,
	[MBUS_VIB_VIFE_TOO_MANY] = DIAGNOSIS_VIFE_TOO_MANY,
	[MBUS_VIB_TEXT_TOO_LONG] = DIAGNOSIS_LVAR_RESERVED,
};

/* Ranges of LVAR: the data has (lvar - base) * unit bytes. */
static const struct {
	uint8_t last;
	uint8_t base;
	uint8_t unit;
} lvar_ranges[] = {
	{ 0xBF, 0x00, 1 },                     /* text */
	{ 0xC9, 0xC0, 1 },                     /* positive BCD */
	{ 0xCF, 0x00, 0 },  { 0xD9, 0xD0, 1 }, /* negative BCD */
	{ 0xDF, 0x00, 0 },  { 0xEF, 0xE0, 1 }, /* binary */
	{ 0xF4, 0xEC, 4 },                     /* long binary */
	{ 0xF5, 0xF4, 48 }, { 0xF6, 0xF5, 64 },
	{ 0xF7, 0x00, 0 },  { 0xF8, 0xF7, 8 }, /* real, 64 bits */
	{ 0xFF, 0x00, 0 },
};

int mbus_lvar_size(uint8_t lvar)
{
	size_t i = 0;

	while (lvar > lvar_ranges[i].last)
		i++;
	return lvar_ranges[i].unit == 0
		       ? -1
		       : (lvar - lvar_ranges[i].base) * lvar_ranges[i].unit;
}

static struct span span_from(struct span bytes, size_t position)
{
	return span_of(bytes.data + position, bytes.size - position);
}

/* DIF and DIFEs at the beginning of rest; *ret_size is their length. */
static enum telegram_diagnosis measure_dib(struct span rest, size_t *ret_size)
{
	size_t size = 1;

	while (rest.data[size - 1] & EXTENDED) {
		if (size > MBUS_DIFE_MAX)
			return DIAGNOSIS_DIFE_TOO_MANY;
		if (size >= rest.size)
			return DIAGNOSIS_RECORD_SHORT;
		size++;
	}
	*ret_size = size;
	return DIAGNOSIS_NONE;
}

/* Data behind the header; *ret_size includes the LVAR byte. The last that can fail. */
static enum telegram_diagnosis measure_data(struct span rest, uint8_t dif,
					    struct telegram_record *ret_record,
					    size_t *ret_size)
{
	bool is_variable = (dif & MBUS_DIF_DATA) == MBUS_DIF_VARIABLE;
	size_t size = data_sizes[dif & MBUS_DIF_DATA];
	size_t head = 0;

	if (is_variable) {
		int variable_size;

		if (rest.size == 0)
			return DIAGNOSIS_RECORD_SHORT;
		variable_size = mbus_lvar_size(rest.data[0]);
		if (variable_size < 0)
			return DIAGNOSIS_LVAR_RESERVED;
		size = (size_t)variable_size;
		head = 1;
	}
	if (rest.size - head < size)
		return DIAGNOSIS_RECORD_SHORT;
	ret_record->is_variable = is_variable;
	ret_record->lvar = is_variable ? rest.data[0] : 0;
	ret_record->data = span_of(rest.data + head, size);
	*ret_size = head + size;
	return DIAGNOSIS_NONE;
}

/* A record of DIB, VIB and data that begins at rest. */
static enum telegram_diagnosis
measure_record(struct span rest, struct telegram_record *ret_record, size_t *ret_size)
{
	size_t dib_size;
	size_t vib_size;
	size_t data_size;
	size_t header_size;
	enum mbus_vib_error vib_error;
	enum telegram_diagnosis diagnosis = measure_dib(rest, &dib_size);

	if (diagnosis != DIAGNOSIS_NONE)
		return diagnosis;
	vib_error = mbus_vib_measure(span_from(rest, dib_size), &vib_size);
	if (vib_error != MBUS_VIB_OK)
		return vib_diagnoses[vib_error];
	header_size = dib_size + vib_size;
	diagnosis = measure_data(span_from(rest, header_size), rest.data[0], ret_record,
				 &data_size);
	if (diagnosis != DIAGNOSIS_NONE)
		return diagnosis;
	ret_record->dib = span_of(rest.data, dib_size);
	ret_record->vib = span_of(rest.data + dib_size, vib_size);
	ret_record->header = span_of(rest.data, header_size);
	*ret_size = header_size + data_size;
	return DIAGNOSIS_NONE;
}

/* DIF 0F or 1F: everything up to the end is the manufacturer's. */
static void take_manufacturer_block(struct span rest, struct telegram_record *ret_record)
{
	ret_record->dib = span_of(rest.data, 1);
	ret_record->vib = span_of(rest.data + 1, 0);
	ret_record->header = ret_record->dib;
	ret_record->data = span_from(rest, 1);
	ret_record->lvar = 0;
	ret_record->is_variable = false;
}

enum mbus_record_result mbus_record_next(struct span records, size_t *position,
					 struct telegram_record *ret_record,
					 enum telegram_diagnosis *ret_diagnosis)
{
	size_t size = 0;

	for (; *position < records.size; (*position)++) {
		struct span rest = span_from(records, *position);
		uint8_t dif = rest.data[0];

		if ((dif & MBUS_DIF_DATA) != MBUS_DIF_SPECIAL) {
			*ret_diagnosis = measure_record(rest, ret_record, &size);
			if (*ret_diagnosis != DIAGNOSIS_NONE)
				return MBUS_RECORD_BROKEN;
			*position += size;
			return MBUS_RECORD_FOUND;
		}
		if (dif == MBUS_DIF_MANUFACTURER || dif == MBUS_DIF_MANUFACTURER_MORE) {
			take_manufacturer_block(rest, ret_record);
			*position = records.size;
			return MBUS_RECORD_FOUND;
		}
		if (dif != MBUS_DIF_FILLER && dif != MBUS_DIF_GLOBAL_READOUT) {
			*ret_diagnosis = DIAGNOSIS_DIF_RESERVED;
			return MBUS_RECORD_BROKEN;
		}
	}
	return MBUS_RECORD_END;
}
