/* SPDX-License-Identifier: MIT */
#include "protocol/scdata/scdata_input.h"

#include "protocol/at/at_text.h"
#include "protocol/decimal.h"
#include "protocol/decimal_read.h"

static uint8_t write_header(uint8_t *header, int64_t index, uint8_t places)
{
	char number[20];
	uint8_t size = (uint8_t)decimal_write_integer(index, number);

	memcpy(header, number, size);
	header[size++] = '(';
	if (places >= 10)
		header[size++] = '1';
	header[size++] = (uint8_t)('0' + places % 10);
	header[size++] = ')';
	return size;
}

bool scdata_input_read(struct span data, int64_t index,
		       struct reading_register *ret_register, struct value *ret_value)
{
	int64_t digits;
	uint8_t places;

	if (!decimal_read(at_text_trim(data), &digits, &places))
		return false;
	*ret_register = (struct reading_register){
		.source = READING_SOURCE_INPUT,
		.quantity = "input",
		.type = READING_TYPE_INTEGER,
		.subunit = (uint16_t)(index & UINT16_MAX),
		.exponent = (int8_t)-places,
		.factor = 1,
		.addend_scale = 1,
	};
	ret_register->header_size = write_header(ret_register->header, index, places);
	ret_value->kind = VALUE_INTEGER;
	ret_value->no_value = NO_VALUE_REASON_NONE;
	ret_value->is_suspect = false;
	ret_value->is_summertime = false;
	ret_value->is_periodic = false;
	ret_value->is_wide = false;
	ret_value->digits = digits;
	return true;
}
