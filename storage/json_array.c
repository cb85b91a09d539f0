/* SPDX-License-Identifier: MIT */
#include "storage/json_array.h"

static struct span skip(struct span text, size_t size)
{
	return span_of(text.data + size, text.size - size);
}

struct json_array json_array_open(struct span text)
{
	bool is_array = text.size > 0 && text.data[0] == '[';
	return (struct json_array){ is_array ? skip(text, 1) : span_of(NULL, 0) };
}

/* Size of a string with both quotes; 0 if it does not end. */
static size_t string_size(struct span text)
{
	for (size_t i = 1; i < text.size; i++) {
		if (text.data[i] == '\\')
			i++;
		else if (text.data[i] == '"')
			return i + 1;
	}
	return 0;
}

static size_t word_size(struct span text)
{
	size_t i = 0;
	while (i < text.size && text.data[i] != ',' && text.data[i] != ']')
		i++;
	return i;
}

bool json_array_next(struct json_array *array, struct json_element *ret_element)
{
	struct span rest = array->rest;
	if (rest.size > 0 && rest.data[0] == ',')
		rest = skip(rest, 1);
	if (rest.size == 0 || rest.data[0] == ']')
		return false;
	bool is_string = rest.data[0] == '"';
	size_t size = is_string ? string_size(rest) : word_size(rest);
	if (size == 0)
		return false;
	array->rest = skip(rest, size);
	if (is_string)
		*ret_element = (struct json_element){ JSON_STRING,
						      span_of(rest.data + 1, size - 2) };
	else
		*ret_element = (struct json_element){ rest.data[0] == 'n' ? JSON_NULL
									  : JSON_NUMBER,
						      span_of(rest.data, size) };
	return true;
}

static uint32_t hex_digit(uint8_t digit)
{
	if (digit >= '0' && digit <= '9')
		return (uint32_t)(digit - '0');
	return ((uint32_t)(digit | 0x20) - 'a' + 10) & 15;
}

static uint32_t hex4(const uint8_t *digits)
{
	return hex_digit(digits[0]) << 12 | hex_digit(digits[1]) << 8 |
	       hex_digit(digits[2]) << 4 | hex_digit(digits[3]);
}

static char *put_utf8(char *p, uint32_t code)
{
	if (code < 0x80) {
		*p++ = (char)code;
		return p;
	}
	if (code >= 0x10000) {
		*p++ = (char)(0xf0 | code >> 18);
		*p++ = (char)(0x80 | (code >> 12 & 0x3f));
	} else if (code >= 0x800) {
		*p++ = (char)(0xe0 | code >> 12);
	}
	if (code < 0x800)
		*p++ = (char)(0xc0 | code >> 6);
	else
		*p++ = (char)(0x80 | (code >> 6 & 0x3f));
	*p++ = (char)(0x80 | (code & 0x3f));
	return p;
}

static bool is_surrogate_pair(struct span text, uint32_t code)
{
	return (code & 0xfc00) == 0xd800 && text.size >= 12 && text.data[6] == '\\' &&
	       text.data[7] == 'u' && (hex4(text.data + 8) & 0xfc00) == 0xdc00;
}

/* \uXXXX, or two of them for one character. Returns how many bytes were read. */
static size_t unescape_code(struct span text, char **p)
{
	uint32_t code = hex4(text.data + 2);
	if (is_surrogate_pair(text, code)) {
		code = 0x10000 + ((code & 0x3ff) << 10 | (hex4(text.data + 8) & 0x3ff));
		*p = put_utf8(*p, code);
		return 12;
	}
	*p = put_utf8(*p, code);
	return 6;
}

size_t json_unescape(struct span text, char *ret_text)
{
	static const char escapes[] = "b\bf\fn\nr\rt\t";
	char *p = ret_text;
	for (size_t i = 0; i < text.size;) {
		uint8_t next = i + 1 < text.size ? text.data[i + 1] : 0;
		if (text.data[i] != '\\' || next == 0) {
			*p++ = (char)text.data[i++];
		} else if (next == 'u' && text.size - i >= 6) {
			i += unescape_code(skip(text, i), &p);
		} else {
			const char *escape = strchr(escapes, next);
			*p++ = escape != NULL && next >= 'b' ? escape[1] : (char)next;
			i += 2;
		}
	}
	*p = '\0';
	return (size_t)(p - ret_text);
}
