/* SPDX-License-Identifier: MIT */
/*
 * Integers and BCD (EN 13757-3, types A, B, C and D): the way for any length and byte
 * order, and for each usual length a shorter one. Pure; any thread.
 */
#ifndef READOUT_PROTOCOL_MBUS_NUMBER_H
#define READOUT_PROTOCOL_MBUS_NUMBER_H

#include "protocol/mbus/telegram.h"

typedef void mbus_read_cb(const struct telegram_record *record,
			  const struct reading_register *reg, struct value *ret_value);

/* The byte of record's data that stands for 256^i. */
uint8_t mbus_byte_at(const struct telegram_record *record, size_t i);

/* The data of record, at most 8 bytes, as one number. */
uint64_t mbus_load(const struct telegram_record *record);

/* No value, and why. */
void mbus_set_none(struct value *ret_value, enum value_no_value reason);

/* Any length up to 8 bytes, any byte order, additive correction included. */
mbus_read_cb mbus_read_integer;
mbus_read_cb mbus_read_unsigned;
mbus_read_cb mbus_read_bcd;

/* BCD of variable length has up to 18 digits; its sign is in LVAR. */
mbus_read_cb mbus_read_variable_bcd;

/*
 * Binary of variable length. Beyond 8 bytes it is a number under a VIF that gives it a
 * unit, and else hex, as it is then rather a block of bits.
 */
enum mbus_long_kind {
	MBUS_LONG_SIGNED,   /* two's complement; hex when long */
	MBUS_LONG_UNSIGNED, /* hex when long */
	MBUS_LONG_QUANTITY, /* two's complement; all its digits when long */
};
void mbus_read_long(const struct telegram_record *record,
		    const struct reading_register *reg, enum mbus_long_kind kind,
		    struct value *ret_value);

/*
 * The short ways, for data of exactly that many bits, sent least significant byte first,
 * under a register without additive correction.
 */
mbus_read_cb mbus_read_integer_8;
mbus_read_cb mbus_read_integer_16;
mbus_read_cb mbus_read_integer_24;
mbus_read_cb mbus_read_integer_32;
mbus_read_cb mbus_read_integer_48;
mbus_read_cb mbus_read_integer_64;
mbus_read_cb mbus_read_unsigned_8;
mbus_read_cb mbus_read_unsigned_16;
mbus_read_cb mbus_read_unsigned_24;
mbus_read_cb mbus_read_unsigned_32;
mbus_read_cb mbus_read_unsigned_48;
mbus_read_cb mbus_read_bcd_8;
mbus_read_cb mbus_read_bcd_16;
mbus_read_cb mbus_read_bcd_24;
mbus_read_cb mbus_read_bcd_32;
mbus_read_cb mbus_read_bcd_48;

/* Every byte of the data as two digits, most significant first. */
void mbus_set_hex(struct value *ret_value, const struct telegram_record *record);

#endif
