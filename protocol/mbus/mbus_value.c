/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/mbus_value.h"

#include "protocol/hex.h"
#include "protocol/mbus/mbus_bytes.h"
#include "protocol/mbus/mbus_date.h"
#include "protocol/mbus/mbus_number.h"
#include "protocol/mbus/mbus_record.h"

enum {
	IDENTITY_SIZE = 8,
	DATE_MAX = 6,
	LVAR_BCD = 0xC0,
	LVAR_BINARY = 0xE0,
	LVAR_REAL = 0xF8,
};

static void set_real(struct value *ret_value, double real,
		     const struct reading_register *reg)
{
	/* NaN is the one number that differs from itself. */
	if (real != real) {
		mbus_set_none(ret_value, NO_VALUE_NOT_A_NUMBER);
	} else if (real - real != 0) {
		mbus_set_none(ret_value, NO_VALUE_INFINITE);
	} else {
		ret_value->kind = VALUE_REAL;
		ret_value->real = real;
		if (reg->addend != 0)
			ret_value->real =
				real * (double)reg->addend_scale + (double)reg->addend;
	}
}

static void read_none(const struct telegram_record *record,
		      const struct reading_register *reg, struct value *ret_value)
{
	(void)record;
	(void)reg;
	mbus_set_none(ret_value, NO_VALUE_NO_DATA);
}

static void read_real(const struct telegram_record *record,
		      const struct reading_register *reg, struct value *ret_value)
{
	uint32_t bits = (uint32_t)mbus_load(record);
	float real;

	memcpy(&real, &bits, sizeof real);
	set_real(ret_value, (double)real, reg);
}

static void read_real_64(const struct telegram_record *record,
			 const struct reading_register *reg, struct value *ret_value)
{
	uint64_t bits = mbus_load(record);
	double real;

	memcpy(&real, &bits, sizeof real);
	set_real(ret_value, real, reg);
}

static void read_real_32(const struct telegram_record *record,
			 const struct reading_register *reg, struct value *ret_value)
{
	uint32_t bits = bytes_load_32(record->data.data);
	float real;

	memcpy(&real, &bits, sizeof real);
	set_real(ret_value, (double)real, reg);
}

/* The bytes of a date stand as mbus_date_read() wants them. */
static void read_date_in_place(const struct telegram_record *record,
			       const struct reading_register *reg,
			       struct value *ret_value)
{
	mbus_date_read(reg->type, record->data.data, ret_value);
}

static void read_date(const struct telegram_record *record,
		      const struct reading_register *reg, struct value *ret_value)
{
	uint8_t bytes[DATE_MAX] = { 0 };

	for (size_t i = 0; i < record->data.size && i < sizeof bytes; i++)
		bytes[i] = mbus_byte_at(record, i);
	mbus_date_read(reg->type, bytes, ret_value);
}

static void read_text(const struct telegram_record *record,
		      const struct reading_register *reg, struct value *ret_value)
{
	(void)reg;
	ret_value->kind = VALUE_TEXT;
	if (mbus_text_write(record->data, !record->is_msb_first, ret_value->text,
			    sizeof ret_value->text) == 0 &&
	    record->data.size != 0)
		mbus_set_none(ret_value, NO_VALUE_TOO_LONG);
}

/* Ways to a value: the first are those of the types, for any length and byte order. */
enum reader {
	READER_SHORT = READING_TYPE_BYTES + 1,
	READER_INTEGER_8 = READER_SHORT,
	READER_INTEGER_16,
	READER_INTEGER_24,
	READER_INTEGER_32,
	READER_INTEGER_48,
	READER_INTEGER_64,
	READER_UNSIGNED_8,
	READER_UNSIGNED_16,
	READER_UNSIGNED_24,
	READER_UNSIGNED_32,
	READER_UNSIGNED_48,
	READER_BCD_8,
	READER_BCD_16,
	READER_BCD_24,
	READER_BCD_32,
	READER_BCD_48,
	READER_REAL_32,
	READER_DATE,
	READER_VARIABLE_UNSIGNED,
	READER_VARIABLE_QUANTITY,
	READER_COUNT,
};

static enum mbus_long_kind long_kind_of(const struct reading_register *reg)
{
	if (reg->reader == READER_VARIABLE_UNSIGNED)
		return MBUS_LONG_UNSIGNED;
	return reg->reader == READER_VARIABLE_QUANTITY ? MBUS_LONG_QUANTITY
						       : MBUS_LONG_SIGNED;
}

/* LVAR says how the data of a variable length is coded. */
static void read_variable(const struct telegram_record *record,
			  const struct reading_register *reg, struct value *ret_value)
{
	if (record->lvar < LVAR_BCD)
		read_text(record, reg, ret_value);
	else if (record->lvar < LVAR_BINARY)
		mbus_read_variable_bcd(record, reg, ret_value);
	else if (record->lvar == LVAR_REAL)
		read_real_64(record, reg, ret_value);
	else
		mbus_read_long(record, reg, long_kind_of(reg), ret_value);
}

/* Enhanced identification: a secondary address, its parts as people write them. */
static void read_identity(const struct telegram_record *record, struct value *ret_value)
{
	uint8_t bytes[IDENTITY_SIZE];
	char *p = ret_value->text;

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = mbus_byte_at(record, i);
	for (size_t i = 4; i-- > 0; p += 2)
		hex_encode(span_of(bytes + i, 1), p);
	mbus_manufacturer_text((uint16_t)(bytes[5] << 8 | bytes[4]), p);
	hex_encode(span_of(bytes + 6, 2), p + 3);
	ret_value->kind = VALUE_TEXT;
}

static void read_name(const struct telegram_record *record,
		      const struct reading_register *reg, struct value *ret_value)
{
	bool is_bcd = record->lvar >= LVAR_BCD && record->lvar < LVAR_BINARY;

	if (record->is_variable && !is_bcd)
		read_variable(record, reg, ret_value);
	else if (record->data.size == IDENTITY_SIZE && !record->is_variable)
		read_identity(record, ret_value);
	else
		mbus_set_hex(ret_value, record);
}

/* Bytes in the order they were sent, whatever the byte order of numbers. */
static void read_bytes(const struct telegram_record *record,
		       const struct reading_register *reg, struct value *ret_value)
{
	(void)reg;
	if (2 * record->data.size >= sizeof ret_value->text) {
		mbus_set_none(ret_value, NO_VALUE_TOO_LONG);
		return;
	}
	hex_encode(record->data, ret_value->text);
	ret_value->kind = VALUE_TEXT;
}

static mbus_read_cb *const readers[READER_COUNT] = {
	[READING_TYPE_NONE] = read_none,
	[READING_TYPE_INTEGER] = mbus_read_integer,
	[READING_TYPE_UNSIGNED] = mbus_read_unsigned,
	[READING_TYPE_BCD] = mbus_read_bcd,
	[READING_TYPE_DIGITS] = read_name,
	[READING_TYPE_REAL] = read_real,
	[READING_TYPE_DATE] = read_date,
	[READING_TYPE_TIME] = read_date,
	[READING_TYPE_DATE_TIME] = read_date,
	[READING_TYPE_DATE_TIME_SECONDS] = read_date,
	[READING_TYPE_TEXT] = read_variable,
	[READING_TYPE_BYTES] = read_bytes,
	[READER_INTEGER_8] = mbus_read_integer_8,
	[READER_INTEGER_16] = mbus_read_integer_16,
	[READER_INTEGER_24] = mbus_read_integer_24,
	[READER_INTEGER_32] = mbus_read_integer_32,
	[READER_INTEGER_48] = mbus_read_integer_48,
	[READER_INTEGER_64] = mbus_read_integer_64,
	[READER_UNSIGNED_8] = mbus_read_unsigned_8,
	[READER_UNSIGNED_16] = mbus_read_unsigned_16,
	[READER_UNSIGNED_24] = mbus_read_unsigned_24,
	[READER_UNSIGNED_32] = mbus_read_unsigned_32,
	[READER_UNSIGNED_48] = mbus_read_unsigned_48,
	[READER_BCD_8] = mbus_read_bcd_8,
	[READER_BCD_16] = mbus_read_bcd_16,
	[READER_BCD_24] = mbus_read_bcd_24,
	[READER_BCD_32] = mbus_read_bcd_32,
	[READER_BCD_48] = mbus_read_bcd_48,
	[READER_REAL_32] = read_real_32,
	[READER_DATE] = read_date_in_place,
	[READER_VARIABLE_UNSIGNED] = read_variable,
	[READER_VARIABLE_QUANTITY] = read_variable,
};

/* The short way by type and length in bytes; 0 where there is none. */
static const uint8_t short_readers[READER_SHORT][9] = {
	[READING_TYPE_INTEGER] = { 0, READER_INTEGER_8, READER_INTEGER_16,
				   READER_INTEGER_24, READER_INTEGER_32, 0,
				   READER_INTEGER_48, 0, READER_INTEGER_64 },
	[READING_TYPE_UNSIGNED] = { 0, READER_UNSIGNED_8, READER_UNSIGNED_16,
				    READER_UNSIGNED_24, READER_UNSIGNED_32, 0,
				    READER_UNSIGNED_48 },
	[READING_TYPE_BCD] = { 0, READER_BCD_8, READER_BCD_16, READER_BCD_24,
			       READER_BCD_32, 0, READER_BCD_48 },
	[READING_TYPE_REAL] = { [4] = READER_REAL_32 },
	[READING_TYPE_DATE] = { [2] = READER_DATE },
	[READING_TYPE_TIME] = { [3] = READER_DATE },
	[READING_TYPE_DATE_TIME] = { [4] = READER_DATE },
	[READING_TYPE_DATE_TIME_SECONDS] = { [6] = READER_DATE },
};

void mbus_reader_choose(struct reading_register *reg, size_t data_size,
			enum mbus_long_kind long_kind)
{
	static const uint8_t long_readers[] = {
		[MBUS_LONG_SIGNED] = READING_TYPE_TEXT,
		[MBUS_LONG_UNSIGNED] = READER_VARIABLE_UNSIGNED,
		[MBUS_LONG_QUANTITY] = READER_VARIABLE_QUANTITY,
	};
	uint8_t reader = data_size < sizeof short_readers[0]
				 ? short_readers[reg->type][data_size]
				 : 0;

	if (reader == 0 || reg->addend != 0)
		reader = (uint8_t)reg->type;
	if (reg->type == READING_TYPE_TEXT || reg->type == READING_TYPE_DIGITS) {
		reader = data_size == 0 ? long_readers[long_kind] : reader;
		/* No variable length reaches this, so each takes the way of its type. */
		data_size = data_size == 0 ? UINT8_MAX : data_size;
	}
	reg->reader = reader;
	reg->data_size = (uint8_t)data_size;
}

void mbus_value_read(const struct telegram_record *record,
		     const struct reading_register *reg, struct value *ret_value)
{
	unsigned reader = reg->reader;

	if (record->data.size != reg->data_size || record->is_msb_first)
		reader = reg->type;
	ret_value->no_value = NO_VALUE_REASON_NONE;
	ret_value->is_suspect = false;
	ret_value->is_summertime = false;
	ret_value->is_periodic = false;
	ret_value->is_wide = false;
	readers[reader](record, reg, ret_value);
}
