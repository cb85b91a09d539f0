/* SPDX-License-Identifier: MIT */
#include "config/value_types.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/suggestion.h"
#include "config/units.h"

enum { NAME_BYTES_MAX = 63, WORDS_TEXT_MAX = 128 };

/* How durations and sizes differ for the code below. */
struct measure {
	const char *noun, *example, *advice;
	enum units_result (*parse)(const char *text, uint64_t *ret_value);
	void (*format)(uint64_t value, char ret_text[UNITS_TEXT_MAX]);
};

static const struct measure DURATION = {
	"duration",     "\"15m\"",       "a whole number and ms, s, m, h or d",
	duration_parse, duration_format,
};
static const struct measure SIZE = {
	"size",     "\"64KiB\"", "a whole number and KiB, MiB, GiB or nothing",
	size_parse, size_format,
};

static void complain_of_kind(const struct reader_value *value, const char *wanted)
{
	reader_complain(value->reader, value->path, "must be %s, not %s", wanted,
			reader_kind(value->json));
}

static void store_text(const struct reader_value *value, const char *text, char **target)
{
	char *copy = strdup(text);
	if (!copy) {
		reader_complain(value->reader, value->path, "out of memory");
		return;
	}
	free(*target);
	*target = copy;
}

static const char *text_of(const struct reader_value *value)
{
	if (!json_is_string(value->json))
		complain_of_kind(value, "a text in quotes");
	return json_string_value(value->json);
}

void value_read_text(const struct reader_value *value, void *target)
{
	const char *text = text_of(value);
	if (!text)
		return;
	size_t length = strlen(text);
	if (length < value->key->least)
		reader_complain(value->reader, value->path, "must not be empty");
	else if (length > value->key->most)
		reader_complain(value->reader, value->path,
				"is %zu bytes long; at most %" PRIu64 " are allowed",
				length, value->key->most);
	else
		store_text(value, text, target);
}

static size_t count_words(const char *const *words)
{
	size_t count = 0;
	while (words[count])
		count++;
	return count;
}

void value_complain_of_word(const struct reader *reader, const char *path,
			    const char *text, const char *const *words)
{
	char known[WORDS_TEXT_MAX] = "";
	size_t used = 0, count = count_words(words);
	const char *meant = suggestion_find(text, words, count);
	for (size_t i = 0; i < count && used < sizeof(known); i++)
		used += (size_t)snprintf(known + used, sizeof(known) - used, "%s\"%s\"",
					 i ? ", " : "", words[i]);
	if (meant)
		reader_complain(reader, path, "\"%s\" is unknown; did you mean \"%s\"?",
				text, meant);
	else
		reader_complain(reader, path, "\"%s\" is unknown; known are %s", text,
				known);
}

/* The position of the value among the key's words, or -1 after a complaint. */
static int word_index(const struct reader_value *value)
{
	const char *text = text_of(value);
	const char *const *words = value->key->words;
	for (int i = 0; text && words[i]; i++)
		if (strcmp(words[i], text) == 0)
			return i;
	if (text)
		value_complain_of_word(value->reader, value->path, text, words);
	return -1;
}

void value_read_word(const struct reader_value *value, void *target)
{
	int index = word_index(value);
	if (index >= 0)
		store_text(value, value->key->words[index], target);
}

void value_read_second_word(const struct reader_value *value, void *target)
{
	int index = word_index(value);
	if (index >= 0)
		*(bool *)target = index == 1;
}

bool value_is_name(const char *text)
{
	size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-");
	return length > 0 && length <= NAME_BYTES_MAX && text[length] == '\0';
}

void value_read_name(const struct reader_value *value, void *target)
{
	const char *text = text_of(value);
	if (text && value_is_name(text))
		store_text(value, text, target);
	else if (text)
		reader_complain(value->reader, value->path,
				"\"%s\" is no name; use small letters, digits, \"-\" and "
				"\"_\", at most %d",
				text, NAME_BYTES_MAX);
}

/* Numeric only: a name would need the resolver, and a start must not wait for it. */
static bool is_address(const char *text)
{
	char bare[INET6_ADDRSTRLEN];
	unsigned char bytes[sizeof(struct in6_addr)];
	size_t length = strcspn(text, "%"); /* a zone, "fe80::1%eth0" */
	if (length >= sizeof(bare))
		return false;
	memcpy(bare, text, length);
	bare[length] = '\0';
	if (text[length] == '\0' && inet_pton(AF_INET, bare, bytes) == 1)
		return true;
	return inet_pton(AF_INET6, bare, bytes) == 1;
}

void value_read_address(const struct reader_value *value, void *target)
{
	const char *text = text_of(value);
	if (text && is_address(text))
		store_text(value, text, target);
	else if (text)
		reader_complain(
			value->reader, value->path,
			"\"%s\" is no IPv4 or IPv6 address; \"::\" listens on all", text);
}

bool value_type_is_text(void (*read)(const struct reader_value *value, void *target))
{
	return read == value_read_text || read == value_read_word ||
	       read == value_read_name || read == value_read_address;
}

void value_read_section(const struct reader_value *value, void *target)
{
	reader_read_object(value->reader, value->key->keys, value->path, value->json,
			   target);
}

void value_read_boolean(const struct reader_value *value, void *target)
{
	if (json_is_boolean(value->json))
		*(bool *)target = json_is_true(value->json);
	else
		complain_of_kind(value, "true or false");
}

static bool read_integer(const struct reader_value *value, uint64_t *ret_number)
{
	if (!json_is_integer(value->json)) {
		complain_of_kind(value, "a whole number without quotes");
		return false;
	}
	json_int_t number = json_integer_value(value->json);
	if (number >= 0 && (uint64_t)number >= value->key->least &&
	    (uint64_t)number <= value->key->most) {
		*ret_number = (uint64_t)number;
		return true;
	}
	reader_complain(value->reader, value->path,
			"%" JSON_INTEGER_FORMAT " is out of range; allowed are %" PRIu64
			" to %" PRIu64,
			number, value->key->least, value->key->most);
	return false;
}

void value_read_count(const struct reader_value *value, void *target)
{
	uint64_t number;
	if (read_integer(value, &number))
		*(uint32_t *)target = (uint32_t)number;
}

void value_read_port(const struct reader_value *value, void *target)
{
	uint64_t number;
	if (read_integer(value, &number))
		*(uint16_t *)target = (uint16_t)number;
}

/* shown is the text with its sign, text the part to parse; the range is of its size. */
static bool read_measure(const struct reader_value *value, const struct measure *measure,
			 const char *shown, const char *text, uint64_t *ret_number)
{
	uint64_t number = 0;
	enum units_result result = measure->parse(text, &number);
	if (result == UNITS_MALFORMED) {
		reader_complain(value->reader, value->path,
				"\"%s\" is no %s; write %s, as in %s", shown,
				measure->noun, measure->advice, measure->example);
		return false;
	}
	if (result == UNITS_OK && number >= value->key->least &&
	    number <= value->key->most) {
		*ret_number = number;
		return true;
	}
	char least[UNITS_TEXT_MAX], most[UNITS_TEXT_MAX];
	measure->format(value->key->least, least);
	measure->format(value->key->most, most);
	reader_complain(value->reader, value->path,
			"\"%s\" is out of range; allowed are %s to %s", shown, least,
			most);
	return false;
}

void value_read_duration(const struct reader_value *value, void *target)
{
	if (!json_is_string(value->json)) {
		complain_of_kind(value, "a duration in quotes, as in \"15m\"");
		return;
	}
	const char *text = json_string_value(value->json);
	read_measure(value, &DURATION, text, text, target);
}

void value_read_offset(const struct reader_value *value, void *target)
{
	uint64_t number;
	if (!json_is_string(value->json)) {
		complain_of_kind(value, "a duration in quotes, as in \"-1h\"");
		return;
	}
	const char *text = json_string_value(value->json);
	bool negative = text[0] == '-';
	if (read_measure(value, &DURATION, text, text + negative, &number))
		*(int64_t *)target = negative ? -(int64_t)number : (int64_t)number;
}

void value_read_size(const struct reader_value *value, void *target)
{
	uint64_t number;
	char digits[UNITS_TEXT_MAX];
	const char *text = json_string_value(value->json);
	if (json_is_integer(value->json)) {
		snprintf(digits, sizeof(digits), "%" JSON_INTEGER_FORMAT,
			 json_integer_value(value->json));
		text = digits;
	}
	if (!text)
		complain_of_kind(value, "a size, as in \"64KiB\"");
	else if (read_measure(value, &SIZE, text, text, &number))
		*(size_t *)target = (size_t)number;
}
