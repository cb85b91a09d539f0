/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/mbus_value.h"

/* Appends one character; returns its length, or 0 when it does not fit. */
static size_t put_character(uint8_t character, char *p, size_t room)
{
	char utf8[3] = { (char)character };
	size_t size = 1;

	if (character == 0) {
		memcpy(utf8, "\xE2\x90\x80", 3);
		size = 3;
	} else if (character >= 0x80) {
		utf8[0] = (char)(0xC0 | character >> 6);
		utf8[1] = (char)(0x80 | (character & 0x3F));
		size = 2;
	}
	if (size > room)
		return 0;
	memcpy(p, utf8, size);
	return size;
}

size_t mbus_text_write(struct span bytes, bool is_reversed, char *ret_text,
		       size_t capacity)
{
	size_t length = 0;

	for (size_t i = 0; i < bytes.size; i++) {
		uint8_t character = bytes.data[is_reversed ? bytes.size - 1 - i : i];
		size_t size = put_character(character, ret_text + length,
					    capacity - 1 - length);

		if (size == 0) {
			length = 0;
			break;
		}
		length += size;
	}
	ret_text[length] = '\0';
	return length;
}
