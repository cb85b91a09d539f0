/* SPDX-License-Identifier: MIT */
#include "config/terminals.h"

#include <stdlib.h>
#include <string.h>

#include "config/json_path.h"
#include "config/keys.h"
#include "config/value_types.h"

void identify_free(struct config_terminals *terminals)
{
	for (size_t i = 0; i < terminals->identify_count; i++)
		free(terminals->identify[i]);
	free(terminals->identify);
	terminals->identify = NULL;
	terminals->identify_count = 0;
}

static bool is_listed(char *const *words, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

static void add_word(const struct reader_value *element,
		     struct config_terminals *terminals)
{
	char *word = NULL;
	value_read_word(element, &word);
	if (word && is_listed(terminals->identify, terminals->identify_count, word)) {
		reader_complain(element->reader, element->path,
				"\"%s\" stands here twice; once is enough", word);
		free(word);
	} else if (word) {
		terminals->identify[terminals->identify_count++] = word;
	}
}

void read_identify(const struct reader_value *value, void *target)
{
	static const struct reader_key WORD = { .name = "identify",
						.words = IDENTIFY_WORDS };
	struct config_terminals *terminals = target;
	size_t count = json_array_size(value->json);
	if (!json_is_array(value->json) || count == 0) {
		reader_complain(value->reader, value->path,
				"must be a list of at least one of \"serial\", \"imei\", "
				"\"line\", \"registration\", \"address\", \"tls\"");
		return;
	}
	identify_free(terminals);
	terminals->identify = calloc(count, sizeof(*terminals->identify));
	for (size_t i = 0; i < count; i++) {
		char *path = json_path_element(value->path, i);
		struct reader_value element = { value->reader, &WORD, path,
						json_array_get(value->json, i) };
		if (path && terminals->identify)
			add_word(&element, terminals);
		else
			reader_complain(value->reader, value->path, "out of memory");
		free(path);
	}
}

/* "22:00" at text; false when it is none. */
static bool read_minute(const char *text, uint16_t *ret_minute)
{
	static const char FORM[] = "00:00";
	for (size_t i = 0; i < sizeof(FORM) - 1; i++)
		if (FORM[i] == ':' ? text[i] != ':' : text[i] < '0' || text[i] > '9')
			return false;
	int hour = (text[0] - '0') * 10 + text[1] - '0';
	int minute = (text[3] - '0') * 10 + text[4] - '0';
	*ret_minute = (uint16_t)(hour * 60 + minute);
	return hour < 24 && minute < 60;
}

void read_hours(const struct reader_value *value, void *target)
{
	enum { FROM_SIZE = 5, WHOLE_SIZE = 11 };
	struct config_hours hours = { 0 };
	const char *text = json_string_value(value->json);
	bool is_good = text && strlen(text) == WHOLE_SIZE && text[FROM_SIZE] == '-' &&
		       read_minute(text, &hours.from_minute) &&
		       read_minute(text + FROM_SIZE + 1, &hours.to_minute) &&
		       hours.from_minute != hours.to_minute;
	if (is_good || (text && text[0] == '\0'))
		*(struct config_hours *)target = hours;
	else
		reader_complain(
			value->reader, value->path,
			"must be hours of the day as in \"22:00-05:30\", or empty "
			"for none");
}
