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
				"\"address\"");
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
