/* SPDX-License-Identifier: MIT */
/*
 * The one domain type that everyone above protocol/ speaks: what was measured, and the
 * exact value. A reading has two halves. Its register says how and what a meter sends
 * under one record header: a meter sends the same headers every time, so registers are
 * decoded once and kept. Its value is what this telegram said under that header.
 *
 * Values are exact: an integer and a power of ten, as the meter sent them. Whoever wants
 * a float makes one at the very end (decimal.h writes the text).
 */
#ifndef READOUT_PROTOCOL_READING_H
#define READOUT_PROTOCOL_READING_H

#include "protocol/span.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where a register comes from; part of its identity. */
enum reading_source {
	READING_SOURCE_MBUS = 1,     /* M-Bus data record, wired or wireless */
	READING_SOURCE_IEC62056 = 2, /* data line of IEC 62056-21 */
	READING_SOURCE_INPUT = 3, /* analogue, digital or pulse input of the terminal */
};

/* EN 13757-3, function field of the DIF. */
enum reading_function {
	READING_INSTANTANEOUS,
	READING_MAXIMUM,
	READING_MINIMUM,
	READING_ERROR,        /* value during error state */
	READING_MANUFACTURER, /* a block of bytes whose meaning is the manufacturer's */
};

/* How the data of a register is coded; decides what kind of value it gives. */
enum reading_type {
	READING_TYPE_NONE,     /* no data follows (DIF 0 or 8) */
	READING_TYPE_INTEGER,  /* two's complement, EN 13757-3 type B */
	READING_TYPE_UNSIGNED, /* flags and counters, types C and D */
	READING_TYPE_BCD,      /* type A */
	READING_TYPE_DIGITS, /* BCD that names something: leading zeros and letters count
			      */
	READING_TYPE_REAL,   /* type H, float 32 */
	READING_TYPE_DATE,   /* type G, 2 bytes */
	READING_TYPE_TIME,   /* type J, 3 bytes */
	READING_TYPE_DATE_TIME,         /* type F, 4 bytes */
	READING_TYPE_DATE_TIME_SECONDS, /* type I, 6 bytes */
	READING_TYPE_TEXT,              /* variable length, 8-bit characters */
	READING_TYPE_BYTES,             /* opaque, shown as hex */
};

enum {
	READING_HEADER_MAX =
		80, /* DIF, 10 DIFE, VIF, 10 VIFE, plain-text unit, or an OBIS code */
	READING_UNIT_MAX = 64,       /* with the final NUL */
	READING_MODIFIERS_MAX = 160, /* with the final NUL */
	READING_TEXT_MAX = 512, /* with the final NUL; a record holds at most 250 bytes */
};

/*
 * How and what: everything that follows from the record header alone. Two telegrams with
 * equal header bytes have equal registers (occurrence apart). What is asked for with each
 * value comes first, so that it lies in two cache lines.
 */
struct reading_register {
	enum reading_source source;
	enum reading_function function;
	uint64_t storage;    /* up to 41 bits */
	uint32_t tariff;     /* up to 20 bits */
	uint16_t subunit;    /* up to 10 bits */
	uint16_t occurrence; /* 0 for the first record with this header in its telegram */

	const char *quantity; /* "volume", "energy", ...; static text, never NULL; ""
				 unknown */
	enum reading_type type;
	int32_t factor;  /* 1 but for units such as minutes, hours, days (60, 3600, 86400)
			  */
	int8_t exponent; /* value = digits * 10^exponent * factor, in unit */
	uint8_t record_error; /* VIFE 01..1F of the slave side that marks the record bad,
				 else 0 */
	bool is_duration_months; /* the unit is months or years, which have no length in
				    seconds */
	uint8_t header_size;     /* bytes used of header */
	uint8_t reader;    /* for telegram_value() only: the quickest way to the value */
	uint8_t data_size; /* for telegram_value() only: the size that reader expects */

	/* An additive correction (VIFE 78..7B), in the digits of a value already: digits
	 * = digits sent * addend_scale + addend. 0 for nearly every register. */
	int64_t addend;
	int64_t addend_scale;

	char unit[READING_UNIT_MAX];           /* base unit ("m3", "Wh", "°C", "s"); ""
						  dimensionless */
	uint8_t header[READING_HEADER_MAX];    /* DIB and VIB (or OBIS code) as sent */
	char modifiers[READING_MODIFIERS_MAX]; /* meanings of the VIFEs in order, comma
						  between; record errors left out */
};

enum value_kind {
	VALUE_NONE,    /* see no_value */
	VALUE_INTEGER, /* digits, to be scaled by the register */
	VALUE_REAL,    /* real, to be scaled by the register */
	VALUE_TEXT,    /* text: characters, digits of an identification, ISO date or time,
			  hex; and, where is_wide, the digits of an integer, to be scaled */
};

/* Why a record has no value. The texts of value_no_value_text() are part of the schema.
 */
enum value_no_value {
	NO_VALUE_REASON_NONE,  /* it has one */
	NO_VALUE_NO_DATA,      /* the record has no data field */
	NO_VALUE_BCD_ERROR,    /* a nibble A to F where a digit belongs: the meter's error
				  display */
	NO_VALUE_NOT_A_NUMBER, /* float NaN */
	NO_VALUE_INFINITE,     /* float infinity */
	NO_VALUE_DATE_INVALID, /* day or month 0 or out of range, the "invalid" bit, all
				  ones */
	NO_VALUE_RECORD_ERROR, /* the meter marked the record bad */
	NO_VALUE_TOO_LONG,     /* longer than READING_TEXT_MAX */
};

/* What one telegram said under a register. text is only written for VALUE_TEXT. */
struct value {
	enum value_kind kind;
	enum value_no_value no_value;
	bool is_suspect;    /* all ones or the smallest integer: kept, yet doubtful */
	bool is_summertime; /* a date and time that says so */
	bool is_periodic;   /* a date pattern with "every" fields */
	bool is_wide; /* text is the digits of an integer beyond 64 bits: a number */
	int64_t digits;
	double real;
	char text[READING_TEXT_MAX];
};

/* Static text of a reason; "" for NO_VALUE_REASON_NONE. */
const char *value_no_value_text(enum value_no_value reason);

/* Static text: "instantaneous", "maximum", "minimum", "error", "manufacturer". */
const char *reading_function_text(enum reading_function function);

/* Static text: "mbus", "iec62056-21", "input". */
const char *reading_source_text(enum reading_source source);

#ifdef __cplusplus
}
#endif

#endif
