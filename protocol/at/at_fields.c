/* SPDX-License-Identifier: MIT */
#include "protocol/at/at_fields.h"

#include "protocol/at/at_text.h"

void at_fields_init(struct at_fields *fields, struct span info)
{
	*fields = (struct at_fields){ info, at_text_trim(info).size > 0 };
}

/* Offset of the first comma outside quotes, or the size. */
static size_t field_size(struct span rest)
{
	for (size_t at = 0; at < rest.size; at++) {
		if (rest.data[at] == ',')
			return at;
		if (rest.data[at] != '"')
			continue;
		const uint8_t *quote =
			memchr(rest.data + at + 1, '"', rest.size - at - 1);
		if (quote == NULL)
			return rest.size;
		at = (size_t)(quote - rest.data);
	}
	return rest.size;
}

static struct at_field field_read(struct span text)
{
	text = at_text_trim(text);
	if (text.size == 0)
		return (struct at_field){ AT_FIELD_BARE, text };
	const uint8_t *quote = memchr(text.data, '"', text.size);
	if (quote == NULL)
		return (struct at_field){ AT_FIELD_BARE, text };

	const uint8_t *last = text.data + text.size - 1;
	if (quote != text.data || memchr(quote + 1, '"', text.size - 1) != last)
		return (struct at_field){ AT_FIELD_BROKEN, text };
	return (struct at_field){ AT_FIELD_QUOTED, span_of(quote + 1, text.size - 2) };
}

bool at_fields_next(struct at_fields *fields, struct at_field *ret_field)
{
	if (!fields->has_next)
		return false;
	size_t size = field_size(fields->rest);
	*ret_field = field_read(span_of(fields->rest.data, size));
	fields->has_next = size < fields->rest.size;
	fields->rest = at_text_skip(fields->rest, size + 1);
	return true;
}

size_t at_fields_read(struct span info, struct at_field *ret_fields, size_t max)
{
	struct at_fields fields;
	size_t count = 0;
	at_fields_init(&fields, info);
	while (count < max && at_fields_next(&fields, &ret_fields[count]))
		count++;
	return count;
}

bool at_field_integer(const struct at_field *field, int64_t low, int64_t high,
		      int64_t *ret_number)
{
	int64_t number;
	if (field->kind != AT_FIELD_BARE || !at_text_integer(field->text, &number) ||
	    number < low || number > high)
		return false;
	*ret_number = number;
	return true;
}
