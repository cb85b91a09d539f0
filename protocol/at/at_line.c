/* SPDX-License-Identifier: MIT */
#include "protocol/at/at_line.h"

#include "protocol/at/at_fields.h"
#include "protocol/at/at_text.h"

/* How the final results that mean failure begin (smartcom 2). */
static const char *const ERROR_WORDS[] = { "ERROR", "+CME ERROR", "+CMS ERROR" };

/* Behind the word a blank or a colon must follow, so that ERRORS is no ERROR. */
static bool error_read(struct span text, struct at_line *ret_line)
{
	for (size_t i = 0; i < sizeof(ERROR_WORDS) / sizeof(ERROR_WORDS[0]); i++) {
		if (!at_text_begins_with(text, ERROR_WORDS[i]))
			continue;
		struct span rest = at_text_skip(text, strlen(ERROR_WORDS[i]));
		if (rest.size > 0 && rest.data[0] != ':' && rest.data[0] != ' ')
			return false;
		if (rest.size > 0 && rest.data[0] == ':')
			rest = at_text_skip(rest, 1);
		ret_line->has_code = at_text_integer(at_text_trim(rest), &ret_line->code);
		return true;
	}
	return false;
}

static bool is_echo(struct span text, const struct at_command *command)
{
	return text.size == command->size && at_text_begins_with(text, command->text);
}

static bool is_info(struct span text, const struct at_command *command)
{
	if (command->prefix[0] != '\0')
		return at_text_begins_with(text, command->prefix);
	return text.size > 0 && text.data[0] != '^' && text.data[0] != '+';
}

void at_line_read(struct span line, const struct at_command *command,
		  struct at_line *ret_line)
{
	struct span text = at_text_trim(line);
	*ret_line = (struct at_line){ .kind = AT_LINE_STRAY };
	if (is_echo(text, command)) {
		ret_line->kind = AT_LINE_ECHO;
	} else if (at_text_equal(text, "OK")) {
		ret_line->kind = AT_LINE_OK;
	} else if (error_read(text, ret_line)) {
		ret_line->kind = AT_LINE_ERROR;
	} else if (is_info(text, command)) {
		ret_line->kind = AT_LINE_INFO;
		ret_line->info = text;
	}
}

/* The text up to its first blank: the number in "1000 bytes". */
static struct span first_word(struct span text)
{
	size_t size = 0;
	while (size < text.size && text.data[size] > ' ')
		size++;
	return span_of(text.data, size);
}

bool at_line_number(struct span line, int64_t *ret_number)
{
	const uint8_t *colon = line.size > 0 ? memchr(line.data, ':', line.size) : NULL;
	if (colon == NULL)
		return false;

	struct at_fields fields;
	struct at_field field;
	at_fields_init(&fields, at_text_skip(line, (size_t)(colon - line.data) + 1));
	while (at_fields_next(&fields, &field)) {
		if (field.kind == AT_FIELD_BARE &&
		    at_text_integer(first_word(field.text), ret_number))
			return true;
	}
	return false;
}
