/* SPDX-License-Identifier: MIT */
#include "config/json_path.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_plain_word(const char *key)
{
	static const char PLAIN[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-";
	return key[0] && key[strspn(key, PLAIN)] == '\0';
}

/* Keeps what a key smuggles (quotes, control characters) from breaking a message. */
static char *quoted_key(const char *key)
{
	char *text = malloc(4 * strlen(key) + 1);
	char *out = text;
	if (!text)
		return NULL;
	for (const char *c = key; *c; c++) {
		unsigned char byte = (unsigned char)*c;
		if (byte < 0x20 || byte == 0x7f || byte == '"' || byte == '\\')
			out += snprintf(out, 5, "\\x%02x", byte);
		else
			*out++ = *c;
	}
	*out = '\0';
	return text;
}

char *json_path_member(const char *parent, const char *key)
{
	char *path = NULL;
	if (is_plain_word(key))
		return asprintf(&path, "%s.%s", parent, key) < 0 ? NULL : path;
	char *quoted = quoted_key(key);
	if (!quoted)
		return NULL;
	int length = asprintf(&path, "%s[\"%s\"]", parent, quoted);
	free(quoted);
	return length < 0 ? NULL : path;
}

char *json_path_element(const char *parent, size_t index)
{
	char *path = NULL;
	return asprintf(&path, "%s[%zu]", parent, index) < 0 ? NULL : path;
}
