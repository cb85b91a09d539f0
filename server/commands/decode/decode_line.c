/* SPDX-License-Identifier: MIT */
#include "server/commands/decode/decode_line.h"

#include <stdio.h>

#include "protocol/at/at_text.h"
#include "protocol/hex.h"

enum {
	WIRED_START = 0x68,
	LINK_HEADER = 10, /* L, C, manufacturer, address: the shortest wireless frame */
	CRC_SIZE = 2,
	CRC_BLOCK = 16,
	FORMAT_B_CRCS = 2,
	SEND_NO_REPLY = 0x44, /* C field of nearly every telegram that terminals keep */
};

static bool is_blank(uint8_t character)
{
	return character != 0 && strchr(" \t\r\n\v\f", character) != NULL;
}

static bool is_hex_digit(uint8_t character)
{
	return character != 0 && strchr("0123456789ABCDEFabcdef", character) != NULL;
}

static bool is_wired(struct span bytes)
{
	const uint8_t *p = bytes.data;

	if (bytes.size >= 4 && p[0] == WIRED_START && p[3] == WIRED_START && p[1] == p[2])
		return true;
	return (bytes.size == 1 && p[0] == 0xE5) || (bytes.size == 5 && p[0] == 0x10);
}

/* The L field fits when the rest is CRCs: two bytes for each 16, and one block more. */
static bool is_wireless(struct span bytes)
{
	size_t size;

	if (bytes.size < LINK_HEADER || is_wired(bytes))
		return false;
	size = (size_t)bytes.data[0] + 1;
	return size >= LINK_HEADER && size <= bytes.size &&
	       bytes.size - size <= (size / CRC_BLOCK + FORMAT_B_CRCS) * CRC_SIZE;
}

bool decode_bytes_are_whole(struct span bytes)
{
	struct mbus_frame frame;

	return mbus_frame_parse(bytes, &frame) == MBUS_FRAME_OK || is_wireless(bytes);
}

static enum decode_kind kind_of(struct span bytes)
{
	if (is_wireless(bytes))
		return DECODE_WIRELESS;
	if (bytes.size > LINK_HEADER && bytes.data[0] == SEND_NO_REPLY)
		return DECODE_WIRELESS_RECORD;
	return DECODE_WIRED;
}

static void refuse(struct decode_item *item, const char *problem)
{
	item->kind = DECODE_UNREADABLE;
	(void)snprintf(item->problem, sizeof item->problem, "%s", problem);
}

static void put_digit(struct decode_line *line, size_t place, uint8_t digit)
{
	uint8_t pair[2] = { '0', digit };
	uint8_t nibble = 0;

	(void)hex_decode(span_of(pair, sizeof pair), &nibble);
	if (place % 2 == 0)
		line->bytes[place / 2] = (uint8_t)(nibble << 4);
	else
		line->bytes[place / 2] |= nibble;
}

/* Takes the digits of text together into bytes; false after a complaint. */
static bool gather(struct decode_line *line, struct span text, struct decode_item *item,
		   size_t *ret_digits)
{
	size_t count = 0;

	for (size_t i = 0; i < text.size; i++) {
		if (is_blank(text.data[i]))
			continue;
		item->kind = DECODE_UNREADABLE;
		if (!is_hex_digit(text.data[i])) {
			(void)snprintf(item->problem, sizeof item->problem,
				       "character 0x%02X after %zu hex digits is no hex "
				       "digit; give the telegram in hex, 68 ... 16",
				       text.data[i], count);
			return false;
		}
		if (count == 2 * sizeof line->bytes) {
			(void)snprintf(item->problem, sizeof item->problem,
				       "more than %zu hex digits; give one telegram at "
				       "a time",
				       count);
			return false;
		}
		put_digit(line, count++, text.data[i]);
	}
	*ret_digits = count;
	return true;
}

void decode_line_read_hex(struct decode_line *line, struct span text,
			  struct decode_item *ret_item)
{
	size_t digits = 0;

	if (!gather(line, text, ret_item, &digits))
		return;
	if (digits == 0 || digits % 2 != 0) {
		ret_item->kind = DECODE_UNREADABLE;
		(void)snprintf(ret_item->problem, sizeof ret_item->problem,
			       "%zu hex digits do not make a telegram; give all of it, "
			       "two digits a byte",
			       digits);
		return;
	}
	ret_item->bytes = span_of(line->bytes, digits / 2);
	ret_item->kind = kind_of(ret_item->bytes);
}

static void read_record(struct decode_line *line, struct span text,
			struct decode_item *item)
{
	static const enum decode_kind kinds[] = {
		[SCDATA_MBUS] = DECODE_WIRED,
		[SCDATA_WMBUS] = DECODE_WIRELESS_RECORD,
		[SCDATA_IEC62056] = DECODE_IEC62056,
		[SCDATA_INPUT] = DECODE_INPUT,
		[SCDATA_UNKNOWN] = DECODE_UNREADABLE,
	};

	scdata_parse(text, &item->record);
	item->has_record = item->record.has_stamp;
	item->bytes = item->record.data;
	if (item->record.error_code != 0) {
		item->kind = DECODE_FAILED_READ;
	} else if (item->record.kind == SCDATA_MBUS ||
		   item->record.kind == SCDATA_WMBUS) {
		decode_line_read_hex(line, item->record.data, item);
		if (item->kind != DECODE_UNREADABLE)
			item->kind = kinds[item->record.kind];
	} else {
		item->kind = kinds[item->record.kind];
		if (item->kind == DECODE_UNREADABLE)
			refuse(item, "no record line of a known form");
	}
}

/* What a terminal program shows beside the records. */
static bool is_dialogue(struct span text)
{
	static const char *const beginnings[] = { "#",    "AT",     "+CME",
						  "+CMS", "^SCAMS", "^SCPORT" };

	if (at_text_equal(text, "OK") || at_text_equal(text, "ERROR"))
		return true;
	for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
		if (at_text_begins_with(text, beginnings[i]))
			return true;
	return false;
}

bool decode_line_read(struct decode_line *line, struct span text,
		      struct decode_item *ret_item)
{
	struct span trimmed = at_text_trim(text);

	*ret_item = (struct decode_item){ .id = "", .place = "" };
	if (trimmed.size == 0 || is_dialogue(trimmed))
		return false;
	if (trimmed.data[0] == '{')
		decode_line_read_json(line, trimmed, ret_item);
	else if (trimmed.data[0] == '^')
		read_record(line, trimmed, ret_item);
	else
		decode_line_read_hex(line, trimmed, ret_item);
	return true;
}

bool decode_key_read(const char *text, uint8_t ret_key[CRYPTO_KEY_SIZE])
{
	struct span hex = span_text(text);

	return hex.size == (size_t)2 * CRYPTO_KEY_SIZE && hex_decode(hex, ret_key);
}
