/* SPDX-License-Identifier: MIT */
#include "config/names.h"

#include <stdlib.h>
#include <string.h>

void names_free(struct config_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->texts[i]);
	free(names->texts);
	*names = (struct config_names){ NULL, 0 };
}

void names_read(const struct reader_value *value, const char *expected,
		struct config_names *names)
{
	size_t count = json_array_size(value->json);
	bool is_good = json_is_array(value->json);

	for (size_t i = 0; i < count; i++)
		is_good &= json_is_string(json_array_get(value->json, i));
	if (!is_good) {
		reader_complain(value->reader, value->path, "must be a list of %s",
				expected);
		return;
	}
	names_free(names);
	names->texts = calloc(count + 1, sizeof(*names->texts));
	for (size_t i = 0; names->texts && i < count; i++) {
		const char *text = json_string_value(json_array_get(value->json, i));
		names->texts[names->count] = strdup(text);
		names->count += names->texts[names->count] != NULL;
	}
	if (names->count < count)
		reader_complain(value->reader, value->path, "out of memory");
}
