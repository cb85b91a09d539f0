/* SPDX-License-Identifier: MIT */
/*
 * What a random record must be decoded to. Whoever draws a part of a record (DIB, VIB,
 * data) writes its bytes with the simulator's encoder and its meaning in here; nothing is
 * taken from the decoder's tables.
 */
#ifndef READOUT_ROUNDTRIP_EXPECTATION_H
#define READOUT_ROUNDTRIP_EXPECTATION_H

#include "protocol/reading.h"
#include "tests/simulator/dice.h"
#include "tests/simulator/encoder.h"

/* What the VIF says about the data, beyond quantity and unit. */
enum vif_kind {
	VIF_NUMBER,   /* signed; successive codes are powers of ten */
	VIF_DURATION, /* successive codes are s, min, h, d; exponent names the first */
	VIF_MONTHS,   /* months, then years */
	VIF_COUNTER,  /* unsigned */
	VIF_NAME,     /* BCD is a string of digits */
	VIF_DATE,     /* type F, G, I or J by its length */
	VIF_UNIT,     /* 7C: the unit is spelt out */
	VIF_KIND_COUNT,
};

/* A run of VIF codes of EN 13757-3. */
struct vif_row {
	uint8_t extension; /* 0 primary, FB, FD */
	uint8_t first;
	uint8_t last;
	enum vif_kind kind;
	int exponent; /* of the first code */
	const char *quantity;
	const char *unit;
};

struct expectation {
	size_t header_size; /* bytes of DIB and VIB; the record begins at offset */
	size_t size;        /* bytes of the record */
	size_t offset;
	enum reading_function function;
	uint64_t storage;
	uint32_t tariff;
	uint16_t subunit;
	const char *quantity;
	char unit[READING_UNIT_MAX];
	enum reading_type type;
	int exponent;
	int32_t factor;
	bool is_duration_months;
	char modifiers[READING_MODIFIERS_MAX];
	struct value value;
};

/* Random runs of bits; a length of bits is itself drawn, so that small numbers occur. */
uint64_t draw_bits(struct dice *dice, unsigned bits);
uint64_t draw_up_to_bits(struct dice *dice, unsigned bits);

/* Printable Latin-1 characters: size of them as sent, and what they are in UTF-8. */
void draw_text(struct dice *dice, size_t size, char *ret_latin, char *ret_utf8);

/* Any VIF; then its bytes with random VIFEs, and what they mean. */
const struct vif_row *draw_vif(struct dice *dice);
void draw_vib(struct dice *dice, const struct vif_row *row, struct encoder *encoder,
	      struct expectation *expected);

/* A whole record into the empty encoder. */
void draw_record(struct dice *dice, struct encoder *encoder,
		 struct expectation *ret_expected);

/* The data of a record: writes size bytes (0: variable length, LVAR included). */
typedef void draw_data_cb(struct dice *dice, const struct vif_row *row, size_t size,
			  struct encoder *encoder, struct expectation *expected);
draw_data_cb draw_nothing;
draw_data_cb draw_integer;
draw_data_cb draw_unsigned;
draw_data_cb draw_bcd;
draw_data_cb draw_real;
draw_data_cb draw_name;
draw_data_cb draw_variable_text;
draw_data_cb draw_variable_bcd;
draw_data_cb draw_variable_name;
draw_data_cb draw_variable_integer;
draw_data_cb draw_date;

#endif
