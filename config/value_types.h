/* SPDX-License-Identifier: MIT */
/*
 * What a value can be: one function per type, for the read field of a reader_key. Each
 * checks kind and range, says what is allowed, and stores into the C type named here.
 */
#ifndef READOUT_CONFIG_VALUE_TYPES_H
#define READOUT_CONFIG_VALUE_TYPES_H

#include "config/reader.h"

void value_read_text(const struct reader_value *value, void *target);        /* char * */
void value_read_word(const struct reader_value *value, void *target);        /* char * */
void value_read_second_word(const struct reader_value *value, void *target); /* bool */
void value_read_name(const struct reader_value *value, void *target);        /* char * */
void value_read_address(const struct reader_value *value, void *target); /* char *, IP */
void value_read_boolean(const struct reader_value *value, void *target); /* bool */
void value_read_count(const struct reader_value *value, void *target);   /* uint32_t */
void value_read_port(const struct reader_value *value, void *target);    /* uint16_t */
void value_read_duration(const struct reader_value *value,
			 void *target);                                 /* uint64_t, ms */
void value_read_offset(const struct reader_value *value, void *target); /* int64_t, ms */
void value_read_size(const struct reader_value *value, void *target); /* size_t, bytes */

/* An object with keys of its own, value->key->keys, for the struct at target. */
void value_read_section(const struct reader_value *value, void *target);

/* Whether a read function stores a char * that has to be freed. */
bool value_type_is_text(void (*read)(const struct reader_value *value, void *target));

/* A name that is safe as a file's and a cursor's: small letters, digits, "-" and "_". */
bool value_is_name(const char *text);

/* Complains that text is none of words, with a suggestion if one is close. */
void value_complain_of_word(const struct reader *reader, const char *path,
			    const char *text, const char *const *words);

#endif
