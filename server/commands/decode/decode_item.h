/* SPDX-License-Identifier: MIT */
/*
 * One thing that readout decode takes apart, whatever it is: a wired or wireless M-Bus
 * telegram, a block of IEC 62056-21, an input of the terminal, a failed read. The formats
 * walk its records without asking which. One thread; nothing is allocated.
 */
#ifndef READOUT_SERVER_DECODE_ITEM_H
#define READOUT_SERVER_DECODE_ITEM_H

#include "protocol/iec62056/iec62056.h"
#include "protocol/scdata/scdata.h"
#include "protocol/wmbus/wmbus.h"

enum decode_kind {
	DECODE_WIRED,
	DECODE_WIRELESS,        /* begins with the L field */
	DECODE_WIRELESS_RECORD, /* begins with the C field, as terminals keep it */
	DECODE_IEC62056,
	DECODE_INPUT,
	DECODE_FAILED_READ, /* a record with an error code */
	DECODE_UNREADABLE,  /* no hex, or a record of no known form; see problem */
};

enum { DECODE_PROBLEM_MAX = 160 };

struct decode_item {
	/* what the input says */
	const char *id;    /* of a JSON line; "" none */
	const char *place; /* "argument 1", "line 3 of FILE" */
	bool is_argument;
	enum decode_kind kind;
	struct span bytes; /* the telegram; text for the kinds that are text */
	bool has_record;   /* it came in a ^SCDATA line: */
	struct scdata_record record;
	bool has_key; /* for wireless telegrams */
	uint8_t key[CRYPTO_KEY_SIZE];
	char problem[DECODE_PROBLEM_MAX]; /* with the line, whatever the telegram is */

	/* the walk over it; copy the whole item to walk twice */
	bool is_open; /* there are records to walk */
	struct telegram telegram;
	struct iec62056_block block;
	uint32_t count; /* records found so far */
};

/* One record of an item. */
struct decode_record {
	uint32_t number;
	struct reading_register reg;
	struct value value;
	bool is_mbus;                  /* the next is there */
	struct telegram_record record; /* spans and offset in item->telegram.bytes */
	struct span data;              /* the data as sent */
};

/*
 * Opens an item whose first part is filled in. context is for wireless telegrams; the
 * item lives until the next is opened with it.
 */
void decode_item_open(struct decode_item *item, const struct telegram_context *context);

/* Moves to the next record; false at the end, the item's status is final then. */
bool decode_item_next(struct decode_item *item, struct decode_record *ret_record);

/* True for the kinds that have item->telegram. */
bool decode_item_is_mbus(const struct decode_item *item);

/* Whether it was decoded, wholly or in part; after the walk. */
bool decode_item_is_decoded(const struct decode_item *item);

/* Static text, after the walk: "ok", "partial", "malformed", "failed_read", ... */
const char *decode_item_status(const struct decode_item *item);

/*
 * Writes what is wrong with an item, after the walk, with the byte at which it begins: ""
 * if nothing is.
 */
void decode_item_diagnosis(const struct decode_item *item,
			   char ret_text[DECODE_PROBLEM_MAX]);

/* Static text: "wired", "wmbus", "iec62056-21", "input", "failed read", "unknown". */
const char *decode_item_kind_text(const struct decode_item *item);

#endif
