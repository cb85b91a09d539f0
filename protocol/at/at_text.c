/* SPDX-License-Identifier: MIT */
#include "protocol/at/at_text.h"

static bool is_blank(uint8_t byte)
{
	return byte <= ' ';
}

static uint8_t to_upper(uint8_t byte)
{
	return byte >= 'a' && byte <= 'z' ? (uint8_t)(byte - 'a' + 'A') : byte;
}

struct span at_text_trim(struct span text)
{
	while (text.size > 0 && is_blank(text.data[text.size - 1]))
		text.size--;
	while (text.size > 0 && is_blank(text.data[0]))
		text = span_of(text.data + 1, text.size - 1);
	return text;
}

struct span at_text_skip(struct span text, size_t count)
{
	if (count > text.size)
		count = text.size;
	return count == 0 ? text : span_of(text.data + count, text.size - count);
}

bool at_text_begins_with(struct span text, const char *prefix)
{
	size_t size = strlen(prefix);
	if (text.size < size)
		return false;
	for (size_t i = 0; i < size; i++) {
		if (to_upper(text.data[i]) != to_upper((uint8_t)prefix[i]))
			return false;
	}
	return true;
}

bool at_text_equal(struct span text, const char *word)
{
	return text.size == strlen(word) && at_text_begins_with(text, word);
}

bool at_text_integer(struct span text, int64_t *ret_number)
{
	bool is_negative = text.size > 0 && text.data[0] == '-';
	size_t at = is_negative ? 1 : 0;
	if (at == text.size)
		return false;
	/* Counted downwards, as the smallest integer has no positive twin. */
	int64_t number = 0;
	for (; at < text.size; at++) {
		if (text.data[at] < '0' || text.data[at] > '9')
			return false;
		int64_t digit = text.data[at] - '0';
		if (number < (INT64_MIN + digit) / 10)
			return false;
		number = number * 10 - digit;
	}
	if (!is_negative && number == INT64_MIN)
		return false;
	*ret_number = is_negative ? number : -number;
	return true;
}
