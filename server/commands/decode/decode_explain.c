/* SPDX-License-Identifier: MIT */
/*
 * Every byte with its meaning. The layers are told from where the decoder found the
 * application header and the records; nothing is parsed here.
 */
#include "server/commands/decode/decode_format.h"
#include "server/commands/decode/explain_record.h"

enum {
	LONG_SIZE = 12,
	ADDRESS_SIZE = 8,
	SHORT_SIZE = 4,
	CI_FIXED = 0x73,
	CI_FIXED_MSB_FIRST = 0x77,
};

/* A run of bytes with a name. */
struct field {
	size_t size;
	const char *name;
};

static const struct field link_start[] = {
	{ 1, "start of a long frame" },
	{ 1, "L field: bytes from C to the last before the checksum" },
	{ 1, "L field again" },
	{ 1, "start again" },
	{ 1, "C field" },
	{ 1, "A field: primary address" },
	{ 1, "CI field" },
	{ 0, NULL },
};
static const struct field link_end[] = {
	{ 1, "checksum: sum of the bytes from C on" },
	{ 1, "stop" },
	{ 0, NULL },
};
static const struct field short_frame[] = {
	{ 1, "start of a short frame" },
	{ 1, "C field" },
	{ 1, "A field: primary address" },
	{ 1, "checksum: sum of C and A" },
	{ 1, "stop" },
	{ 0, NULL },
};
static const struct field acknowledgement[] = {
	{ 1, "acknowledgement" },
	{ 0, NULL },
};
static const struct field radio_link[] = {
	{ 1, "L field: bytes that follow, without CRCs" },
	{ 1, "C field" },
	{ 2, "link address: manufacturer" },
	{ 4, "link address: identification" },
	{ 1, "link address: version" },
	{ 1, "link address: medium" },
	{ 0, NULL },
};
static const struct field radio_record[] = {
	{ 1, "C field" },
	{ 2, "link address: manufacturer" },
	{ 4, "link address: identification" },
	{ 1, "link address: version" },
	{ 1, "link address: medium" },
	{ 0, NULL },
};
static const struct field address[] = {
	{ 4, "identification" }, { 2, "manufacturer" }, { 1, "version" },
	{ 1, "medium" },         { 0, NULL },
};
static const struct field access_fields[] = {
	{ 1, "access number" },
	{ 1, "status of the meter" },
	{ 2, "configuration word or signature" },
	{ 0, NULL },
};
static const struct field fixed_header[] = {
	{ 4, "identification" },
	{ 1, "access number" },
	{ 1, "status of the meter" },
	{ 2, "medium and units of the two counters" },
	{ 0, NULL },
};

static void explain_fields(struct explain_rows *rows, const struct field *fields)
{
	for (; fields->name != NULL; fields++)
		explain_row(rows,
			    span_of(rows->bytes.data + rows->position, fields->size),
			    "%s", fields->name);
}

static bool is_inside(const struct explain_rows *rows, struct span part)
{
	uintptr_t begin = (uintptr_t)rows->bytes.data;
	uintptr_t at = (uintptr_t)part.data;

	return part.data != NULL && at >= begin && at - begin <= rows->bytes.size;
}

static size_t offset_of(const struct explain_rows *rows, struct span part)
{
	return (size_t)(part.data - rows->bytes.data);
}

/* The header by what the decoder has of it, and its length. */
static void explain_header(struct explain_rows *rows, const struct telegram *telegram)
{
	size_t end = is_inside(rows, telegram->records)
			     ? offset_of(rows, telegram->records)
			     : rows->position;
	size_t size = end > rows->position ? end - rows->position : 0;
	bool is_fixed = telegram->frame.ci == CI_FIXED ||
			telegram->frame.ci == CI_FIXED_MSB_FIRST;

	if (is_fixed && size >= ADDRESS_SIZE) {
		explain_fields(rows, fixed_header);
		return;
	}
	if (telegram->has_address &&
	    (size >= LONG_SIZE || (size == ADDRESS_SIZE && !telegram->has_short_header)))
		explain_fields(rows, address);
	if (telegram->has_short_header && size >= SHORT_SIZE)
		explain_fields(rows, access_fields);
	rows->unnamed = "configuration, continued";
	explain_rest(rows, end);
}

static void explain_start(struct explain_rows *rows, const struct decode_item *item)
{
	const struct telegram *telegram = &item->telegram;
	static const struct field *const starts[] = {
		[MBUS_FRAME_NONE] = radio_link,   [MBUS_FRAME_ACK] = acknowledgement,
		[MBUS_FRAME_SHORT] = short_frame, [MBUS_FRAME_CONTROL] = link_start,
		[MBUS_FRAME_LONG] = link_start,
	};

	if (item->kind == DECODE_WIRED) {
		explain_fields(rows, starts[telegram->frame.kind]);
		return;
	}
	explain_fields(rows, item->kind == DECODE_WIRELESS ? radio_link : radio_record);
	if (is_inside(rows, telegram->frame.payload)) {
		rows->unnamed = "CI fields and headers of the layers between";
		explain_rest(rows, offset_of(rows, telegram->frame.payload));
	}
}

static const char *payload_text(const struct telegram *telegram)
{
	if (telegram->status == TELEGRAM_ENCRYPTED)
		return "encrypted, not decrypted";
	return telegram->diagnosis == DIAGNOSIS_NONE ? "data without records"
						     : "not decoded";
}

static void explain_telegram(struct decode_output *output, struct decode_item *item)
{
	struct telegram *telegram = &item->telegram;
	struct decode_record record;
	struct explain_rows rows = {
		.out = output->out,
		.bytes = telegram->bytes,
		.unnamed = "not decoded",
	};
	bool has_tail = telegram->frame.kind == MBUS_FRAME_LONG ||
			telegram->frame.kind == MBUS_FRAME_CONTROL;

	if (telegram->diagnosis != DIAGNOSIS_FRAME) {
		explain_start(&rows, item);
		explain_header(&rows, telegram);
	}
	rows.unnamed = payload_text(telegram);
	while (decode_item_next(item, &record))
		explain_record(&rows, &record);
	if (item->kind == DECODE_WIRED && has_tail) {
		rows.unnamed = payload_text(telegram);
		explain_rest(&rows, rows.bytes.size - 2);
		explain_fields(&rows, link_end);
	}
	rows.unnamed = payload_text(telegram);
	explain_rest(&rows, rows.bytes.size);
}

static void explain_text(struct decode_output *output, struct decode_item *item)
{
	struct decode_record record;
	struct explain_rows rows = {
		.out = output->out,
		.bytes = item->bytes,
		.unnamed = "code and brackets",
	};

	while (decode_item_next(item, &record))
		explain_value(&rows, &record);
	explain_rest(&rows, rows.bytes.size);
}

void decode_explain_item(struct decode_output *output, struct decode_item *item)
{
	char diagnosis[DECODE_PROBLEM_MAX];

	if (output->items != 0)
		(void)fputc('\n', output->out);
	(void)fprintf(output->out, "%s%s%s\n", decode_item_kind_text(item),
		      item->is_argument ? "" : ", ",
		      item->is_argument ? "" : item->place);
	if (decode_item_is_mbus(item))
		explain_telegram(output, item);
	else if (item->is_open)
		explain_text(output, item);
	decode_item_diagnosis(item, diagnosis);
	(void)fprintf(output->out, "status %s%s%s\n", decode_item_status(item),
		      diagnosis[0] == '\0' ? "" : ": ", diagnosis);
}
