/* SPDX-License-Identifier: MIT */
/*
 * Virtual meters. A meter has no memory: what it shows at its n-th reading follows from
 * its number and n alone, so a terminal keeps readings as numbers and makes their bytes
 * when they are asked for. Counters rise with every reading; two runs with one seed show
 * the same values.
 */
#ifndef READOUT_SIMULATOR_METER_H
#define READOUT_SIMULATOR_METER_H

#include "tests/simulator/encoder.h"

#include <stdbool.h>

enum meter_kind {
	METER_WATER,       /* Siemens WFH21, M-Bus */
	METER_HEAT,        /* heat meter, M-Bus; power and difference may be negative */
	METER_ELECTRICITY, /* three tariffs, M-Bus; integers and a float among them */
	METER_PULSE,       /* AIN_DIN, pulse counter */
	METER_IEC,         /* IEC 62056-21, a block of many lines */
	METER_WMBUS,       /* wireless water meter */
	METER_UNKNOWN,     /* record of protocol "Unknown" */
	METER_DEAD,        /* M-Bus meter that never answers: error records only */
	METER_KIND_COUNT,
};

enum {
	PAYLOAD_SIZE_MAX = 512,
};

/* What stands between the last quotes of a record line, before it is made text. */
struct payload {
	uint8_t bytes[PAYLOAD_SIZE_MAX];
	size_t size;
	bool is_text; /* printed as it is, else in hex */
};

struct meter {
	enum meter_kind kind;
	uint32_t id; /* 8 decimal digits, unlike any other meter's */
	uint64_t seed;
};

/* The counter that matters most, as exactly as it was sent, in the base unit. */
struct meter_value {
	int64_t digits;
	int exponent;     /* value = digits x 10^exponent */
	const char *unit; /* "m3", "Wh" or "" */
};

/* How the terminal stores and lists meters of this kind. */
struct meter_traits {
	const char *name;           /* in --kinds */
	const char *protocol;       /* fourth field of a record line */
	const char *identification; /* seventh field */
	uint16_t space;             /* bytes its payload takes in the terminal's memory */
	uint16_t port;              /* in AT^SCAMS?; 0: not in that table (wireless) */
};

const struct meter_traits *meter_traits(enum meter_kind kind);

/* False when no kind is called so. */
bool meter_kind_parse(const char *name, size_t size, enum meter_kind *ret_kind);

/* The payload of reading number reading, taken at moment (Unix seconds; what the meter's
 * own clock shows). Line breaks of text are line_end. */
void meter_read(const struct meter *meter, uint32_t reading, int64_t moment,
		const char *line_end, struct payload *ret_payload);

/* The primary counter in that payload; "" for unit and 0 where there is none. */
struct meter_value meter_value(const struct meter *meter, uint32_t reading);

/* What a WFH21 shows. */
struct wfh21 {
	uint32_t id;
	uint8_t access_number;
	uint32_t litres;
	uint32_t hours;           /* in operation */
	int64_t moment;           /* its clock */
	uint32_t due_date_litres; /* storage 1 */
	int64_t due_date;
};

/* The telegram of a WFH21, record by record as the vendor of the terminal published it.
 */
void meter_encode_wfh21(const struct wfh21 *shown, struct encoder *ret_encoder);

#endif
