/* SPDX-License-Identifier: MIT */
/*
 * Bytes of M-Bus telegrams, from the meter's side: RSP_UD with variable data structure
 * (CI 72), written as EN 13757-3 describes it and not by turning a decoder round. A
 * record is its header (DIB and VIB, given as bytes) followed by one encoder_put_ of its
 * data. A telegram longer than the largest frame is a defect of the meter that writes it
 * and stops the program.
 */
#ifndef READOUT_SIMULATOR_ENCODER_H
#define READOUT_SIMULATOR_ENCODER_H

#include <stddef.h>
#include <stdint.h>

enum {
	TELEGRAM_SIZE_MAX = 261, /* 68 L L 68, L = 255, CS 16 */
};

/* The fixed header of a variable data structure. */
struct telegram_header {
	uint32_t id;          /* 8 decimal digits, as printed on the meter */
	char manufacturer[4]; /* three letters and a NUL */
	uint8_t version;
	uint8_t medium;
	uint8_t access_number;
	uint8_t status;
};

struct encoder {
	uint8_t bytes[TELEGRAM_SIZE_MAX];
	size_t size;
};

/* Bytes of a string literal, without its NUL, as the two arguments bytes and size. */
#define ENCODER_BYTES(literal) (literal), sizeof(literal) - 1

/* Starts a long frame: C field 08, primary address 0, CI 72 and the header. */
void encoder_begin(struct encoder *encoder, const struct telegram_header *header);

/* Fills in both lengths and appends checksum and stop byte: encoder->bytes is a frame. */
void encoder_end(struct encoder *encoder);

/* Starts a wireless telegram as SmartCOM keeps it: from the C field on, short header
 * (CI 7A), configuration word 0. Nothing is appended at its end. */
void encoder_begin_wireless(struct encoder *encoder,
			    const struct telegram_header *header);

/* Record headers, and data that are opaque. */
void encoder_put(struct encoder *encoder, const char *bytes, size_t size);

/* Type A: size bytes of BCD, least significant first; below zero an F in the top digit.
 * Digits that do not fit are cut off, as a counter rolls over. */
void encoder_put_bcd(struct encoder *encoder, int64_t value, size_t size);

/* Type B: two's complement, least significant byte first. */
void encoder_put_integer(struct encoder *encoder, int64_t value, size_t size);

/* Type H: IEEE 754, 32 bits. */
void encoder_put_float(struct encoder *encoder, float value);

/* Types G (2 bytes) and F (4 bytes) of a moment given in Unix seconds. */
void encoder_put_date(struct encoder *encoder, int64_t moment);
void encoder_put_date_time(struct encoder *encoder, int64_t moment);

/* Variable length: the LVAR byte, then the characters, the last one first. */
void encoder_put_text(struct encoder *encoder, const char *string);

/* The sum modulo 256, as in the last byte but one of a frame. */
uint8_t encoder_checksum(const uint8_t *bytes, size_t size);

#endif
