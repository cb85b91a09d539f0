/* SPDX-License-Identifier: MIT */
/*
 * From a record line to a telegram of the log: the line is taken apart, the telegram
 * decoded through its layout, the values written as one JSON array, and all of it copied
 * into a batch. What cannot be decoded is stored raw with its reason; nothing is ever
 * dropped.
 *
 * One intake per daemon, used by the loop thread alone. Layouts are worked out once and
 * kept; no allocation per telegram.
 */
#ifndef READOUT_SERVER_INTAKE_H
#define READOUT_SERVER_INTAKE_H

#include "protocol/scdata/scdata.h"
#include "storage/telegram_batch.h"

/* What the link wants to know of a record. */
struct intake_note {
	enum scdata_kind kind;
	bool has_stamp;
	int64_t stamp;
	int64_t sequence;
	int64_t index;
	int64_t error_code;
	uint32_t source_hash;      /* of a radio meter's address, else 0 */
	const char *decode_status; /* static */
	const char *diagnosis;     /* static, "" none */
};

struct intake;
struct meter_keys;

/*
 * clock_offset_ms: true time minus the terminals' time. keys of encrypted telegrams
 * (NULL: none) must outlive the intake. NULL when out of memory.
 */
struct intake *intake_new(uint32_t layout_limit, int64_t clock_offset_ms,
			  struct meter_keys *keys);

/* Takes other keys and another offset, for the records that come from now on. */
void intake_take_settings(struct intake *intake, int64_t clock_offset_ms,
			  struct meter_keys *keys);

/* Record lines longer than this are stored raw, as "too_large"; 0, the default: none. */
void intake_limit_line(struct intake *intake, size_t line_bytes);
void intake_free(struct intake *intake); /* NULL is fine; after the store is closed */

/*
 * For a second intake beside that of the loop: its layouts are numbered from first on, so
 * that the writer tells them apart. Before the first record.
 */
void intake_number_layouts(struct intake *intake, uint32_t first);

/*
 * Decodes one record line. What *ret_telegram points to belongs to line and intake, until
 * the next record.
 */
void intake_read(struct intake *intake, struct span line, int64_t received_at_ms,
		 struct store_telegram *ret_telegram, struct intake_note *ret_note);

/*
 * Decodes what a telegram holds in raw (bytes, or the text it came in) by its error code,
 * device index and kind, and writes everything that decoding gives, nothing else.
 */
void intake_decode(struct intake *intake, enum scdata_kind kind,
		   struct store_telegram *telegram);

/*
 * Decodes one record line and adds it to batch. false: the batch is full or memory is
 * out; nothing was added. *ret_note is written in either case.
 */
bool intake_record(struct intake *intake, struct telegram_batch *batch, struct span line,
		   int64_t received_at_ms, struct intake_note *ret_note);

#endif
