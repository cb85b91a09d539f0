/* SPDX-License-Identifier: MIT */
#include "server/commands/decode/decode_item.h"

#include <stdio.h>

#include "protocol/scdata/scdata_input.h"

static const char *const kind_texts[] = {
	[DECODE_WIRED] = "wired",           [DECODE_WIRELESS] = "wmbus",
	[DECODE_WIRELESS_RECORD] = "wmbus", [DECODE_IEC62056] = "iec62056-21",
	[DECODE_INPUT] = "input",           [DECODE_FAILED_READ] = "failed read",
	[DECODE_UNREADABLE] = "unknown",
};

static void open_wired(struct decode_item *item, const struct telegram_context *context)
{
	(void)context;
	item->is_open = telegram_open(item->bytes, &item->telegram);
}

static void open_wireless(struct decode_item *item,
			  const struct telegram_context *context)
{
	item->is_open = telegram_open_wireless(item->bytes, context, &item->telegram);
}

static void open_wireless_record(struct decode_item *item,
				 const struct telegram_context *context)
{
	item->is_open =
		telegram_open_wireless_record(item->bytes, context, &item->telegram);
}

static void open_block(struct decode_item *item, const struct telegram_context *context)
{
	(void)context;
	iec62056_open(item->bytes, &item->block);
	item->is_open = true;
}

static void open_input(struct decode_item *item, const struct telegram_context *context)
{
	(void)context;
	item->is_open = true;
}

static bool next_mbus(struct decode_item *item, struct decode_record *ret_record)
{
	if (!telegram_next(&item->telegram, &ret_record->record))
		return false;
	ret_record->is_mbus = true;
	ret_record->data = ret_record->record.data;
	telegram_register(&ret_record->record, &ret_record->reg);
	telegram_value(&ret_record->record, &ret_record->reg, &ret_record->value);
	return true;
}

static bool next_block(struct decode_item *item, struct decode_record *ret_record)
{
	struct iec62056_reading reading;

	if (!iec62056_next(&item->block, &reading))
		return false;
	ret_record->data = reading.content;
	iec62056_register(&reading, &ret_record->reg);
	iec62056_value(&reading, &ret_record->reg, &ret_record->value);
	return true;
}

static bool next_input(struct decode_item *item, struct decode_record *ret_record)
{
	ret_record->data = item->bytes;
	return item->count == 0 &&
	       scdata_input_read(item->bytes, item->record.index, &ret_record->reg,
				 &ret_record->value);
}

static const struct {
	void (*open)(struct decode_item *item, const struct telegram_context *context);
	bool (*next)(struct decode_item *item, struct decode_record *ret_record);
} kinds[] = {
	[DECODE_WIRED] = { open_wired, next_mbus },
	[DECODE_WIRELESS] = { open_wireless, next_mbus },
	[DECODE_WIRELESS_RECORD] = { open_wireless_record, next_mbus },
	[DECODE_IEC62056] = { open_block, next_block },
	[DECODE_INPUT] = { open_input, next_input },
	[DECODE_FAILED_READ] = { NULL, NULL },
	[DECODE_UNREADABLE] = { NULL, NULL },
};

void decode_item_open(struct decode_item *item, const struct telegram_context *context)
{
	item->is_open = false;
	item->count = 0;
	if (kinds[item->kind].open != NULL)
		kinds[item->kind].open(item, context);
}

bool decode_item_next(struct decode_item *item, struct decode_record *ret_record)
{
	ret_record->is_mbus = false;
	if (!item->is_open || !kinds[item->kind].next(item, ret_record))
		return false;
	ret_record->number = item->count++;
	return true;
}

bool decode_item_is_mbus(const struct decode_item *item)
{
	return kinds[item->kind].next == next_mbus;
}

bool decode_item_is_decoded(const struct decode_item *item)
{
	if (decode_item_is_mbus(item))
		return item->telegram.status == TELEGRAM_OK ||
		       item->telegram.status == TELEGRAM_PARTIAL;
	return item->is_open && item->count != 0;
}

const char *decode_item_status(const struct decode_item *item)
{
	if (decode_item_is_mbus(item))
		return telegram_status_text(item->telegram.status);
	if (item->kind == DECODE_FAILED_READ)
		return "failed_read";
	if (!decode_item_is_decoded(item))
		return telegram_status_text(TELEGRAM_MALFORMED);
	return telegram_status_text(item->block.is_broken ? TELEGRAM_PARTIAL
							  : TELEGRAM_OK);
}

static void diagnose_telegram(const struct telegram *telegram,
			      char ret_text[DECODE_PROBLEM_MAX])
{
	const char *what = telegram->diagnosis == DIAGNOSIS_FRAME
				   ? mbus_frame_error_text(telegram->frame_error)
				   : telegram_diagnosis_text(telegram->diagnosis);

	if (telegram->diagnosis != DIAGNOSIS_NONE)
		(void)snprintf(ret_text, DECODE_PROBLEM_MAX, "%s at byte %zu", what,
			       telegram->diagnosis_offset);
}

void decode_item_diagnosis(const struct decode_item *item,
			   char ret_text[DECODE_PROBLEM_MAX])
{
	ret_text[0] = '\0';
	if (decode_item_is_mbus(item))
		diagnose_telegram(&item->telegram, ret_text);
	else if (item->kind == DECODE_FAILED_READ)
		(void)snprintf(ret_text, DECODE_PROBLEM_MAX, "error %lld: %s",
			       (long long)item->record.error_code,
			       scdata_error_text(item->record.error_code));
	else if (item->kind == DECODE_UNREADABLE)
		(void)snprintf(ret_text, DECODE_PROBLEM_MAX, "%s", item->problem);
	else if (item->kind == DECODE_INPUT && item->count == 0)
		(void)snprintf(ret_text, DECODE_PROBLEM_MAX, "no decimal number");
	else if (item->kind == DECODE_IEC62056 && item->block.is_broken)
		(void)snprintf(ret_text, DECODE_PROBLEM_MAX, "no data line at byte %zu",
			       item->block.broken_offset);
	else if (item->kind == DECODE_IEC62056 && item->count == 0)
		(void)snprintf(ret_text, DECODE_PROBLEM_MAX, "no data line in the block");
}

const char *decode_item_kind_text(const struct decode_item *item)
{
	return kind_texts[item->kind];
}
