/* SPDX-License-Identifier: MIT */
/* What intake.c and intake_values.c share; nobody else includes it. */
#ifndef READOUT_SERVER_INTAKE_PARTS_H
#define READOUT_SERVER_INTAKE_PARTS_H

#include "protocol/iec62056/iec62056.h"
#include "protocol/wmbus/wmbus.h"
#include "server/intake.h"

enum {
	TELEGRAM_BYTES_MAX = 4096,  /* an M-Bus frame has at most 261 */
	VALS_BYTES_MAX = 64 * 1024, /* a frame full of text records stays far below */
	FORMATS_MAX = 1024,         /* of compact frames: one for each type of meter */
	WIRELESS_ADDRESS_HEX = 16,  /* manufacturer to medium, behind the C field */
};

struct intake {
	struct layout_table *layouts;
	int64_t clock_offset_s;
	size_t line_limit; /* 0 none */

	/* scratch of the record in hand */
	uint8_t bytes[TELEGRAM_BYTES_MAX];
	uint8_t key[LAYOUT_KEY_MAX];
	size_t key_size;
	struct telegram_record records[LAYOUT_REGISTERS_MAX];
	uint32_t record_count;
	struct reading_register registers[LAYOUT_REGISTERS_MAX];
	struct value value; /* and of an input, which is one */
	struct iec62056_reading readings[LAYOUT_REGISTERS_MAX];
	uint8_t wireless[WMBUS_BUFFER_SIZE];
	struct telegram_context
		context; /* keys, ciphers, formats, and the buffer above */
	struct wmbus_formats formats;
	struct wmbus_format formats_memory[FORMATS_MAX];
	char vals[VALS_BYTES_MAX];
	char remarks[VALS_BYTES_MAX];
};

/* Reads the value of record n in hand into intake->value. */
typedef void intake_read_cb(struct intake *intake, uint32_t n,
			    const struct reading_register *reg);

/* Notes that a record is stored raw, and why; texts are static. */
void intake_undecoded(struct store_telegram *telegram, const char *status,
		      const char *diagnosis);

/* Walks the telegram; its records and the key of their layout are then in hand. false:
 * there are more than a layout may have. */
bool intake_collect_records(struct intake *intake, struct telegram *telegram);

/* The layout of the M-Bus records in hand, or of the registers in hand, which are worked
 * out already. NULL: one more than limits.layouts. */
const struct layout *intake_find_mbus_layout(struct intake *intake);
const struct layout *intake_find_layout(struct intake *intake);

/* Writes the values of the records in hand under their layout, which may be NULL. */
void intake_take_values(struct intake *intake, const struct layout *layout,
			intake_read_cb *read_cb, struct store_telegram *telegram);

#endif
