/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/mbus_value.h"

#include "protocol/decimal.h"
#include "protocol/hex.h"
#include "protocol/mbus/mbus_date.h"
#include "protocol/mbus/mbus_record.h"

enum {
	INTEGER_MAX = 8, /* longer binary data is shown as hex */
	BCD_MAX = 6,     /* bytes of fixed length */
	IDENTITY_SIZE = 8,
	DATE_MAX = 6,
	LVAR_BCD = 0xC0,
	LVAR_BCD_NEGATIVE = 0xD0,
	LVAR_BINARY = 0xE0,
	LVAR_REAL = 0xF8,
};

/* The byte that stands for 256^i. */
static uint8_t byte_at(const struct telegram_record *record, size_t i)
{
	return record->data.data[record->is_msb_first ? record->data.size - 1 - i : i];
}

static uint64_t load(const struct telegram_record *record)
{
	uint64_t bits = 0;

	for (size_t i = record->data.size; i-- > 0;)
		bits = bits << 8 | byte_at(record, i);
	return bits;
}

static void set_none(struct value *ret_value, enum value_no_value reason)
{
	ret_value->kind = VALUE_NONE;
	ret_value->no_value = reason;
}

/*
 * An additive correction is in the register as scale and addend; a sum that leaves 64
 * bits is no value rather than a wrong one.
 */
static void set_integer(struct value *ret_value, int64_t digits,
			const struct reading_register *reg)
{
	if (reg->addend != 0 &&
	    (__builtin_mul_overflow(digits, (int64_t)reg->addend_scale, &digits) ||
	     __builtin_add_overflow(digits, reg->addend, &digits))) {
		set_none(ret_value, NO_VALUE_TOO_LONG);
		return;
	}
	ret_value->kind = VALUE_INTEGER;
	ret_value->digits = digits;
}

static void set_real(struct value *ret_value, double real,
		     const struct reading_register *reg)
{
	/* NaN is the one number that differs from itself. */
	if (real != real) {
		set_none(ret_value, NO_VALUE_NOT_A_NUMBER);
	} else if (real - real != 0) {
		set_none(ret_value, NO_VALUE_INFINITE);
	} else {
		ret_value->kind = VALUE_REAL;
		ret_value->real = real;
		if (reg->addend != 0)
			ret_value->real =
				real * (double)reg->addend_scale + (double)reg->addend;
	}
}

/* Every byte as two digits, most significant first. */
static void set_hex(struct value *ret_value, const struct telegram_record *record)
{
	uint8_t bytes[(READING_TEXT_MAX - 1) / 2];

	if (record->data.size > sizeof bytes) {
		set_none(ret_value, NO_VALUE_TOO_LONG);
		return;
	}
	for (size_t i = 0; i < record->data.size; i++)
		bytes[i] = byte_at(record, record->data.size - 1 - i);
	hex_encode(span_of(bytes, record->data.size), ret_value->text);
	ret_value->kind = VALUE_TEXT;
}

static void read_none(const struct telegram_record *record,
		      const struct reading_register *reg, struct value *ret_value)
{
	(void)record;
	(void)reg;
	set_none(ret_value, NO_VALUE_NO_DATA);
}

static void read_integer(const struct telegram_record *record,
			 const struct reading_register *reg, struct value *ret_value)
{
	size_t size = record->data.size;
	unsigned shift = 64 - 8 * (unsigned)size;
	uint64_t bits;

	if (size == 0 || size > INTEGER_MAX) {
		set_none(ret_value, NO_VALUE_NO_DATA);
		return;
	}
	bits = load(record) << shift;
	ret_value->is_suspect = bits == UINT64_MAX << shift || bits == UINT64_C(1) << 63;
	/* The arithmetic shift of gcc and clang spreads the sign. */
	set_integer(ret_value, (int64_t)bits >> shift, reg);
}

/* 64 bits with the highest set exceed digits and are written out. */
static void read_unsigned(const struct telegram_record *record,
			  const struct reading_register *reg, struct value *ret_value)
{
	uint64_t bits = load(record);
	size_t size;

	if (bits <= INT64_MAX) {
		set_integer(ret_value, (int64_t)bits, reg);
		return;
	}
	size = decimal_write_integer((int64_t)(bits / 10), ret_value->text);
	ret_value->text[size] = (char)('0' + bits % 10);
	ret_value->text[size + 1] = '\0';
	ret_value->kind = VALUE_TEXT;
}

/* Whether one of up to 15 nibbles is above 9: adding 6 then carries out of it. */
static bool has_letter(uint64_t bcd)
{
	uint64_t sixes = UINT64_C(0x0666666666666666);

	return (((bcd + sixes) ^ bcd ^ sixes) & UINT64_C(0x1111111111111110)) != 0;
}

/* Sixteen digits to a number, pairs at a time: 2, then 4, then 8, then 16 digits. */
static int64_t number_of_bcd(uint64_t bcd)
{
	bcd -= (bcd >> 4 & UINT64_C(0x0F0F0F0F0F0F0F0F)) * 6;
	bcd = (bcd & UINT64_C(0x00FF00FF00FF00FF)) +
	      (bcd >> 8 & UINT64_C(0x00FF00FF00FF00FF)) * 100;
	bcd = (bcd & UINT64_C(0x0000FFFF0000FFFF)) +
	      (bcd >> 16 & UINT64_C(0x0000FFFF0000FFFF)) * 10000;
	return (int64_t)((bcd & UINT32_MAX) + (bcd >> 32) * 100000000);
}

/* BCD of a fixed length has at most 12 digits; F in the highest place is a minus sign. */
static void read_bcd(const struct telegram_record *record,
		     const struct reading_register *reg, struct value *ret_value)
{
	size_t size = record->data.size;
	unsigned sign_place = 8 * (unsigned)size - 4;
	uint64_t bcd = load(record);
	bool is_negative;

	if (size == 0 || size > BCD_MAX) {
		set_none(ret_value, NO_VALUE_NO_DATA);
		return;
	}
	is_negative = bcd >> sign_place == 0xF;
	if (is_negative)
		bcd &= ~(UINT64_C(0xF) << sign_place);
	if (has_letter(bcd)) {
		set_none(ret_value, NO_VALUE_BCD_ERROR);
		return;
	}
	set_integer(ret_value, is_negative ? -number_of_bcd(bcd) : number_of_bcd(bcd),
		    reg);
}

/* BCD of a variable length has up to 18 digits; its sign is in LVAR. */
static void read_variable_bcd(const struct telegram_record *record,
			      const struct reading_register *reg, struct value *ret_value)
{
	int64_t digits = 0;

	if (record->data.size == 0) {
		set_none(ret_value, NO_VALUE_NO_DATA);
		return;
	}
	for (size_t i = record->data.size; i-- > 0;) {
		uint8_t byte = byte_at(record, i);

		if (has_letter(byte)) {
			set_none(ret_value, NO_VALUE_BCD_ERROR);
			return;
		}
		digits = digits * 100 + number_of_bcd(byte);
	}
	set_integer(ret_value, record->lvar >= LVAR_BCD_NEGATIVE ? -digits : digits, reg);
}

static void read_real(const struct telegram_record *record,
		      const struct reading_register *reg, struct value *ret_value)
{
	uint32_t bits = (uint32_t)load(record);
	float real;

	memcpy(&real, &bits, sizeof real);
	set_real(ret_value, (double)real, reg);
}

static void read_real_64(const struct telegram_record *record,
			 const struct reading_register *reg, struct value *ret_value)
{
	uint64_t bits = load(record);
	double real;

	memcpy(&real, &bits, sizeof real);
	set_real(ret_value, real, reg);
}

static void read_date(const struct telegram_record *record,
		      const struct reading_register *reg, struct value *ret_value)
{
	uint8_t bytes[DATE_MAX] = { 0 };

	for (size_t i = 0; i < record->data.size && i < sizeof bytes; i++)
		bytes[i] = byte_at(record, i);
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
		set_none(ret_value, NO_VALUE_TOO_LONG);
}

static void read_binary(const struct telegram_record *record,
			const struct reading_register *reg, struct value *ret_value)
{
	if (record->data.size > INTEGER_MAX)
		set_hex(ret_value, record);
	else
		read_integer(record, reg, ret_value);
}

/* LVAR says how the data of a variable length is coded. */
static void read_variable(const struct telegram_record *record,
			  const struct reading_register *reg, struct value *ret_value)
{
	if (record->lvar < LVAR_BCD)
		read_text(record, reg, ret_value);
	else if (record->lvar < LVAR_BINARY)
		read_variable_bcd(record, reg, ret_value);
	else if (record->lvar == LVAR_REAL)
		read_real_64(record, reg, ret_value);
	else
		read_binary(record, reg, ret_value);
}

/* Enhanced identification: a secondary address, its parts as people write them. */
static void read_identity(const struct telegram_record *record, struct value *ret_value)
{
	uint8_t bytes[IDENTITY_SIZE];
	char *p = ret_value->text;

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = byte_at(record, i);
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
		set_hex(ret_value, record);
}

/* Bytes in the order they were sent, whatever the byte order of numbers. */
static void read_bytes(const struct telegram_record *record,
		       const struct reading_register *reg, struct value *ret_value)
{
	(void)reg;
	if (2 * record->data.size >= sizeof ret_value->text) {
		set_none(ret_value, NO_VALUE_TOO_LONG);
		return;
	}
	hex_encode(record->data, ret_value->text);
	ret_value->kind = VALUE_TEXT;
}

typedef void read_cb(const struct telegram_record *record,
		     const struct reading_register *reg, struct value *ret_value);

static read_cb *const readers[] = {
	[READING_TYPE_NONE] = read_none,
	[READING_TYPE_INTEGER] = read_integer,
	[READING_TYPE_UNSIGNED] = read_unsigned,
	[READING_TYPE_BCD] = read_bcd,
	[READING_TYPE_DIGITS] = read_name,
	[READING_TYPE_REAL] = read_real,
	[READING_TYPE_DATE] = read_date,
	[READING_TYPE_TIME] = read_date,
	[READING_TYPE_DATE_TIME] = read_date,
	[READING_TYPE_DATE_TIME_SECONDS] = read_date,
	[READING_TYPE_TEXT] = read_variable,
	[READING_TYPE_BYTES] = read_bytes,
};

/* Appends one character; returns its length, or 0 when it does not fit. */
static size_t put_character(uint8_t character, char *p, size_t room)
{
	char utf8[3] = { (char)character };
	size_t size = 1;

	if (character == 0) {
		memcpy(utf8, "\xE2\x90\x80", 3);
		size = 3;
	} else if (character >= 0x80) {
		utf8[0] = (char)(0xC0 | character >> 6);
		utf8[1] = (char)(0x80 | (character & 0x3F));
		size = 2;
	}
	if (size > room)
		return 0;
	memcpy(p, utf8, size);
	return size;
}

size_t mbus_text_write(struct span bytes, bool is_reversed, char *ret_text,
		       size_t capacity)
{
	size_t length = 0;

	for (size_t i = 0; i < bytes.size; i++) {
		uint8_t character = bytes.data[is_reversed ? bytes.size - 1 - i : i];
		size_t size = put_character(character, ret_text + length,
					    capacity - 1 - length);

		if (size == 0) {
			length = 0;
			break;
		}
		length += size;
	}
	ret_text[length] = '\0';
	return length;
}

void mbus_value_read(const struct telegram_record *record,
		     const struct reading_register *reg, struct value *ret_value)
{
	ret_value->no_value = NO_VALUE_REASON_NONE;
	ret_value->is_suspect = false;
	ret_value->is_summertime = false;
	ret_value->is_periodic = false;
	readers[reg->type](record, reg, ret_value);
}
