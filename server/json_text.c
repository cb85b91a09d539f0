/* SPDX-License-Identifier: MIT */
#include "server/json_text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

void json_text_init(struct json_text *json, char *buffer, size_t limit)
{
	*json = (struct json_text){ .text = buffer, .limit = limit };
}

void json_text_raw(struct json_text *json, const char *text, size_t size)
{
	if (size > json->limit - json->size) {
		json->is_full = true;
		return;
	}
	memcpy(json->text + json->size, text, size);
	json->size += size;
}

/* Well-formed UTF-8 (Unicode, table 3-7): leading byte, and what may come second. */
static const struct {
	uint8_t first, last; /* leading byte */
	uint8_t size;
	uint8_t second_from, second_to;
} utf8_forms[] = {
	{ 0xc2, 0xdf, 2, 0x80, 0xbf }, { 0xe0, 0xe0, 3, 0xa0, 0xbf },
	{ 0xe1, 0xec, 3, 0x80, 0xbf }, { 0xed, 0xed, 3, 0x80, 0x9f },
	{ 0xee, 0xef, 3, 0x80, 0xbf }, { 0xf0, 0xf0, 4, 0x90, 0xbf },
	{ 0xf1, 0xf3, 4, 0x80, 0xbf }, { 0xf4, 0xf4, 4, 0x80, 0x8f },
};

/* Bytes of the UTF-8 character at text, or 0 if there is none. */
static size_t utf8_size(const uint8_t *text, size_t size)
{
	size_t form = 0, forms = sizeof(utf8_forms) / sizeof(utf8_forms[0]);

	while (form < forms &&
	       (text[0] < utf8_forms[form].first || text[0] > utf8_forms[form].last))
		form++;
	if (form == forms || size < utf8_forms[form].size ||
	    text[1] < utf8_forms[form].second_from ||
	    text[1] > utf8_forms[form].second_to)
		return 0;
	for (size_t i = 2; i < utf8_forms[form].size; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	return utf8_forms[form].size;
}

static bool is_utf8(const uint8_t *text, size_t size)
{
	for (size_t i = 0; i < size;) {
		size_t step = text[i] < 0x80 ? 1 : utf8_size(text + i, size - i);
		if (step == 0)
			return false;
		i += step;
	}
	return true;
}

static void put_ascii(struct json_text *json, uint8_t byte)
{
	char escape[8];

	if (byte == '"' || byte == '\\') {
		escape[0] = '\\';
		escape[1] = (char)byte;
		json_text_raw(json, escape, 2);
	} else if (byte < ' ' || byte == 0x7f) {
		(void)snprintf(escape, sizeof(escape), "\\u%04x", byte);
		json_text_raw(json, escape, 6);
	} else {
		json_text_raw(json, (const char *)&byte, 1);
	}
}

void json_text_string(struct json_text *json, const char *text, size_t size)
{
	const uint8_t *bytes = (const uint8_t *)text;
	bool is_latin = !is_utf8(bytes, size);

	json_text_raw(json, "\"", 1);
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] < 0x80) {
			put_ascii(json, bytes[i]);
		} else if (is_latin) {
			char pair[2] = { (char)(0xc0 | (bytes[i] >> 6)),
					 (char)(0x80 | (bytes[i] & 0x3f)) };
			json_text_raw(json, pair, 2);
		} else {
			json_text_raw(json, text + i, 1);
		}
	}
	json_text_raw(json, "\"", 1);
}
