/* SPDX-License-Identifier: MIT */
/*
 * The output formats of readout decode, one file each. A format writes what must stand in
 * front of everything, each item as it comes, and what must stand behind; all of it from
 * the same walk over the item's records.
 */
#ifndef READOUT_SERVER_DECODE_FORMAT_H
#define READOUT_SERVER_DECODE_FORMAT_H

#include <stdio.h>

#include "server/commands/decode/decode_item.h"

/* Where the output goes and what it remembers between items. */
struct decode_output {
	FILE *out;
	bool is_normalized; /* xml: scaled values */
	int64_t now_s;      /* time of decoding, for items that bring none */
	uint64_t items;     /* written before this one */

	/* xml: the first document, held back until it is known whether more come */
	char *held;
	size_t held_size;
};

struct decode_format {
	const char *name;
	bool shows_broken; /* items without a telegram are written as well */
	void (*begin)(struct decode_output *output); /* NULL: nothing */
	/* Walks the item to its end, so that its status is final afterwards. */
	void (*item)(struct decode_output *output, struct decode_item *item);
	void (*end)(struct decode_output *output); /* NULL: nothing */
};

/* The format of that name, or NULL. */
const struct decode_format *decode_format_find(const char *name);

/* "text, json, jsonl, csv, xml or explain" */
extern const char decode_format_names[];

void decode_text_item(struct decode_output *output, struct decode_item *item);
void decode_json_item(struct decode_output *output, struct decode_item *item);
void decode_jsonl_item(struct decode_output *output, struct decode_item *item);
void decode_csv_begin(struct decode_output *output);
void decode_csv_item(struct decode_output *output, struct decode_item *item);
void decode_xml_item(struct decode_output *output, struct decode_item *item);
void decode_xml_end(struct decode_output *output);
void decode_explain_item(struct decode_output *output, struct decode_item *item);

/* ---- shared by the formats ---- */

enum { DECODE_REMARK_MAX = 160 };

/*
 * Writes what a reader should know about a value: why there is none, the meter's record
 * error, doubts, date flags; comma between, "" if nothing.
 */
void decode_remark(const struct reading_register *reg, const struct value *value,
		   char ret_text[DECODE_REMARK_MAX]);

/* Static text: "acknowledgement", "short", "control", "long"; "wmbus". */
const char *decode_frame_text(const struct decode_item *item);

/* True when the text of value_write() is a number. */
bool decode_is_number(const struct reading_register *reg, const struct value *value);

/*
 * Writes the OBIS code of an IEC 62056-21 register (its header up to the bracket), "" for
 * others.
 */
void decode_obis(const struct reading_register *reg,
		 char ret_text[READING_HEADER_MAX + 1]);

#endif
