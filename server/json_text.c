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

/* Bytes of the UTF-8 character at text, or 0 if there is none. */
static size_t utf8_size(const uint8_t *text, size_t size)
{
	size_t expected = text[0] >= 0xf0 && text[0] < 0xf5   ? 4
			  : text[0] >= 0xe0                   ? 3
			  : text[0] >= 0xc2 && text[0] < 0xe0 ? 2
							      : 0;
	if (text[0] >= 0xf5 || expected == 0 || expected > size)
		return 0;
	for (size_t i = 1; i < expected; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	/* no overlong forms, no surrogates, nothing beyond U+10FFFF */
	if ((text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] > 0x9f) ||
	    (text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] > 0x8f))
		return 0;
	return expected;
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
