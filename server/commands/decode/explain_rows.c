/* SPDX-License-Identifier: MIT */
#include "server/commands/decode/explain_rows.h"

#include <stdarg.h>

enum { BYTES_A_ROW = 8, MEANING_MAX = 1024, FILLER = 0x2F };

/* Control characters, which a screen would obey, become dots. */
static void put_meaning(FILE *out, const char *meaning)
{
	for (; *meaning != '\0'; meaning++) {
		unsigned char character = (unsigned char)*meaning;

		(void)fputc(character < ' ' || character == 0x7F ? '.' : character, out);
	}
}

static void put_row(const struct explain_rows *rows, size_t from, size_t size,
		    const char *meaning)
{
	for (size_t i = 0; i < size; i += BYTES_A_ROW) {
		(void)fprintf(rows->out, "%5zu ", from + i);
		for (size_t k = i; k < i + BYTES_A_ROW; k++) {
			if (k < size)
				(void)fprintf(rows->out, " %02X",
					      rows->bytes.data[from + k]);
			else if (i == 0)
				(void)fputs("   ", rows->out);
		}
		if (i == 0) {
			(void)fputs("  ", rows->out);
			put_meaning(rows->out, meaning);
		}
		(void)fputc('\n', rows->out);
	}
}

static bool is_filler(struct span part)
{
	for (size_t i = 0; i < part.size; i++)
		if (part.data[i] != FILLER)
			return false;
	return true;
}

void explain_rest(struct explain_rows *rows, size_t offset)
{
	struct span part;

	if (offset > rows->bytes.size)
		offset = rows->bytes.size;
	if (offset <= rows->position)
		return;
	part = span_of(rows->bytes.data + rows->position, offset - rows->position);
	put_row(rows, rows->position, part.size,
		is_filler(part) ? "filler" : rows->unnamed);
	rows->position = offset;
}

void explain_row(struct explain_rows *rows, struct span part, const char *format, ...)
{
	uintptr_t begin = (uintptr_t)rows->bytes.data;
	uintptr_t at = (uintptr_t)part.data;
	char meaning[MEANING_MAX];
	va_list arguments;

	if (part.size == 0 || at < begin + rows->position ||
	    at - begin > rows->bytes.size || rows->bytes.size - (at - begin) < part.size)
		return;
	explain_rest(rows, at - begin);
	va_start(arguments, format);
	(void)vsnprintf(meaning, sizeof meaning, format, arguments);
	va_end(arguments);
	put_row(rows, rows->position, part.size, meaning);
	rows->position += part.size;
}
