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

#include <stdbool.h>
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

/* What a DIB says: the DIF and as many DIFEs as the numbers need. */
struct record_dib {
	uint8_t coding;   /* low half of the DIF: length and coding of the data */
	uint8_t function; /* 0 instantaneous, 1 maximum, 2 minimum, 3 during error */
	uint64_t storage; /* 41 bits */
	uint32_t tariff;  /* 20 bits */
	uint16_t subunit; /* 10 bits */
};

/* A date and time field by field, so that impossible ones can be sent too. */
struct calendar {
	uint8_t year;          /* 7 bits: two digits, or 127 for every year */
	uint8_t hundred_years; /* 2 bits, in type F alone */
	uint8_t month;         /* 4 bits; 15: every month */
	uint8_t day;           /* 5 bits */
	uint8_t day_of_week;   /* 3 bits, in type I alone */
	uint8_t week;          /* 6 bits, in type I alone */
	uint8_t hour;          /* 5 bits */
	uint8_t minute;        /* 6 bits */
	uint8_t second;        /* 6 bits, in types I and J */
	bool is_summertime;    /* in types F and I */
	bool is_leap_year;     /* in type I alone */
	bool is_invalid;       /* in types F and I */
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

/* The DIB of a record; its VIB is the next to be put. */
void encoder_put_dib(struct encoder *encoder, const struct record_dib *dib);

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

/* Types F (4 bytes), G (2), I (6) and J (3), whatever the fields say. */
void encoder_put_type_f(struct encoder *encoder, const struct calendar *calendar);
void encoder_put_type_g(struct encoder *encoder, const struct calendar *calendar);
void encoder_put_type_i(struct encoder *encoder, const struct calendar *calendar);
void encoder_put_type_j(struct encoder *encoder, const struct calendar *calendar);

/* Variable length, BCD: the sign is in the LVAR byte; size is at most 9 bytes. */
void encoder_put_variable_bcd(struct encoder *encoder, int64_t value, size_t size);

/* Variable length, binary: two's complement of an integer given by its digits ("-12") in
 * size bytes: 1..15, 16, 20, 24, 28, 32, 48 or 64. */
void encoder_put_variable_integer(struct encoder *encoder, const char *digits,
				  size_t size);

/* Variable length: the LVAR byte, then the characters, the last one first. */
void encoder_put_text(struct encoder *encoder, const char *string);

/* The sum modulo 256, as in the last byte but one of a frame. */
uint8_t encoder_checksum(const uint8_t *bytes, size_t size);

#endif
