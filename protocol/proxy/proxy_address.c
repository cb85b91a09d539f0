/* SPDX-License-Identifier: MIT */
#include "protocol/proxy/proxy_address.h"

enum { V6_BYTES = 16, V6_DIGITS_MAX = 4 };

/* A decimal number of at most most, without leading zeros. */
static bool read_number(struct span text, uint32_t most, uint32_t *ret_number)
{
	uint32_t number = 0;
	if (text.size == 0 || text.size > 5 || (text.size > 1 && text.data[0] == '0'))
		return false;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		number = 10 * number + (uint32_t)(text.data[i] - '0');
	}
	if (number > most)
		return false;
	*ret_number = number;
	return true;
}

/* The part of text before mark, which is taken off with it; all of it without one. */
static struct span take_part(struct span *text, char mark, bool *ret_is_last)
{
	const uint8_t *at = text->size > 0 ? memchr(text->data, mark, text->size) : NULL;
	size_t size = at ? (size_t)(at - text->data) : text->size;
	struct span part = span_of(text->data, size);

	*ret_is_last = at == NULL;
	*text = at ? span_of(at + 1, text->size - size - 1) : span_of(NULL, 0);
	return part;
}

bool proxy_address_read_v4(struct span text, uint8_t *ret_bytes)
{
	uint8_t bytes[4];
	bool is_last = false;

	for (size_t i = 0; i < sizeof(bytes); i++) {
		uint32_t number;
		if (is_last ||
		    !read_number(take_part(&text, '.', &is_last), 255, &number))
			return false;
		bytes[i] = (uint8_t)number;
	}
	if (!is_last)
		return false;
	memcpy(ret_bytes, bytes, sizeof(bytes));
	return true;
}

static int hex_digit(uint8_t digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit |= 0x20;
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Writes a group, or an IPv4 tail, at bytes; how many bytes it took, 0 for neither. */
static size_t read_group(struct span part, bool is_last, size_t left, uint8_t *bytes)
{
	uint32_t value = 0;

	if (is_last && left >= 4 && proxy_address_read_v4(part, bytes))
		return 4;
	if (part.size == 0 || part.size > V6_DIGITS_MAX || left < 2)
		return 0;
	for (size_t i = 0; i < part.size; i++) {
		int digit = hex_digit(part.data[i]);
		if (digit < 0)
			return 0;
		value = value << 4 | (uint32_t)digit;
	}
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)value;
	return 2;
}

/* Groups with colons between them; how many bytes they took, SIZE_MAX for a mistake. Only
 * the end of an address may be written as IPv4. */
static size_t read_groups(struct span text, bool is_end, uint8_t bytes[V6_BYTES])
{
	size_t used = 0;
	bool is_last = text.size == 0;

	while (!is_last) {
		struct span part = take_part(&text, ':', &is_last);
		size_t took = read_group(part, is_end && is_last, V6_BYTES - used,
					 bytes + used);
		if (took == 0)
			return SIZE_MAX;
		used += took;
	}
	return used;
}

/* Where "::" begins; text.size without one. */
static size_t find_gap(struct span text)
{
	for (size_t i = 0; i + 1 < text.size; i++)
		if (text.data[i] == ':' && text.data[i + 1] == ':')
			return i;
	return text.size;
}

bool proxy_address_read_v6(struct span text, uint8_t *ret_bytes)
{
	uint8_t head[V6_BYTES] = { 0 }, tail[V6_BYTES];
	size_t gap = find_gap(text);
	size_t head_size = read_groups(span_of(text.data, gap), gap == text.size, head);

	if (head_size == SIZE_MAX)
		return false;
	if (gap < text.size) {
		struct span rest = span_of(text.data + gap + 2, text.size - gap - 2);
		size_t tail_size = read_groups(rest, true, tail);
		/* "::" stands for at least one group */
		if (tail_size == SIZE_MAX || head_size + tail_size > V6_BYTES - 2)
			return false;
		memcpy(head + V6_BYTES - tail_size, tail, tail_size);
	} else if (head_size != V6_BYTES) {
		return false;
	}
	memcpy(ret_bytes, head, V6_BYTES);
	return true;
}

bool proxy_address_read_port(struct span text, uint16_t *ret_port)
{
	uint32_t number;
	if (!read_number(text, UINT16_MAX, &number))
		return false;
	*ret_port = (uint16_t)number;
	return true;
}
