/* SPDX-License-Identifier: MIT */
/*
 * Data bytes to values: integers, BCD, reals, text, dates. What telegram_value() rests
 * on. Pure; any thread.
 */
#ifndef READOUT_PROTOCOL_MBUS_VALUE_H
#define READOUT_PROTOCOL_MBUS_VALUE_H

#include "protocol/mbus/mbus_number.h"
#include "protocol/mbus/telegram.h"

/*
 * Writes bytes of ISO 8859-1 as UTF-8, last byte first if is_reversed, with NUL. A byte 0
 * is written as U+2400 (symbol for null), which no 8-bit character gives, so nothing is
 * lost and the text stays a C string. Returns the length, or 0 with *ret_text empty if
 * the text needs more than capacity bytes (or is empty).
 */
size_t mbus_text_write(struct span bytes, bool is_reversed, char *ret_text,
		       size_t capacity);

/*
 * Sets reader and data_size of reg, whose type and addend are known: the quickest way to
 * a value of data_size bytes; 0 if the length is variable, and long_kind then says what
 * binary data means.
 */
void mbus_reader_choose(struct reading_register *reg, size_t data_size,
			enum mbus_long_kind long_kind);

/* Reads the data of record as reg says. */
void mbus_value_read(const struct telegram_record *record,
		     const struct reading_register *reg, struct value *ret_value);

#endif
