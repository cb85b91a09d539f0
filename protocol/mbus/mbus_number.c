/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/mbus_number.h"

#include "protocol/hex.h"
#include "protocol/mbus/mbus_bytes.h"
#include "protocol/mbus/mbus_wide.h"

enum {
	INTEGER_MAX = 8, /* bytes */
	BCD_MAX = 6,     /* bytes of fixed length */
	BCD_VARIABLE_MAX = 9,
	LVAR_BCD_NEGATIVE = 0xD0,
};

uint8_t mbus_byte_at(const struct telegram_record *record, size_t i)
{
	return record->data.data[record->is_msb_first ? record->data.size - 1 - i : i];
}

uint64_t mbus_load(const struct telegram_record *record)
{
	uint64_t bits = 0;

	for (size_t i = record->data.size; i-- > 0;)
		bits = bits << 8 | mbus_byte_at(record, i);
	return bits;
}

void mbus_set_none(struct value *ret_value, enum value_no_value reason)
{
	ret_value->kind = VALUE_NONE;
	ret_value->no_value = reason;
}

void mbus_set_hex(struct value *ret_value, const struct telegram_record *record)
{
	uint8_t bytes[(READING_TEXT_MAX - 1) / 2];

	if (record->data.size > sizeof bytes) {
		mbus_set_none(ret_value, NO_VALUE_TOO_LONG);
		return;
	}
	for (size_t i = 0; i < record->data.size; i++)
		bytes[i] = mbus_byte_at(record, record->data.size - 1 - i);
	hex_encode(span_of(bytes, record->data.size), ret_value->text);
	ret_value->kind = VALUE_TEXT;
}

static inline void set_digits(struct value *ret_value, int64_t digits)
{
	ret_value->kind = VALUE_INTEGER;
	ret_value->digits = digits;
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
	     __builtin_add_overflow(digits, reg->addend, &digits)))
		mbus_set_none(ret_value, NO_VALUE_TOO_LONG);
	else
		set_digits(ret_value, digits);
}

/* bits stand at the upper end; the arithmetic shift of gcc and clang spreads the sign. */
static inline int64_t signed_of(uint64_t bits, unsigned shift, struct value *ret_value)
{
	ret_value->is_suspect = bits == UINT64_MAX << shift || bits == UINT64_C(1) << 63;
	return (int64_t)bits >> shift;
}

void mbus_read_integer(const struct telegram_record *record,
		       const struct reading_register *reg, struct value *ret_value)
{
	size_t size = record->data.size;
	unsigned shift = 64 - 8 * (unsigned)size;

	if (size == 0 || size > INTEGER_MAX) {
		mbus_set_none(ret_value, NO_VALUE_NO_DATA);
		return;
	}
	set_integer(ret_value, signed_of(mbus_load(record) << shift, shift, ret_value),
		    reg);
}

/* All digits of a number of any size, in a text. */
static void set_wide(const struct telegram_record *record, bool is_signed,
		     struct value *ret_value)
{
	mbus_wide_write(record->data, record->is_msb_first, is_signed, ret_value->text);
	ret_value->kind = VALUE_TEXT;
	ret_value->is_wide = true;
}

void mbus_read_unsigned(const struct telegram_record *record,
			const struct reading_register *reg, struct value *ret_value)
{
	uint64_t bits = mbus_load(record);

	if (record->data.size == 0 || record->data.size > INTEGER_MAX)
		mbus_set_none(ret_value, NO_VALUE_NO_DATA);
	else if (bits <= INT64_MAX)
		set_integer(ret_value, (int64_t)bits, reg);
	else
		set_wide(record, false, ret_value);
}

void mbus_read_long(const struct telegram_record *record,
		    const struct reading_register *reg, enum mbus_long_kind kind,
		    struct value *ret_value)
{
	if (record->data.size <= INTEGER_MAX && kind == MBUS_LONG_UNSIGNED)
		mbus_read_unsigned(record, reg, ret_value);
	else if (record->data.size <= INTEGER_MAX)
		mbus_read_integer(record, reg, ret_value);
	else if (kind == MBUS_LONG_QUANTITY && record->data.size <= MBUS_WIDE_MAX)
		set_wide(record, true, ret_value);
	else
		mbus_set_hex(ret_value, record);
}

/* Whether one of up to 15 nibbles is above 9: adding 6 then carries out of it. */
static inline bool has_letter(uint64_t bcd)
{
	uint64_t sixes = UINT64_C(0x0666666666666666);

	return (((bcd + sixes) ^ bcd ^ sixes) & UINT64_C(0x1111111111111110)) != 0;
}

/* Eight digits to a number, pairs at a time: 2, then 4, then 8 digits. */
static inline uint32_t number_of_bcd_32(uint32_t bcd)
{
	bcd -= (bcd >> 4 & UINT32_C(0x0F0F0F0F)) * 6;
	bcd = (bcd & UINT32_C(0x00FF00FF)) + (bcd >> 8 & UINT32_C(0x00FF00FF)) * 100;
	return (bcd & UINT32_C(0xFFFF)) + (bcd >> 16) * 10000;
}

static inline int64_t number_of_bcd(uint64_t bcd)
{
	return (int64_t)number_of_bcd_32((uint32_t)(bcd >> 32)) * 100000000 +
	       number_of_bcd_32((uint32_t)bcd);
}

/*
 * BCD of a fixed length has at most 12 digits; F in the highest place is a minus sign.
 * Returns false, and no value, for a letter in any other place.
 */
static inline bool digits_of_bcd(uint64_t bcd, unsigned size, struct value *ret_value,
				 int64_t *ret_digits)
{
	unsigned sign_place = 8 * size - 4;
	bool is_negative = bcd >> sign_place == 0xF;
	int64_t digits;

	if (is_negative)
		bcd &= ~(UINT64_C(0xF) << sign_place);
	if (has_letter(bcd)) {
		mbus_set_none(ret_value, NO_VALUE_BCD_ERROR);
		return false;
	}
	digits = size <= 4 ? number_of_bcd_32((uint32_t)bcd) : number_of_bcd(bcd);
	*ret_digits = is_negative ? -digits : digits;
	return true;
}

void mbus_read_bcd(const struct telegram_record *record,
		   const struct reading_register *reg, struct value *ret_value)
{
	size_t size = record->data.size;
	int64_t digits;

	if (size == 0 || size > BCD_MAX)
		mbus_set_none(ret_value, NO_VALUE_NO_DATA);
	else if (digits_of_bcd(mbus_load(record), (unsigned)size, ret_value, &digits))
		set_integer(ret_value, digits, reg);
}

void mbus_read_variable_bcd(const struct telegram_record *record,
			    const struct reading_register *reg, struct value *ret_value)
{
	size_t size = record->data.size;
	int64_t digits = 0;

	if (size == 0 || size > BCD_VARIABLE_MAX) {
		mbus_set_none(ret_value, NO_VALUE_NO_DATA);
		return;
	}
	for (size_t i = size; i-- > 0;) {
		uint8_t byte = mbus_byte_at(record, i);

		if (has_letter(byte)) {
			mbus_set_none(ret_value, NO_VALUE_BCD_ERROR);
			return;
		}
		digits = digits * 100 + number_of_bcd(byte);
	}
	set_integer(ret_value, record->lvar >= LVAR_BCD_NEGATIVE ? -digits : digits, reg);
}

/* The short ways, one function for each usual length. */
#define READERS(bits, load)                                                              \
	void mbus_read_integer_##bits(const struct telegram_record *record,              \
				      const struct reading_register *reg,                \
				      struct value *ret_value)                           \
	{                                                                                \
		uint64_t word = load(record->data.data);                                 \
                                                                                         \
		(void)reg;                                                               \
		set_digits(ret_value,                                                    \
			   signed_of(word << (64 - bits), 64 - bits, ret_value));        \
	}
#define UNSIGNED_READERS(bits, load)                                                     \
	READERS(bits, load)                                                              \
	void mbus_read_unsigned_##bits(const struct telegram_record *record,             \
				       const struct reading_register *reg,               \
				       struct value *ret_value)                          \
	{                                                                                \
		(void)reg;                                                               \
		set_digits(ret_value, (int64_t)load(record->data.data));                 \
	}
#define BCD_READERS(bits, load)                                                          \
	UNSIGNED_READERS(bits, load)                                                     \
	void mbus_read_bcd_##bits(const struct telegram_record *record,                  \
				  const struct reading_register *reg,                    \
				  struct value *ret_value)                               \
	{                                                                                \
		int64_t digits;                                                          \
                                                                                         \
		(void)reg;                                                               \
		if (digits_of_bcd(load(record->data.data), bits / 8, ret_value,          \
				  &digits))                                              \
			set_digits(ret_value, digits);                                   \
	}

static inline uint32_t load_8(const uint8_t *p)
{
	return p[0];
}

BCD_READERS(8, load_8)
BCD_READERS(16, bytes_load_16)
BCD_READERS(24, bytes_load_24)
BCD_READERS(32, bytes_load_32)
BCD_READERS(48, bytes_load_48)
READERS(64, bytes_load_64)
